mod client_grants;

use std::collections::BTreeSet;

use doorward_oauth2_types::auth0::ThirdPartySecurityMode;
use doorward_oauth2_types::{ClientAuthenticationMethod, GrantType};

use super::*;
use crate::domain::{
    Change, ClientGrantPatch, ClientId, ClientPatch, ConnectionId, ConnectionPatch, CustomClaim,
    CustomClaimValue, ResourceServerId, ResourceServerPatch, SessionLifetimes, Tenant, TenantPatch,
};

fn client(name: &str) -> ClientPatch {
    ClientPatch {
        name: name.to_owned(),
        ..ClientPatch::default()
    }
}

fn client_with_id(id: &str, name: &str) -> ClientPatch {
    ClientPatch {
        client_id: Some(ClientId::from(id.to_owned())),
        ..client(name)
    }
}

fn api(identifier: &str) -> ResourceServerPatch {
    ResourceServerPatch {
        identifier: identifier.to_owned(),
        ..ResourceServerPatch::default()
    }
}

fn connection(name: &str, enabled_clients: Option<&[&str]>) -> ConnectionPatch {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    ConnectionPatch {
        name: name.to_owned(),
        enabled_clients: enabled_clients.map(names),
        ..ConnectionPatch::default()
    }
}

fn clients(clients: impl Into<Vec<ClientPatch>>) -> Desired {
    Desired {
        clients: clients.into(),
        ..Desired::default()
    }
}

fn apis(resource_servers: impl Into<Vec<ResourceServerPatch>>) -> Desired {
    Desired {
        resource_servers: resource_servers.into(),
        ..Desired::default()
    }
}

fn connections(connections: impl Into<Vec<ConnectionPatch>>) -> Desired {
    Desired {
        connections: connections.into(),
        ..Desired::default()
    }
}

fn tenant(tenant: TenantPatch) -> Desired {
    Desired {
        tenant: Some(tenant),
        ..Desired::default()
    }
}

fn content(desired: Desired) -> Content {
    let plan = plan(Content::default(), desired).unwrap();
    Content {
        tenant: plan.tenant.map(|draft| draft.object).unwrap_or_default(),
        clients: plan.clients.into_iter().map(|draft| draft.object).collect(),
        resource_servers: plan
            .resource_servers
            .into_iter()
            .map(|draft| draft.object)
            .collect(),
        client_grants: plan
            .client_grants
            .into_iter()
            .map(|planned| planned.draft.object)
            .collect(),
        connections: plan
            .connections
            .into_iter()
            .map(|draft| draft.object)
            .collect(),
    }
}

fn refusal(content: Content, desired: Desired) -> String {
    plan(content, desired).unwrap_err().to_string()
}

fn enabled(draft: &Draft<ConnectionWithClients>) -> Vec<&str> {
    draft
        .object
        .enabled_clients
        .iter()
        .map(ClientId::as_str)
        .collect()
}

#[test]
fn fresh_ids() {
    let content = content(Desired {
        clients: vec![client("spa")],
        resource_servers: vec![api("https://api.test")],
        ..Desired::default()
    });
    assert_eq!(content.clients[0].client_id.as_str().len(), 32);
    assert_eq!(content.resource_servers[0].id.as_str().len(), 24);
    let id = content.connections[0].connection.id.as_str();
    assert!(id.starts_with("con_") && id.len() == 20, "{id}");
}

#[test]
fn fresh_ids_of_strict_applications() {
    let strict = ClientPatch {
        is_first_party: Some(false),
        third_party_security_mode: Some(ThirdPartySecurityMode::Strict),
        ..client("partner")
    };
    let content = content(clients([strict]));
    let id = content.clients[0].client_id.as_str();
    assert!(id.starts_with("tpc_") && id.len() == 36, "{id}");
}

#[test]
fn given_ids_are_kept() {
    let content = content(Desired {
        clients: vec![client_with_id("öld id", "spa")],
        resource_servers: vec![ResourceServerPatch {
            id: Some(ResourceServerId::from("x".to_owned())),
            ..api("https://api.test")
        }],
        connections: vec![ConnectionPatch {
            id: Some(ConnectionId::from("y".to_owned())),
            ..connection("db", None)
        }],
        ..Desired::default()
    });
    assert_eq!(content.clients[0].client_id.as_str(), "öld id");
    assert_eq!(content.resource_servers[0].id.as_str(), "x");
    assert_eq!(content.connections[0].connection.id.as_str(), "y");
}

