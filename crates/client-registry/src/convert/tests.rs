//! Requests that are refused whatever is stored.

use doorward_proto::client_registry::v1::custom_claim::Value;
use doorward_proto::client_registry::v1::{
    AppType, ApplyTenantRequest, ClientGrantPatch, ClientMetadata, ClientPatch, ConnectionPatch,
    CustomClaim, CustomClaims, OrganizationDiscoveryMethods, OrganizationUsage,
    ResourceServerPatch, ResourceServerScope, StringList, TenantPatch,
};

use super::desired;
use crate::domain::Change;

/// One mistake, and its error message.
type Case<T> = (fn(&mut T), &'static str);

/// Makes each mistake in a request of its own and compares the error message.
fn refuses<T: Clone>(
    object: &str,
    sound: &T,
    request: fn(T) -> ApplyTenantRequest,
    cases: &[Case<T>],
) {
    assert!(desired(request(sound.clone())).is_ok());
    for (spoil, expected) in cases {
        let mut patch = sound.clone();
        spoil(&mut patch);
        let refusal = desired(request(patch)).unwrap_err();
        assert_eq!(refusal.to_string(), format!("{object}: {expected}"));
    }
}

fn list(values: &[&str]) -> StringList {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    StringList { values }
}

fn scopes(values: &[&str]) -> Vec<ResourceServerScope> {
    let scope = |value: &&str| ResourceServerScope {
        value: (*value).to_owned(),
        description: None,
    };
    values.iter().map(scope).collect()
}

fn refuses_tenants(cases: &[Case<TenantPatch>]) {
    let request = |tenant| ApplyTenantRequest {
        tenant: Some(tenant),
        ..Default::default()
    };
    refuses("tenant", &TenantPatch::default(), request, cases);
}

fn refuses_clients(cases: &[Case<ClientPatch>]) {
    let sound = ClientPatch {
        name: "My App".to_owned(),
        ..Default::default()
    };
    let request = |client| ApplyTenantRequest {
        clients: vec![client],
        ..Default::default()
    };
    refuses("client \"My App\"", &sound, request, cases);
}

#[test]
fn tenant_texts_and_urls() {
    refuses_tenants(&[
        (
            |tenant| tenant.picture_url = Some("http://a.test/x".to_owned()),
            "picture_url: is not an https URL",
        ),
        (
            |tenant| tenant.support_email = Some("nobody".to_owned()),
            "support_email: is not an email address",
        ),
        (
            |tenant| tenant.support_url = Some("javascript:alert(1)".to_owned()),
            "support_url: the scheme of the URI is not allowed",
        ),
        (
            |tenant| tenant.default_redirection_uri = Some("http://a.test".to_owned()),
            "default_redirection_uri: is not an https URL",
        ),
        (
            |tenant| tenant.allowed_logout_urls = Some(list(&["https://a.test", "data:,x"])),
            "allowed_logout_urls[1]: the scheme of the URI is not allowed",
        ),
        (
            |tenant| tenant.friendly_name = Some("a\0b".to_owned()),
            "friendly_name: has a control character",
        ),
    ]);
}

#[test]
fn tenant_languages_and_words() {
    refuses_tenants(&[
        (
            |tenant| tenant.enabled_locales = Some(list(&["en", "en_US"])),
            "enabled_locales[1]: is not a language tag",
        ),
        (
            |tenant| tenant.enabled_locales = Some(list(&["en"; 101])),
            "enabled_locales: has 101 entries, but may have 100",
        ),
        (
            |tenant| tenant.resource_parameter_profile = Some(9),
            "resource_parameter_profile: 9 is not supported; it may be audience, compatibility",
        ),
    ]);
    let tenant = TenantPatch {
        enabled_locales: Some(list(&["en"; 100])),
        ..Default::default()
    };
    let request = ApplyTenantRequest {
        tenant: Some(tenant),
        ..Default::default()
    };
    assert!(desired(request).is_ok());
}

#[test]
fn custom_claims() {
    refuses_tenants(&[
        (
            |tenant| tenant.custom_claims = Some(claims(&[("sub", source("user.email"))])),
            "custom_claims[0].name: \"sub\" is reserved for the server",
        ),
        (
            |tenant| {
                tenant.custom_claims =
                    Some(claims(&[("https://a.auth0.com/x", source("user.email"))]));
            },
            "custom_claims[0].name: \"https://a.auth0.com/x\" is in a reserved namespace",
        ),
        (
            |tenant| {
                tenant.custom_claims = Some(claims(&[("x", source("client.name")), ("y", None)]));
            },
            "custom_claims[1].source: is missing, and there is no constant",
        ),
        (
            |tenant| tenant.custom_claims = Some(claims(&[("x", constant("{"))])),
            "custom_claims[0].constant_json: is not JSON",
        ),
        (
            |tenant| tenant.custom_claims = Some(claims(&[("x", constant("null"))])),
            "custom_claims[0].constant_json: is null; a claim is never null",
        ),
        (
            |tenant| {
                let deep = "[".repeat(33) + &"]".repeat(33);
                tenant.custom_claims = Some(claims(&[("x", constant(&deep))]));
            },
            "custom_claims[0].constant_json: has more than 32 levels",
        ),
        (
            |tenant| tenant.custom_claims = Some(claims(&vec![("x", constant("1")); 101])),
            "custom_claims: has 101 entries, but may have 100",
        ),
        (
            |tenant| {
                let mut claims = claims(&[("x", constant("1"))]);
                claims.values[0].access_token = false;
                tenant.custom_claims = Some(claims);
            },
            "custom_claims[0].id_token: no kind of token has the claim",
        ),
        (
            |tenant| {
                let mut claims = claims(&[("x", constant("1"))]);
                claims.values[0].audiences = vec![String::new()];
                tenant.custom_claims = Some(claims);
            },
            "custom_claims[0].audiences[0]: must have 1 to 600 characters",
        ),
    ]);
    let source = ApplyTenantRequest {
        tenant: Some(TenantPatch {
            custom_claims: Some(claims(&[("x", source("user.shoe_size"))])),
            ..Default::default()
        }),
        ..Default::default()
    };
    let refusal = desired(source).unwrap_err().to_string();
    let expected =
        "tenant: custom_claims[0].source: \"user.shoe_size\" is not a source of values; it may be ";
    assert!(refusal.starts_with(expected), "{refusal}");
}

#[expect(clippy::unnecessary_wraps, reason = "as in the message")]
fn source(text: &str) -> Option<Value> {
    Some(Value::Source(text.to_owned()))
}

#[expect(clippy::unnecessary_wraps, reason = "as in the message")]
fn constant(json: &str) -> Option<Value> {
    Some(Value::ConstantJson(json.to_owned()))
}

fn claims(claims: &[(&str, Option<Value>)]) -> CustomClaims {
    let claims = claims.iter().map(|(name, value)| CustomClaim {
        name: (*name).to_owned(),
        value: value.clone(),
        access_token: true,
        ..CustomClaim::default()
    });
    CustomClaims {
        values: claims.collect(),
    }
}

#[test]
fn client_metadata() {
    refuses_clients(&[
        (
            |client| client.client_metadata = Some(metadata(11, "x")),
            "client_metadata: has 11 entries, but may have 10",
        ),
        (
            |client| client.client_metadata = Some(metadata(1, &"x".repeat(256))),
            "client_metadata.key0: must have 0 to 255 characters",
        ),
    ]);
}

fn metadata(count: usize, value: &str) -> ClientMetadata {
    let pairs = (0..count).map(|index| (format!("key{index}"), value.to_owned()));
    ClientMetadata {
        pairs: pairs.collect(),
    }
}

#[test]
fn tenant_lifetimes() {
    refuses_tenants(&[
        (
            |tenant| tenant.session_lifetime_minutes = Some(0),
            "session_lifetime_minutes: is 0, but may be 1 to 525600",
        ),
        (
            |tenant| tenant.idle_session_lifetime_minutes = Some(144_001),
            "idle_session_lifetime_minutes: is 144001, but may be 1 to 144000",
        ),
        (
            |tenant| tenant.ephemeral_session_lifetime_minutes = Some(525_601),
            "ephemeral_session_lifetime_minutes: is 525601, but may be 1 to 525600",
        ),
        (
            |tenant| tenant.idle_ephemeral_session_lifetime_minutes = Some(0),
            "idle_ephemeral_session_lifetime_minutes: is 0, but may be 1 to 144000",
        ),
    ]);
}

/// The longest lifetimes of Auth0's enterprise plans: a year, and a hundred days without use.
#[test]
fn the_longest_and_the_shortest_lifetimes() {
    for (absolute, idle) in [(525_600, 144_000), (1, 1)] {
        let tenant = TenantPatch {
            session_lifetime_minutes: Some(absolute),
            idle_session_lifetime_minutes: Some(idle),
            ephemeral_session_lifetime_minutes: Some(absolute),
            idle_ephemeral_session_lifetime_minutes: Some(idle),
            ..Default::default()
        };
        let request = ApplyTenantRequest {
            tenant: Some(tenant),
            ..Default::default()
        };
        assert!(desired(request).is_ok(), "{absolute} {idle}");
    }
}

#[test]
fn client_words_and_numbers() {
    refuses_clients(&[
        (
            |client| client.app_type = Some(9),
            "app_type: 9 is not supported; it may be spa, native, regular_web, non_interactive",
        ),
        (
            |client| client.id_token_signing_alg = Some(0),
            "id_token_signing_alg: 0 is not supported; it may be RS256, PS256, RS512, ES256, EdDSA",
        ),
        (
            |client| client.organization_usage = Some(OrganizationUsage::Unspecified.into()),
            "organization_usage: 0 is not supported; it may be deny, allow, require",
        ),
        (
            |client| client.organization_usage = Some(9),
            "organization_usage: 9 is not supported; it may be deny, allow, require",
        ),
        (
            |client| client.organization_discovery_methods = Some(methods(&[1, 9])),
            "organization_discovery_methods[1]: 9 is not supported; it may be email, organization_name",
        ),
        (
            |client| client.organization_discovery_methods = Some(methods(&[])),
            "organization_discovery_methods: must have one entry or more",
        ),
        (
            |client| client.token_endpoint_auth_method = Some(0),
            "token_endpoint_auth_method: 0 is not supported; \
             it may be none, client_secret_post, client_secret_basic",
        ),
        (
            |client| client.third_party_security_mode = Some(0),
            "third_party_security_mode: 0 is not supported; it may be permissive, strict",
        ),
        (
            |client| client.id_token_lifetime_seconds = Some(0),
            "id_token_lifetime_seconds: is 0, but may be 1 to 2592000",
        ),
        (
            |client| client.client_id = Some(String::new()),
            "client_id: must have 1 to 255 characters",
        ),
        (
            |client| client.grant_types = Some(list(&["implicit", ""])),
            "grant_types[1]: is not a grant type",
        ),
    ]);
}

fn methods(values: &[i32]) -> OrganizationDiscoveryMethods {
    OrganizationDiscoveryMethods {
        values: values.to_vec(),
    }
}

#[test]
fn client_urls() {
    refuses_clients(&[
        (
            |client| client.logo_uri = Some("data:image/png,x".to_owned()),
            "logo_uri: the scheme of the URI is not allowed",
        ),
        (
            |client| client.callbacks = Some(list(&["https://a.test/cb", "JAVASCRIPT:x"])),
            "callbacks[1]: the scheme of the URI is not allowed",
        ),
        (
            |client| client.allowed_logout_urls = Some(list(&["https://*.com"])),
            "allowed_logout_urls[0]: a registrable domain must follow a placeholder",
        ),
        (
            |client| client.web_origins = Some(list(&["https://a.test/app"])),
            "web_origins[0]: is more than an origin, scheme://host[:port]",
        ),
        (
            |client| client.web_origins = Some(list(&["https://a.test"; 101])),
            "web_origins: has 101 entries, but may have 100",
        ),
        (
            |client| client.allowed_origins = Some(list(&["com.example.app:/x"])),
            "allowed_origins[0]: is not an origin, scheme://host[:port]",
        ),
        (
            |client| client.initiate_login_uri = Some("http://a.test".to_owned()),
            "initiate_login_uri: is not an https URL",
        ),
    ]);
}

#[test]
fn names_without_tags() {
    let client = ClientPatch {
        name: "<b>".to_owned(),
        ..Default::default()
    };
    let request = ApplyTenantRequest {
        clients: vec![client],
        ..Default::default()
    };
    let refusal = desired(request).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "client \"<b>\": name: must not have < or >"
    );
}

