//! The parts of a tenant file that are left out, and those that refuse it.

use super::*;

fn left_out(text: &str) -> Vec<String> {
    read(text).unwrap().warnings.left_out
}

#[test]
fn an_unknown_word_leaves_its_object_out() {
    for (text, expected) in [
        (
            "clients:\n- name: A\n  organization_usage: maybe",
            "line 3: clients[A]: left out: organization_usage \"maybe\" is not one of deny, allow, require",
        ),
        (
            "resourceServers:\n- {identifier: a, subject_type_authorization: {user: {policy: maybe}}}",
            "line 2: resourceServers[a]: left out: subject_type_authorization.user.policy \"maybe\" is not one of allow_all, require_client_grant, deny_all",
        ),
        (
            "clients:\n- {name: A, third_party_security_mode: lax}",
            "line 2: clients[A]: left out: third_party_security_mode \"lax\" is not one of permissive, strict",
        ),
        (
            "organizations:\n- {name: a, third_party_client_access: maybe}",
            "line 2: organizations[a]: left out: third_party_client_access \"maybe\" is not one of deny, allow",
        ),
        (
            "clients:\n- {name: A, app_type: toaster}",
            "line 2: clients[A]: left out: app_type \"toaster\" is not one of spa, native, regular_web, non_interactive",
        ),
        (
            "clients:\n- {name: A, jwt_configuration: {alg: HS256}}",
            "line 2: clients[A]: left out: jwt_configuration.alg \"HS256\" is not one of RS256, PS256, RS512, ES256, EdDSA",
        ),
        (
            "clients:\n- {name: A, token_endpoint_auth_method: private_key_jwt}",
            "line 2: clients[A]: left out: token_endpoint_auth_method \"private_key_jwt\" is not one of none, client_secret_post, client_secret_basic",
        ),
        (
            "resourceServers:\n- {identifier: a, token_dialect: paseto}",
            "line 2: resourceServers[a]: left out: token_dialect \"paseto\" is not one of access_token, access_token_authz, rfc9068_profile, rfc9068_profile_authz",
        ),
        (
            "clientGrants:\n- {client_id: A, audience: a, subject_type: group}",
            "line 2: clientGrants[A]: left out: subject_type \"group\" is not one of client, user",
        ),
    ] {
        let file = read(text).unwrap();
        assert_eq!(file.warnings.left_out, [expected]);
        let tenant = &file.tenant;
        assert!(tenant.clients.is_empty() && tenant.resource_servers.is_empty());
        assert!(tenant.client_grants.is_empty() && file.organizations.is_empty());
    }
}

#[test]
fn f3_f5_applications_that_cannot_be_served_are_left_out_and_the_others_are_read() {
    let file = read(
        "
clients:
- {name: One, app_type: rms, jwt_configuration: {alg: HS256}}
- {name: Two, app_type: spa, callbacks: ['https://a.test/cb']}
- {name: '<Three>'}
",
    );
    let file = file.unwrap();
    let expected = [
        "line 3: clients[One]: left out: jwt_configuration.alg \"HS256\" is not one of RS256, PS256, RS512, ES256, \
         EdDSA; app_type \"rms\" is not one of spa, native, regular_web, non_interactive",
        "line 5: clients[<Three>]: left out: name must not have < or >",
    ];
    assert_eq!(file.warnings.left_out, expected);
    let names: Vec<_> = file.tenant.clients.iter().map(|it| &it.name).collect();
    assert_eq!(names, ["Two"]);
}

#[test]
fn f6_origins_are_what_browsers_send() {
    let file = read(
        "
clients:
- name: A
  allowed_origins: ['capacitor://localhost', 'https://a.test/path?x', 'https://b.test/']
  web_origins: ['chrome-extension://abc', 'chrome-extension://abc/page.html', 'https:']
",
    );
    let file = file.unwrap();
    let client = &file.tenant.clients[0];
    assert_eq!(
        values(client.allowed_origins.as_ref()),
        ["capacitor://localhost", "https://a.test", "https://b.test/"]
    );
    assert_eq!(
        values(client.web_origins.as_ref()),
        ["chrome-extension://abc", "chrome-extension://abc"]
    );
    let lines = file.warnings.left_out;
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines.iter().any(|line| line
            == "line 4: clients[A].allowed_origins[1]: \"https://a.test/path?x\" is more than an origin, \
                scheme://host[:port]; \"https://a.test\" is taken"),
        "{lines:?}"
    );
}

#[test]
fn sec_022_sec_023_dangerous_addresses_refuse_the_file() {
    for address in [
        "javascript:alert(1)",
        "DATA:text/html,x",
        "file:///etc/passwd",
        "https://*",
        "https://a.*.test/cb",
    ] {
        for field in ["callbacks", "allowed_logout_urls", "web_origins"] {
            let file = format!("clients:\n- name: A\n  {field}: ['{address}', 'https://a.test']\n");
            let error = read(&file).unwrap_err().to_string();
            let expected = format!("line 3: clients[A].{field}[0] \"{address}\" ");
            assert!(error.starts_with(&expected), "{error}");
        }
        for field in ["logo_uri", "initiate_login_uri"] {
            let file = format!("clients:\n- name: A\n  {field}: '{address}'\n");
            let error = read(&file).unwrap_err().to_string();
            let expected = format!("line 3: clients[A].{field} \"{address}\" ");
            assert!(error.starts_with(&expected), "{error}");
        }
    }
}