#[test]
fn defaults() {
    let content = content(Desired {
        clients: vec![client("spa")],
        resource_servers: vec![api("https://api.test")],
        ..Desired::default()
    });
    let client = &content.clients[0].settings;
    assert!(client.is_first_party && !client.sso_disabled);
    assert_eq!(client.id_token_lifetime_seconds, 36_000);
    assert_eq!(client.id_token_signing_alg.as_str(), "RS256");
    assert_eq!(client.third_party_security_mode.as_str(), "permissive");
    let skip = client.skip_non_verifiable_callback_uri_confirmation_prompt;
    assert_eq!(skip, None, "the tenant's setting counts");
    assert_eq!(client.organization_usage.as_str(), "deny");
    assert_eq!(client.organization_require_behavior.as_str(), "no_prompt");
    assert_eq!(content.resource_servers[0].name, "https://api.test");
    let api = &content.resource_servers[0].settings;
    assert_eq!(
        (
            api.token_lifetime_seconds,
            api.token_lifetime_for_web_seconds
        ),
        (86_400, 7_200)
    );
    assert_eq!(api.token_dialect.as_str(), "access_token");
    assert!(!api.skip_consent_for_verifiable_first_party_clients);
    assert!(!api.allow_offline_access && !api.enforce_policies);
    let connection = &content.connections[0].connection.settings;
    assert_eq!(
        (connection.strategy.as_str(), connection.min_password_length),
        ("auth0", 8)
    );
    assert!(!connection.disable_signup);
}

#[test]
fn public_clients_have_no_client_credentials() {
    for (method, expected) in [
        (None, 3),
        (Some(ClientAuthenticationMethod::None), 3),
        (Some(ClientAuthenticationMethod::ClientSecretPost), 4),
        (Some(ClientAuthenticationMethod::ClientSecretBasic), 4),
    ] {
        let patch = ClientPatch {
            token_endpoint_auth_method: method,
            ..client("app")
        };
        let grants = &content(clients([patch])).clients[0].settings.grant_types;
        assert_eq!(grants.len(), expected, "{method:?}");
        assert_eq!(
            grants.contains(&GrantType::ClientCredentials),
            expected == 4
        );
    }
}

#[test]
fn applying_twice_changes_nothing() {
    let desired = Desired {
        leave_out_unknown_clients: false,
        tenant: Some(TenantPatch {
            friendly_name: Change::Set("Acme".to_owned()),
            session_lifetime_minutes: Some(60),
            ..TenantPatch::default()
        }),
        clients: vec![client("spa"), client_with_id("abc", "native")],
        resource_servers: vec![ResourceServerPatch {
            token_lifetime_seconds: Some(60),
            ..api("https://api.test")
        }],
        client_grants: vec![ClientGrantPatch {
            client: "spa".to_owned(),
            audience: "https://api.test".to_owned(),
            ..ClientGrantPatch::default()
        }],
        connections: vec![connection("db", Some(&["spa", "abc"]))],
    };
    let content = content(desired.clone());
    assert_eq!(content.connections[0].enabled_clients.len(), 2);
    assert!(plan(content, desired).unwrap().is_empty());
}

#[test]
fn lifetimes_of_a_tenant_that_sets_none() {
    let hours = |hours: u32| hours * 60;
    let lifetimes = Tenant::default().session_lifetimes;
    let expected = SessionLifetimes {
        absolute_minutes: hours(168),
        idle_minutes: hours(72),
        ephemeral_absolute_minutes: hours(72),
        ephemeral_idle_minutes: hours(24),
        persistent: true,
    };
    assert_eq!(lifetimes, expected);
}

#[test]
fn idle_lifetimes_are_cut_to_absolute_ones() {
    let patch = TenantPatch {
        session_lifetime_minutes: Some(60),
        ephemeral_session_lifetime_minutes: Some(50),
        idle_ephemeral_session_lifetime_minutes: Some(51),
        ..TenantPatch::default()
    };
    let draft = plan(Content::default(), tenant(patch))
        .unwrap()
        .tenant
        .unwrap();
    let lifetimes = &draft.object.session_lifetimes;
    assert_eq!(
        (lifetimes.absolute_minutes, lifetimes.idle_minutes),
        (60, 60)
    );
    assert_eq!(
        (
            lifetimes.ephemeral_absolute_minutes,
            lifetimes.ephemeral_idle_minutes
        ),
        (50, 50)
    );
    assert!(
        draft
            .fields
            .names()
            .contains(&"idle_session_lifetime_minutes")
    );
}