#[test]
fn resource_servers() {
    let sound = ResourceServerPatch {
        identifier: "api".to_owned(),
        replace_scopes: true,
        ..Default::default()
    };
    let request = |server| ApplyTenantRequest {
        resource_servers: vec![server],
        ..Default::default()
    };
    let cases: [Case<ResourceServerPatch>; 7] = [
        (
            |server| server.signing_alg = Some(9),
            "signing_alg: 9 is not supported; it may be RS256, PS256, RS512, ES256, EdDSA",
        ),
        (
            |server| server.token_dialect = Some(0),
            "token_dialect: 0 is not supported; \
             it may be access_token, access_token_authz, rfc9068_profile, rfc9068_profile_authz",
        ),
        (
            |server| server.user_access = Some(0),
            "user_access: 0 is not supported; it may be allow_all, require_client_grant, deny_all",
        ),
        (
            |server| server.name = Some("a>b".to_owned()),
            "name: must not have < or >",
        ),
        (
            |server| server.token_lifetime_seconds = Some(2_592_001),
            "token_lifetime_seconds: is 2592001, but may be 1 to 2592000",
        ),
        (
            |server| server.scopes = scopes(&["read:a", "read b"]),
            "scopes[1]: is not a scope: printable ASCII without space, \" and \\",
        ),
        (
            |server| server.scopes = scopes(&["read:a", "read:a"]),
            r#"scopes[1]: "read:a" is given twice"#,
        ),
    ];
    refuses("resource server \"api\"", &sound, request, &cases);
}

