//! The contract of every store, tested on PostgreSQL and SQLite.

use doorward_oauth2_types::auth0::{
    AppType, OrganizationDiscoveryMethod, OrganizationRequireBehavior, OrganizationUsage,
    ResourceParameterProfile, SubjectType, ThirdPartySecurityMode, TokenDialect, UserAccess,
};
use doorward_oauth2_types::{ClientAuthenticationMethod, GrantType};
use doorward_service_kit::StoreError;
use doorward_service_kit::sql::DatabaseConfig;
use sqlx::{AnyConnection, Connection as _};

use super::{SqlStore, Store};
use crate::Error;
use crate::domain::{
    BruteForceProtectionPatch, Change, ClientGrantPatch, ClientId, ClientPatch, ClientSettings,
    Connection, ConnectionPatch, ConnectionSettings, CustomClaim, CustomClaimValue, Desired, Plan,
    ResourceServerId, ResourceServerPatch, ResourceServerSettings, Scope, SessionLifetimes,
    SuspiciousIpThrottlingPatch, Tenant, TenantPatch,
};

fn text(text: &str) -> String {
    text.to_owned()
}

fn list(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn id(text: &str) -> ClientId {
    text.to_owned().into()
}

fn client(id: Option<&str>, name: &str) -> ClientPatch {
    ClientPatch {
        client_id: id.map(self::id),
        name: name.to_owned(),
        ..ClientPatch::default()
    }
}

fn api(id: Option<&str>, identifier: &str) -> ResourceServerPatch {
    ResourceServerPatch {
        id: id.map(|id| ResourceServerId::from(id.to_owned())),
        identifier: identifier.to_owned(),
        ..ResourceServerPatch::default()
    }
}

fn grant(client: &str, audience: &str, subject_type: SubjectType) -> ClientGrantPatch {
    ClientGrantPatch {
        client: text(client),
        audience: text(audience),
        subject_type,
        scopes: None,
    }
}

fn connection(name: &str, enabled_clients: &[&str]) -> ConnectionPatch {
    ConnectionPatch {
        name: name.to_owned(),
        enabled_clients: Some(list(enabled_clients)),
        ..ConnectionPatch::default()
    }
}

fn names(connections: &[Connection]) -> Vec<&str> {
    connections
        .iter()
        .map(|connection| connection.name.as_str())
        .collect()
}

async fn apply(store: &dyn Store, desired: Desired) -> Plan {
    store.apply(desired, false).await.unwrap()
}

/// Nothing in it has its default, which shows a key that is not written.
fn unusual() -> Desired {
    Desired {
        leave_out_unknown_clients: false,
        tenant: Some(TenantPatch {
            friendly_name: Change::Set(text("Acme")),
            picture_url: Change::Set(text("https://acme.test/picture.png")),
            support_email: Change::Set(text("help@acme.test")),
            support_url: Change::Set(text("https://acme.test/help")),
            default_audience: Change::Set(text("https://api.test")),
            default_directory: Change::Set(text("users")),
            default_redirection_uri: Change::Set(text("https://acme.test/start")),
            allowed_logout_urls: Some(list(&["https://acme.test/bye"])),
            session_lifetime_minutes: Some(40),
            idle_session_lifetime_minutes: Some(30),
            ephemeral_session_lifetime_minutes: Some(20),
            idle_ephemeral_session_lifetime_minutes: Some(10),
            persistent_session_cookie: Some(false),
            enable_client_connections: Some(false),
            authorization_response_iss_parameter_supported: Some(true),
            skip_non_verifiable_callback_uri_confirmation_prompt: Some(true),
            use_scope_descriptions_for_consent: Some(true),
            enabled_locales: Some(list(&["ja", "en"])),
            resource_parameter_profile: Some(ResourceParameterProfile::Compatibility),
            require_openid_scope: Some(true),
            rp_logout_end_session_endpoint_discovery: Some(false),
            oidc_logout_prompt_enabled: Some(false),
            allow_organization_name_in_authentication_api: Some(true),
            include_tenant_roles_in_organizations: Some(true),
            consume_invitation_on_mismatch: Some(true),
            numeric_updated_at: Some(true),
            custom_claims: Some(vec![CustomClaim {
                name: text("https://acme.test/plan"),
                value: CustomClaimValue::Constant(serde_json::json!({"a": [1, "é"]})),
                id_token: true,
                access_token: false,
                clients: Vec::new(),
                audiences: list(&["https://api.test"]),
            }]),
            post_login_hook_may_fail: Some(true),
            brute_force_protection: BruteForceProtectionPatch {
                enabled: Some(false),
                shields: Some(Vec::new()),
                allowlist: Some(list(&["192.0.2.1"])),
                mode: Some(text("count_per_identifier")),
                max_attempts: Some(5),
            },
            suspicious_ip_throttling: SuspiciousIpThrottlingPatch {
                enabled: Some(false),
                shields: Some(list(&["block"])),
                allowlist: Some(list(&["192.0.2.0/24"])),
                pre_login_max_attempts: Some(10),
                pre_login_rate_ms: Some(40_000),
                pre_user_registration_max_attempts: Some(20),
                pre_user_registration_rate_ms: Some(2_000),
            },
        }),
        clients: vec![unusual_client()],
        resource_servers: vec![ResourceServerPatch {
            name: Some(text("API")),
            scopes: Some(vec![Scope {
                value: "read:x".to_owned(),
                description: Some("Read x".to_owned()),
            }]),
            token_lifetime_seconds: Some(200),
            token_lifetime_for_web_seconds: Some(100),
            skip_consent_for_verifiable_first_party_clients: Some(true),
            token_dialect: Some(TokenDialect::Rfc9068Profile),
            allow_offline_access: Some(true),
            enforce_policies: Some(true),
            user_access: Some(UserAccess::DenyAll),
            ..api(Some("api"), "https://api.test")
        }],
        client_grants: vec![ClientGrantPatch {
            scopes: Some(list(&["read:x", "read:y"])),
            ..grant("App", "https://api.test", SubjectType::User)
        }],
        connections: vec![ConnectionPatch {
            disable_signup: Some(true),
            min_password_length: Some(12),
            ..connection("users", &["App"])
        }],
    }
}

fn unusual_client() -> ClientPatch {
    ClientPatch {
        app_type: Change::Set(AppType::Spa),
        logo_uri: Change::Set(text("https://acme.test/logo.png")),
        is_first_party: Some(false),
        grant_types: Some(vec![GrantType::Implicit]),
        callbacks: Some(list(&["https://app.test/a", "https://app.test/b"])),
        allowed_logout_urls: Some(list(&["https://app.test/bye"])),
        web_origins: Some(list(&["https://app.test"])),
        allowed_origins: Some(list(&["https://cors.test"])),
        initiate_login_uri: Change::Set(text("https://app.test/login")),
        id_token_lifetime_seconds: Some(60),
        organization_usage: Some(OrganizationUsage::Require),
        organization_require_behavior: Some(OrganizationRequireBehavior::PreLoginPrompt),
        organization_discovery_methods: Some(vec![OrganizationDiscoveryMethod::Email]),
        sso_disabled: Some(true),
        token_endpoint_auth_method: Some(ClientAuthenticationMethod::ClientSecretPost),
        skip_non_verifiable_callback_uri_confirmation_prompt: Change::Set(false),
        third_party_security_mode: Some(ThirdPartySecurityMode::Strict),
        client_metadata: Some([(text("tier"), text("gold"))].into()),
        ..client(Some("spa"), "App")
    }
}

async fn an_empty_store_has_defaults(store: SqlStore) {
    assert_eq!(store.get_tenant().await.unwrap(), Tenant::default());
    assert_eq!(store.find_client(&id("nobody")).await.unwrap(), None);
    assert_eq!(store.find_resource_server("nothing").await.unwrap(), None);
    assert_eq!(store.find_connection("nothing").await.unwrap(), None);
    assert_eq!(store.list_connections().await.unwrap(), []);
    assert!(!store.is_allowed_origin("https://app.test").await.unwrap());
    assert_eq!(store.revision().await.unwrap(), 0);
}

async fn what_is_written_is_read(store: SqlStore) {
    let plan = apply(&store, unusual()).await;
    let tenant = store.get_tenant().await.unwrap();
    assert_eq!(tenant, plan.tenant.unwrap().object);
    let lifetimes = SessionLifetimes {
        absolute_minutes: 40,
        idle_minutes: 30,
        ephemeral_absolute_minutes: 20,
        ephemeral_idle_minutes: 10,
        persistent: false,
    };
    assert_eq!(tenant.session_lifetimes, lifetimes);

    let found = store.find_client(&id("spa")).await.unwrap().unwrap();
    assert_eq!(found.client, plan.clients[0].object);
    assert_eq!(
        found.connections,
        [plan.connections[0].object.connection.clone()]
    );
    assert_eq!(store.list_connections().await.unwrap(), found.connections);
    let connection = store.find_connection("users").await.unwrap();
    assert_eq!(connection.as_ref(), found.connections.first());
    assert_eq!(
        found.client_grants,
        [plan.client_grants[0].draft.object.clone()]
    );
    let api = store
        .find_resource_server("https://api.test")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(api, plan.resource_servers[0].object);
}

async fn applying_twice_changes_nothing(store: SqlStore) {
    apply(&store, unusual()).await;
    let revision = store.revision().await.unwrap();
    assert!(apply(&store, unusual()).await.is_empty());
    assert_eq!(store.revision().await.unwrap(), revision);
}

async fn every_field_can_be_changed(store: SqlStore) {
    let only_names = Desired {
        leave_out_unknown_clients: false,
        clients: vec![ClientPatch {
            is_first_party: Some(false),
            ..client(Some("spa"), "Old name")
        }],
        resource_servers: vec![api(Some("api"), "https://api.test")],
        client_grants: vec![grant("spa", "https://api.test", SubjectType::User)],
        connections: vec![connection("users", &[])],
        tenant: None,
    };
    apply(&store, only_names).await;
    let plan = apply(&store, unusual()).await;
    assert_eq!(plan.tenant.unwrap().fields.names().len(), 40);
    assert_eq!(plan.clients[0].fields.names().len(), 18);
    assert_eq!(plan.resource_servers[0].fields.names().len(), 9);
    assert_eq!(plan.client_grants[0].draft.fields.names(), ["scopes"]);
    assert_eq!(plan.connections[0].fields.names().len(), 3);
    assert!(apply(&store, unusual()).await.is_empty());
}

async fn every_change_raises_the_revision(store: SqlStore) {
    let mut last = store.revision().await.unwrap();
    for name in ["a", "b", "c"] {
        let clients = vec![client(None, name)];
        apply(
            &store,
            Desired {
                clients,
                ..Desired::default()
            },
        )
        .await;
        let revision = store.revision().await.unwrap();
        assert!(revision > last);
        last = revision;
    }
}

async fn a_dry_run_changes_nothing(store: SqlStore) {
    let plan = store.apply(unusual(), true).await.unwrap();
    assert_eq!((plan.clients.len(), plan.connections.len()), (1, 1));
    an_empty_store_has_defaults(store).await;
}

async fn a_refusal_undoes_everything(store: SqlStore) {
    let desired = Desired {
        clients: vec![client(Some("new"), "New")],
        connections: vec![connection("db", &["New", "ghost"])],
        ..Desired::default()
    };
    let error = store.apply(desired, false).await.unwrap_err();
    assert!(
        matches!(&error, Error::Invalid(field) if field.problem.contains("ghost")),
        "{error}"
    );
    assert_eq!(store.find_client(&id("new")).await.unwrap(), None);
    assert_eq!(store.revision().await.unwrap(), 0);
}

async fn an_id_is_taken_once(store: SqlStore) {
    let apis = |apis: Vec<ResourceServerPatch>| Desired {
        resource_servers: apis,
        ..Desired::default()
    };
    apply(&store, apis(vec![api(Some("x"), "https://one.test")])).await;
    let error = store
        .apply(apis(vec![api(Some("x"), "https://two.test")]), false)
        .await;
    assert!(matches!(error, Err(Error::IdTaken { id, .. }) if id == "x"));
    assert_eq!(
        store
            .find_resource_server("https://two.test")
            .await
            .unwrap(),
        None
    );
}

async fn identifiers_are_compared_byte_for_byte(store: SqlStore) {
    apply(&store, unusual()).await;
    assert_eq!(store.find_connection("Users").await.unwrap(), None);
    assert_eq!(store.find_client(&id("SPA")).await.unwrap(), None);
    assert_eq!(
        store
            .find_resource_server("https://api.test/")
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        store
            .find_resource_server("https://API.test")
            .await
            .unwrap(),
        None
    );
}

async fn the_default_directory_comes_first(store: SqlStore) {
    let desired = Desired {
        tenant: Some(TenantPatch {
            default_directory: Change::Set(text("m")),
            ..TenantPatch::default()
        }),
        clients: vec![client(Some("spa"), "App"), client(Some("other"), "Other")],
        connections: vec![
            connection("z", &["App"]),
            connection("m", &["App"]),
            connection("B", &["App", "Other"]),
            connection("a", &["App"]),
            connection("not", &["Other"]),
        ],
        ..Desired::default()
    };
    apply(&store, desired).await;
    let found = store.find_client(&id("spa")).await.unwrap().unwrap();
    assert_eq!(names(&found.connections), ["m", "B", "a", "z"]);
    let found = store.find_client(&id("other")).await.unwrap().unwrap();
    assert_eq!(names(&found.connections), ["B", "not"]);
    let all = store.list_connections().await.unwrap();
    assert_eq!(names(&all), ["B", "a", "m", "not", "z"]);
}

async fn a_client_has_its_grants_for_users_in_order(store: SqlStore) {
    let desired = Desired {
        clients: vec![client(Some("spa"), "App"), client(Some("other"), "Other")],
        client_grants: vec![
            grant("App", "b", SubjectType::User),
            grant("App", "a", SubjectType::User),
            grant("App", "B", SubjectType::User),
            grant("App", "a", SubjectType::Client),
            grant("App", "machines", SubjectType::Client),
            grant("Other", "c", SubjectType::User),
        ],
        ..Desired::default()
    };
    let plan = apply(&store, desired.clone()).await;
    assert_eq!(plan.client_grants.len(), 6);
    assert!(apply(&store, desired).await.is_empty());
    for (client, expected) in [("spa", &["B", "a", "b"][..]), ("other", &["c"])] {
        let found = store.find_client(&id(client)).await.unwrap().unwrap();
        let grants = found.client_grants.iter();
        let audiences: Vec<_> = grants.map(|grant| grant.audience.as_str()).collect();
        assert_eq!(audiences, expected);
    }
}

async fn what_a_client_does_not_say_is_not_a_no(store: SqlStore) {
    for (desired, expected) in [
        (None, None),
        (Some(true), Some(true)),
        (None, Some(true)),
        (Some(false), Some(false)),
    ] {
        let patch = ClientPatch {
            skip_non_verifiable_callback_uri_confirmation_prompt: desired.into(),
            ..client(Some("spa"), "App")
        };
        let clients = vec![patch];
        apply(
            &store,
            Desired {
                clients,
                ..Desired::default()
            },
        )
        .await;
        let found = store.find_client(&id("spa")).await.unwrap().unwrap().client;
        let skip = found
            .settings
            .skip_non_verifiable_callback_uri_confirmation_prompt;
        assert_eq!(skip, expected, "{desired:?}");
    }
}

async fn a_removed_setting_is_absent(store: SqlStore) {
    apply(&store, unusual()).await;
    let desired = Desired {
        tenant: Some(TenantPatch {
            friendly_name: Change::Remove,
            default_directory: Change::Remove,
            ..TenantPatch::default()
        }),
        clients: vec![ClientPatch {
            app_type: Change::Remove,
            logo_uri: Change::Remove,
            ..client(Some("spa"), "App")
        }],
        ..Desired::default()
    };
    let plan = apply(&store, desired.clone()).await;
    let fields = plan.tenant.unwrap().fields;
    assert_eq!(fields.names(), ["friendly_name", "default_directory"]);
    assert_eq!(plan.clients[0].fields.names(), ["app_type", "logo_uri"]);
    let tenant = store.get_tenant().await.unwrap();
    assert_eq!(
        (tenant.friendly_name, tenant.default_directory),
        (None, None)
    );
    let found = store.find_client(&id("spa")).await.unwrap().unwrap();
    let settings = found.client.settings;
    assert_eq!((settings.app_type, settings.logo_uri), (None, None));
    assert!(apply(&store, desired).await.is_empty());
}

async fn any_client_may_allow_an_origin(store: SqlStore) {
    apply(&store, unusual()).await;
    for origin in ["https://cors.test", "https://app.test"] {
        assert!(store.is_allowed_origin(origin).await.unwrap(), "{origin}");
    }
    for origin in [
        "https://evil.test",
        "http://cors.test",
        "https://cors.test:8443",
        "null",
    ] {
        assert!(!store.is_allowed_origin(origin).await.unwrap(), "{origin}");
    }
    let moved = ClientPatch {
        allowed_origins: Some(list(&["https://moved.test"])),
        ..client(Some("spa"), "App")
    };
    let desired = Desired {
        clients: vec![moved],
        ..Desired::default()
    };
    apply(&store, desired).await;
    for (origin, expected) in [("https://moved.test", true), ("https://cors.test", false)] {
        let allowed = store.is_allowed_origin(origin).await.unwrap();
        assert_eq!(allowed, expected, "{origin} after a change");
    }
}

async fn two_that_want_the_same_create_it_once(database: DatabaseConfig) {
    let (one, other) = tokio::join!(SqlStore::open(&database), SqlStore::open(&database));
    let (one, other) = (one.unwrap(), other.unwrap());
    let desired = Desired {
        clients: vec![client(None, "App")],
        ..Desired::default()
    };
    let (first, second) = tokio::join!(
        one.apply(desired.clone(), false),
        other.apply(desired, false)
    );
    let plans = [first.unwrap(), second.unwrap()];
    assert_eq!(plans.iter().filter(|plan| plan.is_empty()).count(), 1);
    assert_eq!(one.revision().await.unwrap(), 1);
}

async fn of_two_that_want_different_things_both_succeed(database: DatabaseConfig) {
    let (one, other) = tokio::join!(SqlStore::open(&database), SqlStore::open(&database));
    let (one, other) = (one.unwrap(), other.unwrap());
    let desired = |id: &str| Desired {
        clients: vec![client(Some(id), id)],
        ..Desired::default()
    };
    let (first, second) = tokio::join!(
        one.apply(desired("a"), false),
        other.apply(desired("b"), false)
    );
    first.unwrap();
    second.unwrap();
    for client in ["a", "b"] {
        let found = one.find_client(&id(client)).await.unwrap().unwrap();
        assert_eq!(names(&found.connections), [Connection::FIRST_NAME]);
    }
    assert_eq!(other.revision().await.unwrap(), 2);
}

async fn execute(database: &DatabaseConfig, statement: &'static str) {
    let mut connection = AnyConnection::connect(&database.url).await.unwrap();
    sqlx::query(statement)
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

/// Overwrites every document.
async fn store_documents(database: &DatabaseConfig, document: &str) {
    let mut connection = AnyConnection::connect(&database.url).await.unwrap();
    for statement in [
        "UPDATE tenant SET settings = $1",
        "UPDATE client SET settings = $1",
        "UPDATE resource_server SET settings = $1",
        "UPDATE connection SET settings = $1",
    ] {
        let updated = sqlx::query(statement)
            .bind(document)
            .execute(&mut connection)
            .await;
        assert_eq!(updated.unwrap().rows_affected(), 1, "{statement}");
    }
    connection.close().await.unwrap();
}

async fn documents(database: &DatabaseConfig) -> Vec<serde_json::Value> {
    let mut connection = AnyConnection::connect(&database.url).await.unwrap();
    let mut documents = Vec::new();
    for statement in [
        "SELECT settings FROM tenant",
        "SELECT settings FROM client",
        "SELECT settings FROM resource_server",
        "SELECT settings FROM connection",
    ] {
        let document: String = sqlx::query_scalar(statement)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        documents.push(serde_json::from_str(&document).unwrap());
    }
    connection.close().await.unwrap();
    documents
}

async fn assert_defaults(store: &SqlStore) {
    assert_eq!(store.get_tenant().await.unwrap(), Tenant::default());
    let found = store.find_client(&id("spa")).await.unwrap().unwrap();
    assert_eq!(found.client.settings, ClientSettings::default());
    let api = store.find_resource_server("https://api.test").await;
    assert_eq!(
        api.unwrap().unwrap().settings,
        ResourceServerSettings::default()
    );
    let connection = store.find_connection("users").await.unwrap().unwrap();
    assert_eq!(connection.settings, ConnectionSettings::default());
    assert!(!store.is_allowed_origin("https://app.test").await.unwrap());
}

async fn a_missing_key_has_its_default(database: DatabaseConfig) {
    let store = SqlStore::open(&database).await.unwrap();
    apply(&store, unusual()).await;
    store_documents(&database, "{}").await;
    assert_defaults(&store).await;
}

/// A newer replica has written it.
async fn an_unknown_key_is_ignored_and_kept(database: DatabaseConfig) {
    let store = SqlStore::open(&database).await.unwrap();
    apply(&store, unusual()).await;
    store_documents(&database, r#"{"from_a_newer_version":{"a":[1]}}"#).await;
    assert_defaults(&store).await;
    let desired = Desired {
        clients: vec![ClientPatch {
            is_first_party: None,
            third_party_security_mode: None,
            client_metadata: None,
            ..unusual().clients.remove(0)
        }],
        ..unusual()
    };
    apply(&store, desired).await;
    for document in documents(&database).await {
        assert_eq!(
            document["from_a_newer_version"],
            serde_json::json!({ "a": [1] })
        );
    }
    let tenant = store.get_tenant().await.unwrap();
    assert_eq!(tenant.friendly_name.as_deref(), Some("Acme"));
}

async fn what_is_no_document_is_an_error(database: DatabaseConfig) {
    let store = SqlStore::open(&database).await.unwrap();
    apply(&store, unusual()).await;
    for statement in [
        "UPDATE client SET settings = '{'",
        r#"UPDATE client SET settings = '{"app_type":"toaster"}'"#,
        r#"UPDATE client SET settings = '{"callbacks":"https://app.test"}'"#,
    ] {
        execute(&database, statement).await;
        let found = store.find_client(&id("spa")).await;
        assert!(matches!(found, Err(StoreError::Failed(_))), "{statement}");
    }
}

/// Every case gets a database of its own.
async fn all(fresh: impl AsyncFn() -> DatabaseConfig) {
    let open = async || SqlStore::open(&fresh().await).await.unwrap();
    an_empty_store_has_defaults(open().await).await;
    what_is_written_is_read(open().await).await;
    applying_twice_changes_nothing(open().await).await;
    every_field_can_be_changed(open().await).await;
    every_change_raises_the_revision(open().await).await;
    a_dry_run_changes_nothing(open().await).await;
    a_refusal_undoes_everything(open().await).await;
    an_id_is_taken_once(open().await).await;
    identifiers_are_compared_byte_for_byte(open().await).await;
    the_default_directory_comes_first(open().await).await;
    a_client_has_its_grants_for_users_in_order(open().await).await;
    what_a_client_does_not_say_is_not_a_no(open().await).await;
    a_removed_setting_is_absent(open().await).await;
    any_client_may_allow_an_origin(open().await).await;
    a_missing_key_has_its_default(fresh().await).await;
    an_unknown_key_is_ignored_and_kept(fresh().await).await;
    what_is_no_document_is_an_error(fresh().await).await;
    two_that_want_the_same_create_it_once(fresh().await).await;
    of_two_that_want_different_things_both_succeed(fresh().await).await;
}

#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let name = || format!("{}.db", doorward_service_kit::hex());
    all(async || DatabaseConfig::sqlite(&folder.path().join(name()))).await;
}

#[tokio::test]
async fn postgres() {
    all(async || DatabaseConfig {
        max_connections: 2,
        ..DatabaseConfig::new(doorward_test_support::postgres::database().await)
    })
    .await;
}