#[test]
fn the_web_lifetime_gives_way_to_the_lifetime() {
    let lifetimes = |lifetime, for_web| {
        apis([ResourceServerPatch {
            token_lifetime_seconds: lifetime,
            token_lifetime_for_web_seconds: for_web,
            ..api("https://api.test")
        }])
    };
    let content = content(lifetimes(Some(600), None));
    assert_eq!(
        content.resource_servers[0]
            .settings
            .token_lifetime_for_web_seconds,
        600
    );
    let draft = &plan(content.clone(), lifetimes(Some(60), None))
        .unwrap()
        .resource_servers[0];
    assert_eq!(draft.object.settings.token_lifetime_for_web_seconds, 60);
    assert_eq!(
        draft.fields.names(),
        ["token_lifetime_for_web_seconds", "token_lifetime_seconds"]
    );
    assert_eq!(
        refusal(content, lifetimes(None, Some(601))),
        r#"resource server "https://api.test": token_lifetime_for_web_seconds: is 601, but may be 1 to 600"#,
    );
}

#[test]
fn the_first_connection_is_for_everybody() {
    let plan = plan(
        Content::default(),
        clients([client_with_id("a", "A"), client_with_id("b", "B")]),
    )
    .unwrap();
    assert_eq!(
        plan.connections[0].object.connection.name,
        "Username-Password-Authentication"
    );
    assert_eq!(enabled(&plan.connections[0]), ["a", "b"]);
}

#[test]
fn a_new_client_gets_the_connections_there_were() {
    let before = content(connections([
        connection("one", None),
        connection("two", Some(&[])),
    ]));
    let desired = Desired {
        clients: vec![client_with_id("a", "A")],
        connections: vec![connection("two", Some(&[])), connection("new", None)],
        ..Desired::default()
    };
    let planned = plan(before.clone(), desired.clone()).unwrap();
    let changed: Vec<_> = planned
        .connections
        .iter()
        .map(|draft| draft.object.connection.name.as_str())
        .collect();
    assert_eq!(changed, ["one", "new"]);
    assert_eq!(enabled(&planned.connections[0]), ["a"]);
    assert_eq!(planned.connections[0].fields.names(), ["enabled_clients"]);
    assert_eq!(enabled(&planned.connections[1]), [""; 0]);

    let off = TenantPatch {
        enable_client_connections: Some(false),
        ..TenantPatch::default()
    };
    let desired = Desired {
        tenant: Some(off),
        ..desired
    };
    assert_eq!(plan(before, desired).unwrap().connections.len(), 1);
}

#[test]
fn enabled_clients_are_found_by_id_before_name() {
    let before = content(clients([
        client_with_id("a", "b"),
        client_with_id("b", "c"),
    ]));
    let planned = plan(before, connections([connection("db", Some(&["b"]))])).unwrap();
    let ids: BTreeSet<_> = planned.connections[0]
        .object
        .enabled_clients
        .iter()
        .cloned()
        .collect();
    assert_eq!(ids, BTreeSet::from([ClientId::from("b".to_owned())]));
}

#[test]
fn an_id_finds_a_client_whatever_its_name() {
    let before = content(clients([client_with_id("a", "old")]));
    let plan = plan(
        before,
        clients([client_with_id("a", "new"), client_with_id("b", "new")]),
    )
    .unwrap();
    assert_eq!(plan.clients[0].fields.names(), ["name"]);
    assert!(!plan.clients[0].created && plan.clients[1].created);
}