#[test]
fn client_grants() {
    let sound = ClientGrantPatch {
        client: "App".to_owned(),
        audience: "api".to_owned(),
        scopes: Some(list(&["read:a"])),
        ..Default::default()
    };
    let request = |grant| ApplyTenantRequest {
        client_grants: vec![grant],
        ..Default::default()
    };
    let cases: [Case<ClientGrantPatch>; 3] = [
        (
            |grant| grant.subject_type = Some(0),
            "subject_type: 0 is not supported; it may be client, user",
        ),
        (
            |grant| grant.scopes = Some(list(&["read:a", "read b"])),
            "scopes[1]: is not a scope: printable ASCII without space, \" and \\",
        ),
        (
            |grant| grant.scopes = Some(list(&["read:a", "read:a"])),
            r#"scopes[1]: "read:a" is given twice"#,
        ),
    ];
    refuses("client grant \"App\" for \"api\"", &sound, request, &cases);
    let empty = ClientGrantPatch {
        client: String::new(),
        ..sound.clone()
    };
    let refusal = desired(request(empty)).unwrap_err().to_string();
    let expected = r#"client grant "" for "api": client: must have 1 to 255 characters"#;
    assert_eq!(refusal, expected);
    let nowhere = ClientGrantPatch {
        audience: String::new(),
        ..sound
    };
    let refusal = desired(request(nowhere)).unwrap_err().to_string();
    let expected = r#"client grant "App" for "": audience: must have 1 to 600 characters"#;
    assert_eq!(refusal, expected);
}

