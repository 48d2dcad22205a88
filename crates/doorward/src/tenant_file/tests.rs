use std::collections::BTreeMap;

use doorward_proto::client_registry::v1::custom_claim::Value;
use doorward_proto::client_registry::v1::{
    AppType, CustomClaim, CustomClaims, OrganizationDiscoveryMethod, OrganizationRequireBehavior,
    OrganizationUsage, ResourceParameterProfile, ResourceServerScope, StringList, SubjectType,
    ThirdPartySecurityMode, TokenDialect, TokenEndpointAuthMethod, UserAccess,
};
use doorward_proto::common::v1::SigningAlg;
use doorward_proto::identity::v1::Permission;
use doorward_proto::organization::v1::{
    Branding, DiscoveryDomain, OrganizationClient, OrganizationConnection,
};

use super::*;

mod left_out;

const RICH: &str = include_str!("tests/rich.yaml");

fn read(text: &str) -> Result<TenantFile> {
    let values = [
        ("HOST", "app.example.com"),
        ("LIFETIME", "3600"),
        ("LOGOUT_URLS", r#"["https://app.example.com/bye"]"#),
    ];
    let values: BTreeMap<_, _> = values.map(|(key, value)| (key.into(), value.into())).into();
    parse(text, &values)
}

/// The values of a list that was given.
fn values(list: Option<&StringList>) -> Vec<&str> {
    let list = list.expect("the list is given");
    list.values.iter().map(String::as_str).collect()
}

#[test]
fn tenant() {
    let tenant = read(RICH).unwrap().tenant.tenant.unwrap();
    assert_eq!(tenant.friendly_name.as_deref(), Some("Rich Tenant"));
    assert_eq!(
        tenant.picture_url.as_deref(),
        Some("https://app.example.com/logo.png")
    );
    assert_eq!(tenant.support_email.as_deref(), Some("help@example.com"));
    assert_eq!(
        tenant.support_url.as_deref(),
        Some("https://example.com/help")
    );
    assert_eq!(
        tenant.default_audience.as_deref(),
        Some("https://api.example.com/")
    );
    assert_eq!(tenant.default_directory.as_deref(), Some("Staff"));
    assert_eq!(
        tenant.default_redirection_uri.as_deref(),
        Some("https://app.example.com/login")
    );
    assert_eq!(
        values(tenant.allowed_logout_urls.as_ref()),
        ["https://example.com/"]
    );
    assert_eq!(tenant.session_lifetime_minutes, Some(10_080));
    assert_eq!(tenant.idle_session_lifetime_minutes, Some(30), "0.5 hours");
    assert_eq!(
        tenant.ephemeral_session_lifetime_minutes,
        Some(90),
        "minutes win"
    );
    assert_eq!(tenant.idle_ephemeral_session_lifetime_minutes, Some(45));
    assert_eq!(tenant.persistent_session_cookie, Some(false));
    for flag in [
        tenant.enable_client_connections,
        tenant.rp_logout_end_session_endpoint_discovery,
        tenant.oidc_logout_prompt_enabled,
    ] {
        assert_eq!(flag, Some(false));
    }
    for flag in [
        tenant.authorization_response_iss_parameter_supported,
        tenant.skip_non_verifiable_callback_uri_confirmation_prompt,
        tenant.use_scope_descriptions_for_consent,
        tenant.require_openid_scope,
        tenant.allow_organization_name_in_authentication_api,
        tenant.include_tenant_roles_in_organizations,
        tenant.consume_invitation_on_mismatch,
        tenant.numeric_updated_at,
    ] {
        assert_eq!(flag, Some(true));
    }
    assert_eq!(values(tenant.enabled_locales.as_ref()), ["ja", "en"]);
    assert_eq!(
        tenant.resource_parameter_profile(),
        ResourceParameterProfile::Compatibility
    );
}

#[test]
fn attack_protection() {
    let tenant = read(RICH).unwrap().tenant.tenant.unwrap();
    let brute_force = tenant.brute_force_protection.unwrap();
    assert_eq!(brute_force.enabled, Some(true));
    assert_eq!(values(brute_force.shields.as_ref()), ["block"]);
    assert_eq!(values(brute_force.allowlist.as_ref()), ["192.0.2.1"]);
    assert_eq!(brute_force.mode.as_deref(), Some("count_per_identifier"));
    assert_eq!(brute_force.max_attempts, Some(5));
    let throttling = tenant.suspicious_ip_throttling.unwrap();
    assert_eq!(throttling.enabled, Some(false));
    assert_eq!(
        values(throttling.shields.as_ref()),
        ["admin_notification", "block"]
    );
    assert_eq!(values(throttling.allowlist.as_ref()), ["192.0.2.0/24"]);
    assert_eq!(throttling.pre_login_max_attempts, Some(50));
    assert_eq!(throttling.pre_login_rate_ms, Some(864_000));
    assert_eq!(throttling.pre_user_registration_max_attempts, Some(20));
    assert_eq!(throttling.pre_user_registration_rate_ms, Some(1_200));
}

#[test]
fn custom_claims() {
    let tenant = read(RICH).unwrap().tenant.tenant.unwrap();
    assert_eq!(tenant.post_login_hook_may_fail, Some(true));
    let claims = tenant.custom_claims.unwrap().values;
    let plan = CustomClaim {
        name: "https://example.com/plan".to_owned(),
        value: Some(Value::Source("user.app_metadata.plan".to_owned())),
        id_token: true,
        access_token: true,
        ..CustomClaim::default()
    };
    let tiers = CustomClaim {
        name: "https://example.com/tiers".to_owned(),
        value: Some(Value::ConstantJson(r#"["gold",1,{"x":true}]"#.to_owned())),
        access_token: true,
        clients: vec!["My App".to_owned()],
        audiences: vec!["https://api.example.com/".to_owned()],
        ..CustomClaim::default()
    };
    assert_eq!(claims, [plan, tiers]);
    let alone = read("doorward: {claims: []}")
        .unwrap()
        .tenant
        .tenant
        .unwrap();
    assert_eq!(alone.custom_claims, Some(CustomClaims::default()));
    assert_eq!(
        read("tenant: {}")
            .unwrap()
            .tenant
            .tenant
            .unwrap()
            .custom_claims,
        None
    );
}

#[test]
fn a_claim_that_cannot_be_is_named() {
    let name = "doorward:\n  claims:\n  - name: https://a.test/x\n";
    for (text, expected) in [
        (
            "    source: user.email\n    tokens: [code]",
            "line 5: doorward.claims[https://a.test/x].tokens \"code\" is not one of id_token, access_token",
        ),
        (
            "    source: user.email\n    tokens: []",
            "line 5: doorward.claims[https://a.test/x].tokens is empty, so that no token has the claim",
        ),
        (
            "    shiny: true",
            "line 3: doorward.claims[https://a.test/x].source is missing, and there is no value",
        ),
        (
            "    source: user.email\n    value: 1",
            "line 5: doorward.claims[https://a.test/x].value stands beside source; give one of the two",
        ),
    ] {
        assert_eq!(
            read(&format!("{name}{text}")).unwrap_err().to_string(),
            expected
        );
    }
    let reserved = read("doorward:\n  claims:\n  - {name: sub, value: x}").unwrap_err();
    assert_eq!(
        reserved.to_string(),
        "line 3: doorward.claims[sub].name \"sub\" is reserved for the server"
    );
    let source = read(&format!("{name}    source: user.shoe_size"))
        .unwrap_err()
        .to_string();
    let expected = "line 4: doorward.claims[https://a.test/x].source \"user.shoe_size\" is not a source of values; ";
    assert!(source.starts_with(expected), "{source}");
}

#[test]
fn clients() {
    let file = read(RICH).unwrap();
    let [app, other] = &file.tenant.clients[..] else {
        panic!("the global client is left out: {:?}", file.tenant.clients);
    };
    assert_eq!(
        app.client_id.as_deref(),
        Some("AbCdEfGhIjKlMnOpQrStUvWxYz012345")
    );
    assert_eq!(app.name, "My App");
    assert_eq!(app.app_type(), AppType::Spa);
    assert_eq!(
        app.logo_uri.as_deref(),
        Some("https://app.example.com/app.png")
    );
    assert_eq!(app.is_first_party, Some(true));
    assert_eq!(
        values(app.grant_types.as_ref()),
        ["implicit", "authorization_code"]
    );
    assert_eq!(
        values(app.callbacks.as_ref()),
        ["https://app.example.com/callback"]
    );
    assert_eq!(
        values(app.allowed_logout_urls.as_ref()),
        ["https://app.example.com/bye"]
    );
    assert_eq!(
        values(app.web_origins.as_ref()),
        ["https://app.example.com"]
    );
    assert!(values(app.allowed_origins.as_ref()).is_empty());
    assert_eq!(
        app.initiate_login_uri.as_deref(),
        Some("https://app.example.com/start")
    );
    assert_eq!(app.id_token_lifetime_seconds, Some(3600));
    assert_eq!(app.id_token_signing_alg(), SigningAlg::Rs256);
    assert_eq!(
        app.organization_usage,
        Some(OrganizationUsage::Allow.into())
    );
    assert_eq!(
        app.organization_require_behavior(),
        OrganizationRequireBehavior::NoPrompt
    );
    let methods = app.organization_discovery_methods.as_ref().unwrap();
    let methods: Vec<_> = methods.values().collect();
    let (email, name) = (
        OrganizationDiscoveryMethod::Email,
        OrganizationDiscoveryMethod::OrganizationName,
    );
    assert_eq!(methods, [email, name]);
    assert_eq!(app.sso_disabled, Some(false));
    assert_eq!(
        app.token_endpoint_auth_method(),
        TokenEndpointAuthMethod::None
    );
    assert_eq!(
        app.skip_non_verifiable_callback_uri_confirmation_prompt,
        Some(false)
    );
    assert_eq!(app.third_party_security_mode, None);
    let metadata = &app.client_metadata.as_ref().unwrap().pairs;
    assert_eq!(metadata["tier"], "gold");

    assert_eq!(other.client_id, None);
    assert_eq!(other.grant_types, app.grant_types, "merged from the anchor");
    assert_eq!(
        values(other.callbacks.as_ref()),
        ["https://other.example.com/"],
        "overrides the anchor"
    );
    assert_eq!(other.sso_disabled, None);
    assert_eq!(
        other.skip_non_verifiable_callback_uri_confirmation_prompt,
        None
    );
    assert_eq!(
        other.third_party_security_mode(),
        ThirdPartySecurityMode::Strict
    );
}

#[test]
fn apis_and_connections() {
    let file = read(RICH).unwrap();
    let [api] = &file.tenant.resource_servers[..] else {
        panic!("the management API is left out");
    };
    assert_eq!(api.id.as_deref(), Some("66a1b2c3d4e5f60718293a4b"));
    assert_eq!(api.identifier, "https://api.example.com/");
    assert_eq!(api.name.as_deref(), Some("My API"));
    assert!(api.replace_scopes);
    let scope = |value: &str, description: &str| ResourceServerScope {
        value: value.into(),
        description: Some(description.to_owned()).filter(|text| !text.is_empty()),
    };
    assert_eq!(
        api.scopes,
        [scope("read:x", "Read x"), scope("write:x", "")]
    );
    assert_eq!(api.signing_alg(), SigningAlg::Rs256);
    assert_eq!(api.token_lifetime_seconds, Some(7200));
    assert_eq!(api.token_lifetime_for_web_seconds, Some(600));
    assert_eq!(
        api.skip_consent_for_verifiable_first_party_clients,
        Some(true)
    );
    assert_eq!(api.token_dialect(), TokenDialect::Rfc9068ProfileAuthz);
    assert_eq!(api.allow_offline_access, Some(true));
    assert_eq!(api.enforce_policies, Some(false));
    assert_eq!(api.user_access, Some(UserAccess::RequireClientGrant.into()));

    let [staff, guests] = &file.tenant.connections[..] else {
        panic!("google is left out");
    };
    assert_eq!(
        (staff.id.as_deref(), staff.name.as_str()),
        (Some("con_staff00000000001"), "Staff")
    );
    assert_eq!(
        (staff.disable_signup, staff.min_password_length),
        (Some(true), Some(12))
    );
    assert_eq!(
        values(staff.enabled_clients.as_ref()),
        ["My App", "AbCdEfGhIjKlMnOpQrStUvWxYz012345"]
    );
    assert_eq!(
        (guests.name.as_str(), guests.min_password_length),
        ("Guests", Some(6))
    );
    assert_eq!(guests.enabled_clients, None);
}

#[test]
fn organizations() {
    let [acme, plain] = &read(RICH).unwrap().organizations[..] else {
        panic!("both");
    };
    assert_eq!(acme.id.as_deref(), Some("org_acme000000000001"));
    assert_eq!(
        (acme.name.as_str(), acme.display_name.as_deref()),
        ("acme", Some("Acme"))
    );
    let branding = acme.branding.as_ref().unwrap();
    let expected = Branding {
        logo_url: Some("https://example.com/a.png".to_owned()),
        primary_color: Some("#0059D6".to_owned()),
        page_background_color: Some("#ffffff".to_owned()),
    };
    assert_eq!(*branding, expected);
    let pairs = &acme.metadata.as_ref().unwrap().pairs;
    assert_eq!(*pairs, [("tier".to_owned(), "gold".to_owned())].into());
    let connection = |name: &str, flags: [bool; 4]| OrganizationConnection {
        name: name.to_owned(),
        assign_membership_on_login: flags[0],
        is_signup_enabled: flags[1],
        show_as_button: flags[2],
        is_enabled: flags[3],
    };
    let connections = &acme.connections.as_ref().unwrap().connections;
    let expected = [
        connection("Staff", [true, true, false, true]),
        connection("Guests", [false, false, true, false]),
    ];
    assert_eq!(*connections, expected);
    assert_eq!(acme.third_party_clients_allowed, Some(true));
    let domain = |domain: &str, verified: bool, used: bool| DiscoveryDomain {
        domain: domain.to_owned(),
        verified,
        use_for_organization_discovery: used,
    };
    let domains = &acme.discovery_domains.as_ref().unwrap().domains;
    let expected = [
        domain("acme.example", true, false),
        domain("acme.test", false, true),
    ];
    assert_eq!(*domains, expected);
    assert_eq!(acme.is_app_entitlement_active, Some(true));
    let clients = &acme.clients.as_ref().unwrap().clients;
    let client = |id: &str, use_for_member_access: bool| OrganizationClient {
        client_id: id.to_owned(),
        use_for_member_access,
    };
    let expected = [
        client("AbCdEfGhIjKlMnOpQrStUvWxYz012345", true),
        client("other", false),
    ];
    assert_eq!(*clients, expected);

    let by_id = &plain.connections.as_ref().unwrap().connections;
    assert_eq!(*by_id, [connection("Staff", [false, false, true, true])]);
    let expected = OrganizationPatch {
        name: "plain".to_owned(),
        connections: plain.connections.clone(),
        ..OrganizationPatch::default()
    };
    assert_eq!(*plain, expected);
}

#[test]
fn client_grants() {
    let file = read(RICH).unwrap();
    let [for_users, other] = &file.tenant.client_grants[..] else {
        panic!("both: {:?}", file.tenant.client_grants);
    };
    assert_eq!(for_users.client, "My App");
    assert_eq!(for_users.audience, "https://api.example.com/");
    assert_eq!(for_users.subject_type(), SubjectType::User);
    assert_eq!(values(for_users.scopes.as_ref()), ["read:x", "write:x"]);
    assert_eq!(other.client, "Other App");
    assert_eq!(other.subject_type, None);
    assert_eq!(other.scopes, None);
}

#[test]
fn roles() {
    let roles = read(RICH).unwrap().roles;
    let permission = |scope: &str| Permission {
        resource_server_identifier: "https://api.example.com/".to_owned(),
        permission_name: scope.to_owned(),
    };
    let reader = RolePatch {
        id: Some("rol_reader0000000001".to_owned()),
        name: "reader".to_owned(),
        description: Some("Reads x".to_owned()),
        permissions: vec![permission("read:x"), permission("write:x")],
        replace_permissions: true,
    };
    let nobody = RolePatch {
        name: "nobody".to_owned(),
        ..RolePatch::default()
    };
    assert_eq!(roles, [reader, nobody]);
}

#[test]
fn every_unsupported_key_is_named_in_the_order_of_the_file() {
    let expected = [
        "tenant.ephemeral_session_lifetime: ignored, because ephemeral_session_lifetime_in_minutes has another value",
        "tenant.session_cookie.shiny: not supported, ignored",
        "tenant.flags.allow_legacy_ro_grant_types: not supported, ignored",
        "tenant.error_page: not supported, ignored",
        "tenant.sandbox_version: not supported, ignored",
        "doorward.claims[https://example.com/tiers].shiny: not supported, ignored",
        "attackProtection.breachedPasswordDetection: not supported, ignored",
        "clients[My App].client_secret: not supported, ignored",
        "clients[My App].jwt_configuration.scopes: not supported, ignored",
        "clients[My App].refresh_token: not supported, ignored (also in clients[Other App])",
        "clients[All Applications]: the global client is not supported, ignored",
        "resourceServers[My API].scopes[write:x].colour: not supported, ignored",
        "resourceServers[My API].subject_type_authorization.client.policy: not supported, ignored",
        "resourceServers[Auth0 Management API]: the management API is not supported, ignored",
        "clientGrants[Other App].id: not supported, ignored",
        "databases[Staff].display_name: not supported, ignored",
        "databases[Staff].options.passwordPolicy: only its minimum length of 12 characters is supported",
        "databases[Staff].options.password_complexity_options.shiny: not supported, ignored",
        "databases[Staff].options.password_history: not supported, ignored",
        "databases[Staff].options.brute_force_protection: not supported, ignored",
        "connections[google-oauth2]: the strategy \"google-oauth2\" is not supported, ignored",
        "roles[reader].permissions[read:x].colour: not supported, ignored",
        "roles[reader].members: not supported, ignored",
        "organizations[acme].branding.font: not supported, ignored",
        "organizations[acme].connections[Guests].organization_access_level: not supported, ignored",
        "organizations[acme].client_grants: not supported, ignored",
        "rules: not supported, ignored",
    ];
    assert_eq!(read(RICH).unwrap().warnings.ignored, expected);
}

#[test]
fn what_cannot_be_read_is_named_with_its_place() {
    for (text, expected) in [
        ("", "line 1: the file must be an object, but is empty"),
        ("- 1", "line 1: the file must be an object, but is a list"),
        (
            "clients: 5",
            "line 1: clients must be a list, but is a number",
        ),
        (
            "clients:\n- 5",
            "line 2: clients[0] must be an object, but is a number",
        ),
        (
            "clients:\n- callbacks: []",
            "line 2: clients[0].name is missing",
        ),
        ("clients:\n- name: ''", "line 2: clients[].name is missing"),
        (
            "clients:\n- name: 5",
            "line 2: clients[0].name must be a text, but is a number",
        ),
        (
            "clients:\n- name: A\n  callbacks: https://a.example/",
            "line 3: clients[A].callbacks must be a list, but is a text",
        ),
        (
            "clients:\n- name: A\n  callbacks:\n  - [a]",
            "line 4: clients[A].callbacks[0] must be a text, but is a list",
        ),
        (
            "clients:\n- name: A\n  sso_disabled: 'yes'",
            "line 3: clients[A].sso_disabled must be true or false, but is a text",
        ),
        (
            "clients:\n- name: A\n  jwt_configuration: {lifetime_in_seconds: 1.5}",
            "line 3: clients[A].jwt_configuration.lifetime_in_seconds must be a whole number",
        ),
        (
            "clientGrants:\n- {audience: a}",
            "line 2: clientGrants[0].client_id is missing",
        ),
        (
            "clientGrants:\n- client_id: A",
            "line 2: clientGrants[A].audience is missing",
        ),
        (
            "clientGrants:\n- {client_id: A, audience: a, scope: read}",
            "line 2: clientGrants[A].scope must be a list, but is a text",
        ),
        (
            "roles:\n- name: A\n  permissions:\n  - permission_name: a",
            "line 4: roles[A].permissions[a].resource_server_identifier is missing",
        ),
        (
            "organizations:\n- name: a\n  metadata: {b: 1}",
            "line 3: organizations[a].metadata.b must be a text, but is a number",
        ),
        (
            "organizations:\n- name: a\n  connections:\n  - is_enabled: true",
            "line 4: organizations[a].connections[0].name is missing",
        ),
        (
            "tenant: {resource_parameter_profile: both}",
            "line 1: tenant.resource_parameter_profile \"both\" is not one of audience, compatibility",
        ),
        (
            "tenant: {session_lifetime: -1}",
            "line 1: tenant.session_lifetime is out of range",
        ),
        (
            "resourceServers: [{name: A}]",
            "line 1: resourceServers[A].identifier is missing",
        ),
        (
            "clients:\n- name: A\n  callbacks: ['https://##MISSING##/']",
            "line 3: clients[A].callbacks[0] is the placeholder MISSING, which has no value; give it with --set MISSING=VALUE",
        ),
        (
            "tenant:\n  session_lifetime: ##MISSING##",
            "line 2: tenant.session_lifetime is the placeholder MISSING, which has no value; give it with --set MISSING=VALUE",
        ),
        (
            "clients:\n- name: A\n  callbacks: @@MISSING@@",
            "line 3: clients[A].callbacks is the placeholder MISSING, which has no value; give it with --set MISSING=VALUE",
        ),
    ] {
        assert_eq!(read(text).unwrap_err().to_string(), expected);
    }
}

#[test]
fn what_happens_anyway_is_not_named() {
    let file = read(
        "
tenant: {session_lifetime: 1.5, session_lifetime_in_minutes: 90}
clients:
- name: A
  oidc_conformant: false
  cross_origin_authentication: false
  custom_login_page_on: true
  is_token_endpoint_ip_header_trusted: false
  global: false
  initiate_login_uri: null
  jwt_configuration: {secret_encoded: false}
resourceServers:
- identifier: urn:api
  is_system: false
  subject_type_authorization: {user: {policy: allow_all}, client: {policy: require_client_grant}}
clientGrants:
- {client_id: A, audience: urn:api, organization_usage: deny, allow_any_organization: false}
organizations:
- {name: a, client_grants: [], token_quota: null, connections: [{name: D, organization_access_level: none}]}
databases:
- name: D
  strategy: auth0
  is_domain_connection: false
  options: {requires_username: false, password_history: {enable: false, size: 5}, customScripts: {}}
",
    );
    assert_eq!(file.unwrap().warnings.ignored, Vec::<String>::new());
    let file = read("clients:\n- {name: A, cross_origin_authentication: true}").unwrap();
    assert_eq!(
        file.warnings.ignored,
        ["clients[A].cross_origin_authentication: not supported, ignored"]
    );
}