#[test]
fn refusals() {
    let namesakes = [client_with_id("a", "twin"), client_with_id("b", "twin")];
    let third_party = ClientPatch {
        is_first_party: Some(false),
        ..client("A")
    };
    let with_id = |id: &str, identifier| ResourceServerPatch {
        id: Some(ResourceServerId::from(id.to_owned())),
        ..api(identifier)
    };
    let connection_with_id = |id: &str, name| ConnectionPatch {
        id: Some(ConnectionId::from(id.to_owned())),
        ..connection(name, None)
    };
    let empty = Content::default;
    for (before, desired, expected) in [
        (
            empty(),
            clients([client("A"), client("A")]),
            r#"client "A": name: the same object is given twice"#,
        ),
        (
            content(clients(namesakes.clone())),
            clients([client("twin")]),
            r#"client "twin": name: several applications have this name; give the client_id"#,
        ),
        (
            empty(),
            clients([client("twin"), client_with_id("b", "twin")]),
            r#"client "twin": name: several applications have this name; give the client_id"#,
        ),
        (
            content(clients([client("A")])),
            clients([third_party]),
            r#"client "A": is_first_party: is true and cannot be changed"#,
        ),
        (
            empty(),
            connections([connection("db", Some(&["ghost"]))]),
            r#"connection "db": enabled_clients[0]: no application has the name or id "ghost""#,
        ),
        (
            content(clients(namesakes)),
            connections([connection("db", Some(&["a", "twin"]))]),
            r#"connection "db": enabled_clients[1]: several applications have the name "twin"; give the client_id"#,
        ),
        (
            empty(),
            connections([connection("db", None), connection("db", None)]),
            r#"connection "db": name: the same object is given twice"#,
        ),
        (
            content(apis([with_id("x", "https://one.test")])),
            apis([with_id("y", "https://one.test")]),
            r#"resource server "https://one.test": id: is x and cannot be changed"#,
        ),
        (
            content(apis([with_id("x", "https://one.test")])),
            apis([with_id("x", "https://two.test")]),
            r#"resource server "https://two.test": the id x is already taken"#,
        ),
        (
            empty(),
            connections([
                connection_with_id("x", "one"),
                connection_with_id("x", "two"),
            ]),
            r#"connection "two": the id x is already taken"#,
        ),
        (
            empty(),
            tenant(with_claim_for("ghost")),
            r#"tenant: custom_claims[0].clients[0]: no application has the name or id "ghost""#,
        ),
    ] {
        assert_eq!(refusal(before, desired), expected);
    }
}

fn with_claim_for(client: &str) -> TenantPatch {
    let claim = CustomClaim {
        name: "plan".to_owned(),
        value: CustomClaimValue::Source("user.app_metadata.plan".to_owned()),
        id_token: true,
        access_token: true,
        clients: vec![client.to_owned()],
        audiences: Vec::new(),
    };
    TenantPatch {
        custom_claims: Some(vec![claim]),
        ..TenantPatch::default()
    }
}

/// The name of an application may change later; its id stays.
#[test]
fn a_custom_claim_keeps_the_id_of_its_application() {
    let content = content(clients([client_with_id("a", "App")]));
    let planned = plan(content, tenant(with_claim_for("App"))).unwrap();
    let claims = planned.tenant.unwrap().object.custom_claims;
    assert_eq!(claims[0].clients, ["a"]);
}

#[test]
fn f4_names_that_lead_nowhere_are_left_out_when_asked() {
    let desired = |leave_out_unknown_clients| Desired {
        leave_out_unknown_clients,
        clients: vec![client_with_id("a", "A")],
        client_grants: vec![ClientGrantPatch {
            client: "ghost".to_owned(),
            audience: "urn:api".to_owned(),
            ..ClientGrantPatch::default()
        }],
        tenant: Some(with_claim_for("ghost")),
        ..connections([connection("db", Some(&["ghost", "A"]))])
    };
    let planned = plan(Content::default(), desired(true)).unwrap();
    assert_eq!(enabled(&planned.connections[0]), ["a"]);
    assert!(planned.client_grants.is_empty());
    // Without its list, the claim would be for every application.
    let tenant = planned.tenant.map(|draft| draft.object).unwrap_or_default();
    assert!(tenant.custom_claims.is_empty());
    let fields: Vec<_> = planned
        .left_out
        .iter()
        .map(|it| it.field.as_str())
        .collect();
    assert_eq!(
        fields,
        [
            "tenant: custom_claims[0].clients[0]",
            "client grant \"ghost\" for \"urn:api\": client",
            "connection \"db\": enabled_clients[0]",
        ]
    );
    let refused = refusal(Content::default(), desired(false));
    assert!(
        refused.contains("no application has the name or id \"ghost\""),
        "{refused}"
    );
}

#[test]
fn a_name_of_several_applications_is_an_error_in_any_case() {
    let clients = vec![client_with_id("a", "A"), client_with_id("b", "A")];
    let desired = Desired {
        leave_out_unknown_clients: true,
        clients,
        ..connections([connection("db", Some(&["A"]))])
    };
    let refused = refusal(Content::default(), desired);
    assert!(
        refused.contains("several applications have the name"),
        "{refused}"
    );
}