#[test]
fn connections() {
    let sound = ConnectionPatch {
        name: "db".to_owned(),
        ..Default::default()
    };
    let request = |connection| ApplyTenantRequest {
        connections: vec![connection],
        ..Default::default()
    };
    let cases: [Case<ConnectionPatch>; 3] = [
        (
            |connection| connection.strategy = Some(0),
            "strategy: 0 is not supported; it may be auth0",
        ),
        (
            |connection| connection.min_password_length = Some(129),
            "min_password_length: is 129, but may be 1 to 128",
        ),
        (
            |connection| connection.id = Some("a\nb".to_owned()),
            "id: has a control character",
        ),
    ];
    refuses("connection \"db\"", &sound, request, &cases);
}

#[test]
fn an_empty_text_removes_a_setting() {
    let request = ApplyTenantRequest {
        tenant: Some(TenantPatch {
            friendly_name: Some(String::new()),
            picture_url: Some("https://a.test/x".to_owned()),
            ..Default::default()
        }),
        clients: vec![ClientPatch {
            name: "My App".to_owned(),
            app_type: Some(AppType::Unspecified.into()),
            initiate_login_uri: Some(String::new()),
            ..Default::default()
        }],
        resource_servers: vec![ResourceServerPatch {
            identifier: "api".to_owned(),
            replace_scopes: true,
            scopes: vec![ResourceServerScope {
                value: "read:a".to_owned(),
                description: Some(String::new()),
            }],
            ..Default::default()
        }],
        ..Default::default()
    };
    let desired = desired(request).unwrap();
    let tenant = desired.tenant.unwrap();
    assert_eq!(tenant.friendly_name, Change::Remove);
    assert_eq!(
        tenant.picture_url,
        Change::Set("https://a.test/x".to_owned())
    );
    assert_eq!(tenant.support_email, Change::Keep);
    let client = &desired.clients[0];
    assert_eq!(client.app_type, Change::Remove);
    assert_eq!(client.initiate_login_uri, Change::Remove);
    assert_eq!(client.logo_uri, Change::Keep);
    let scopes = desired.resource_servers[0].scopes.as_ref().unwrap();
    assert_eq!(scopes[0].description, None);
}
