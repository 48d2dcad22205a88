//! What holds for any text.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const REGISTERED: [&str; 6] = [SPA1[0], SPA1[1], SPA2[0], SPA3[0], NATIVE[0], NATIVE[1]];

fn contexts() -> impl Strategy<Value = MatchContext<'static>> {
    (any::<bool>(), select(vec![None, Some("acme")])).prop_map(|(native, organization_name)| {
        MatchContext {
            native,
            organization_name,
        }
    })
}

/// Text near what is registered: an entry, or what an exception makes of it, with a few characters changed.
fn near_misses() -> impl Strategy<Value = String> {
    let starts = [
        SPA1[0],
        "https://pr-7.preview.example.test/cb",
        "https://acme.tenant.example.test/cb",
        "http://127.0.0.1:5000/cb",
    ];
    let edit = (
        any::<prop::sample::Index>(),
        0..2_usize,
        "[a-zA-Z0-9:/?#@.%\\\\*é\t-]{0,3}",
    );
    (select(starts.to_vec()), prop::collection::vec(edit, 1..4)).prop_map(|(start, edits)| {
        let mut text: Vec<char> = start.chars().collect();
        for (at, removed, inserted) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + removed).min(text.len());
            text.splice(at..end, inserted.chars());
        }
        text.into_iter().collect()
    })
}

/// The sites that the registrations may lead to, as a browser reads the URL.
fn leads_home(uri: &str) -> bool {
    let url = Url::parse(uri).unwrap();
    let host = url.host_str().unwrap();
    let below = |parent: &str| {
        host.strip_suffix(parent)
            .is_some_and(|label| !label.is_empty() && !label.contains('.'))
    };
    let known = [
        "app.example.test",
        "acme.tenant.example.test",
        "127.0.0.1",
        "[::1]",
    ]
    .contains(&host);
    (known || below(".preview.example.test"))
        && ["/cb", "/cb2"].contains(&url.path())
        && url.query().is_none()
        && url.username().is_empty()
}

proptest! {
    #[test]
    fn random_text_never_matches(requested in any::<String>(), context in contexts()) {
        prop_assert_eq!(match_redirect_uri(&requested, REGISTERED, context), None);
    }

    #[test]
    fn random_registrations_never_panic(requested in any::<String>(), registered in any::<String>(), context in contexts()) {
        let _ = RegisteredUri::parse(&registered);
        let _ = match_redirect_uri(&requested, [&registered], context);
        let _ = match_logout_url(&requested, [&registered]);
        let _ = origin_matches(&requested, [&registered]);
    }

    #[test]
    fn what_matches_is_the_request_and_leads_home(requested in near_misses(), context in contexts()) {
        if let Some(matched) = match_redirect_uri(&requested, REGISTERED, context) {
            prop_assert_eq!(Some(matched.as_str()), requested.split('#').next());
            prop_assert!(leads_home(matched.as_str()), "{}", matched);
            prop_assert!(matched.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }

    #[test]
    fn what_can_be_registered_matches_itself(text in "(https?|com\\.app)://[a-z0-9.*-]{1,20}(:[0-9]{1,4})?(/[!-~]{0,10})?") {
        let Ok(registered) = RegisteredUri::parse(&text) else {
            return Ok(());
        };
        let matched = match_redirect_uri(&text, [registered.as_str()], WEB_CLIENT);
        prop_assert_eq!(matched.is_some(), registered.placeholder().is_none());
    }

    #[test]
    fn logout_urls_fit_into_a_header(extra in "[?#].{0,40}") {
        let requested = format!("https://app.example.test/bye{extra}");
        let matched = match_logout_url(&requested, ["https://app.example.test/bye"]).unwrap();
        prop_assert!(matched.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
        prop_assert!(matched.as_str().starts_with("https://app.example.test/bye"));
    }

    #[test]
    fn every_port_of_a_loopback_address(port in 1..=u16::MAX) {
        let requested = format!("http://127.0.0.1:{port}/cb");
        let matches = match_redirect_uri(&requested, NATIVE, NATIVE_CLIENT).is_some();
        prop_assert_eq!(matches, port != 80, "80 is the default port, which a browser drops");
    }
}