#[test]
fn f7_logos_and_addresses_that_cannot_be_shown_are_left_out() {
    let file = read(
        "
tenant: {picture_url: 'http://a.test/x.png', support_email: help, support_url: 'ftp://a.test', friendly_name: T}
clients: [{name: A, logo_uri: 'http://a.test/x.png', initiate_login_uri: 'http://a.test/'}]
resourceServers: [{identifier: a, scopes: [{value: read x}, {value: read}]}]
clientGrants: [{client_id: A, audience: a, scope: [read x, read]}]
roles: [{name: r, permissions: [{resource_server_identifier: a, permission_name: read x}]}, {name: <r>}]
organizations: [{name: Capital}, {name: a, branding: {logo_url: 'http://a.test/x.png'}}]
",
    );
    let file = file.unwrap();
    assert_eq!(
        file.warnings.left_out.len(),
        11,
        "{:?}",
        file.warnings.left_out
    );
    let tenant = file.tenant.tenant.unwrap();
    assert_eq!(tenant.friendly_name.as_deref(), Some("T"));
    assert_eq!((tenant.picture_url, tenant.support_email), (None, None));
    assert_eq!(file.tenant.clients.len(), 1);
    assert_eq!(file.tenant.resource_servers[0].scopes.len(), 1);
    assert_eq!(
        values(file.tenant.client_grants[0].scopes.as_ref()),
        ["read"]
    );
    let [role] = &file.roles[..] else {
        panic!("{:?}", file.roles);
    };
    assert!(role.replace_permissions && role.permissions.is_empty());
    let names: Vec<_> = file.organizations.iter().map(|it| &it.name).collect();
    assert_eq!(names, ["a"]);
}

#[test]
fn f9_all_faults_of_a_file_are_named_in_one_run() {
    let error = read(
        "
clients:
- {name: A, callbacks: 5, sso_disabled: 'no', app_type: rms}
- {callbacks: []}
databases:
- {name: D, options: {disable_signup: 1, passwordPolicy: strange}}
tenant: {friendly_name: []}
",
    );
    assert_eq!(
        error.unwrap_err().to_string(),
        "7 faults\n  \
         line 3: clients[A].app_type \"rms\" is not one of spa, native, regular_web, non_interactive\n  \
         line 3: clients[A].callbacks must be a list, but is a number\n  \
         line 3: clients[A].sso_disabled must be true or false, but is a text\n  \
         line 4: clients[1].name is missing\n  \
         line 6: databases[D].options.passwordPolicy \"strange\" is not one of none, low, fair, good, excellent\n  \
         line 6: databases[D].options.disable_signup must be true or false, but is a number\n  \
         line 7: tenant.friendly_name must be a text, but is a list"
    );
}

#[test]
fn a_connection_is_never_left_out() {
    // Without any, the first one would be made with the default settings, for every application.
    for database in [
        "{name: <D>}",
        "{name: D, options: {password_complexity_options: {min_length: 500}}}",
        "{name: D, options: {passwordPolicy: strange}}",
    ] {
        let error = read(&format!("databases: [{database}]")).unwrap_err();
        let error = error.to_string();
        assert!(error.starts_with("line 1: databases["), "{error}");
    }
}

#[test]
fn f19_what_asks_for_nothing_is_not_named() {
    let empty =
        "rules: []\nbranding: {}\npages: null\nclients: [{name: A, addons: {}, mobile: []}]";
    let warnings = read(empty).unwrap().warnings;
    assert_eq!(warnings.into_lines(), Vec::<String>::new());
}

#[test]
fn an_organization_with_a_connection_of_another_file_is_left_out() {
    assert_eq!(
        left_out("organizations:\n- name: a\n  enabled_connections:\n  - connection_id: con_1"),
        [
            "line 4: organizations[a]: left out: enabled_connections[0].connection_id \"con_1\" is not the id of a \
             connection in this file; give its name"
        ]
    );
}

#[test]
fn typing_errors_get_a_suggestion() {
    assert_eq!(
        left_out("clients:\n- {name: A, callbaks: ['https://a.test/cb'], mobile: 1}"),
        ["line 2: clients[A].callbaks: not supported, left out; is callbacks meant?"]
    );
    assert_eq!(
        left_out("clients:\n- {name: A, app_type: natve}"),
        [
            "line 2: clients[A]: left out: app_type \"natve\" is not one of spa, native, regular_web, \
             non_interactive; is native meant?"
        ]
    );
}

#[test]
fn f27_a_value_of_the_command_line_may_be_a_text_or_a_number() {
    let values = [
        ("YEAR".to_owned(), "2024".to_owned()),
        ("ON".to_owned(), "true".to_owned()),
    ];
    let file = parse(
        "
tenant: {friendly_name: @@YEAR@@, session_lifetime_in_minutes: @@YEAR@@, flags: {require_openid_scope: @@ON@@}}
clients: [{name: @@ON@@, client_metadata: {year: @@YEAR@@}}]
",
        &values.into(),
    );
    let file = file.unwrap();
    let tenant = file.tenant.tenant.unwrap();
    assert_eq!(tenant.friendly_name.as_deref(), Some("2024"));
    assert_eq!(tenant.session_lifetime_minutes, Some(2024));
    assert_eq!(tenant.require_openid_scope, Some(true));
    assert_eq!(file.tenant.clients[0].name, "true");
}
