use doorward_oauth2_types::redirect_uri::{MatchedRedirectUri, RegisteredUri, origin_matches};

use super::*;

fn message() -> wire::Client {
    wire::Client {
        client_id: "client".to_owned(),
        ..wire::Client::default()
    }
}

fn client(message: wire::Client) -> Client {
    Client::try_from(message).unwrap()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn an_id_is_needed() {
    let refused = Client::try_from(wire::Client::default()).unwrap_err();
    assert_eq!(refused.to_string(), "client_id: is missing");
}

#[test]
fn empty_texts_are_absent() {
    let client = client(message());
    assert_eq!(client.app_type, None);
    assert_eq!(client.logo_uri, None);
    assert_eq!(client.initiate_login_uri, None);
    assert_eq!(client.only_callback, None);
}

#[test]
fn words_are_enums() {
    for (number, expected) in [
        (AppType::Native.to_wire(), Some(AppType::Native)),
        (AppType::Spa.to_wire(), Some(AppType::Spa)),
        (0, None),
        (99, None),
    ] {
        let message = wire::Client {
            app_type: number,
            ..message()
        };
        assert_eq!(client(message).app_type, expected, "{number}");
    }
    let message = wire::Client {
        grant_types: texts(&["implicit", "unknown"]),
        ..message()
    };
    let grant_types = client(message).grant_types;
    assert_eq!(grant_types.first(), Some(&GrantType::Implicit));
}

#[test]
fn whose_client_it_is() {
    let strict = ThirdPartySecurityMode::Strict.to_wire();
    let permissive = ThirdPartySecurityMode::Permissive.to_wire();
    for (is_first_party, mode, expected) in [
        (true, strict, Party::First),
        (true, permissive, Party::First),
        (true, 0, Party::First),
        (false, strict, Party::StrictThird),
        (false, permissive, Party::Third),
        (false, 0, Party::Third),
    ] {
        let message = wire::Client {
            is_first_party,
            third_party_security_mode: mode,
            ..message()
        };
        assert_eq!(client(message).party, expected, "{is_first_party} {mode}");
    }
}

#[test]
fn an_unknown_usage_allows_no_organization() {
    for (number, expected) in [
        (OrganizationUsage::Deny.to_wire(), OrganizationUsage::Deny),
        (OrganizationUsage::Allow.to_wire(), OrganizationUsage::Allow),
        (
            OrganizationUsage::Require.to_wire(),
            OrganizationUsage::Require,
        ),
        (0, OrganizationUsage::Deny),
        (99, OrganizationUsage::Deny),
    ] {
        let message = wire::Client {
            organization_usage: number,
            ..message()
        };
        assert_eq!(client(message).organization_usage, expected, "{number}");
    }
}

#[test]
fn a_wrong_entry_matches_nothing_and_takes_nothing_away() {
    let client = client(wire::Client {
        callbacks: texts(&["javascript:alert(1)", "https://a.test/cb"]),
        allowed_logout_urls: texts(&["no url", "https://a.test/bye"]),
        web_origins: texts(&["https://a.test/path", "https://a.test/"]),
        allowed_origins: texts(&["null", "https://b.test"]),
        ..message()
    });
    let as_text = |uris: &[RegisteredUri]| {
        uris.iter()
            .map(|uri| uri.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(as_text(&client.callbacks), ["https://a.test/cb"]);
    assert_eq!(as_text(&client.allowed_logout_urls), ["https://a.test/bye"]);
    assert!(origin_matches("https://a.test", &client.web_origins));
    assert_eq!(client.web_origins.len(), 1);
    assert_eq!(client.cors_origins.len(), 2);
    for origin in ["https://a.test", "https://b.test"] {
        assert!(origin_matches(origin, &client.cors_origins), "{origin}");
    }
    assert_eq!(client.only_callback, None, "two were registered");
}

#[test]
fn which_callback_stands_in_for_a_missing_one() {
    let cases: [(&[&str], Option<&str>); 5] = [
        (&["https://a.test/cb"], Some("https://a.test/cb")),
        (&["https://a.test/cb", "https://a.test/cb2"], None),
        (&["https://*.a.test/cb"], None),
        (&["javascript:alert(1)"], None),
        (&[], None),
    ];
    for (callbacks, expected) in cases {
        let client = client(wire::Client {
            callbacks: texts(callbacks),
            ..message()
        });
        let only = client
            .only_callback
            .as_ref()
            .map(MatchedRedirectUri::as_str);
        assert_eq!(only, expected, "{callbacks:?}");
    }
}

#[test]
fn a_connection_allows_sign_ups_unless_disabled() {
    for disable_signup in [true, false] {
        let connection = Connection::from(wire::Connection {
            disable_signup,
            ..wire::Connection::default()
        });
        assert_eq!(connection.allows_signup, !disable_signup);
    }
}
