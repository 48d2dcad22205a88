use super::{Place, TENANT, failed, succeeded};

#[test]
fn importing_twice_changes_nothing_the_second_time() {
    let place = Place::new();
    place.write("tenant.yaml", TENANT);
    let first = succeeded(place.run("import tenant.yaml --data data"));
    for line in [
        "created client \"My App\" (AbCdEfGhIjKlMnOpQrStUvWxYz012345)",
        "created connection \"Staff\" (con_staff00000000001)",
        "created organization \"acme\" (org_acme000000000001)",
    ] {
        assert!(first.lines().any(|printed| printed == line), "{first}");
    }
    assert_eq!(
        succeeded(place.run("import tenant.yaml --data data")),
        "nothing changed\n"
    );
}

#[test]
fn a_dry_run_changes_nothing() {
    let place = Place::new();
    place.write(
        "tenant.yaml",
        TENANT.replace("  mobile: {ios: {}}\n", "").as_str(),
    );
    for _ in 0..2 {
        let output = place.run("import tenant.yaml --data data --dry-run");
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "warning: data has no Doorward data yet; all is new\n"
        );
        assert!(!place.path().join("data").exists());
        let printed = succeeded(output);
        assert!(
            printed.contains("would create client \"My App\""),
            "{printed}"
        );
        assert!(
            printed.contains("would create organization \"acme\""),
            "{printed}"
        );
        assert!(
            printed.lines().all(|line| line.starts_with("would ")),
            "{printed}"
        );
    }
    succeeded(place.run("import tenant.yaml --data data"));
    let printed = succeeded(place.run("import tenant.yaml --data data --dry-run"));
    assert_eq!(printed, "nothing would change\n");
}

#[test]
fn a_change_names_its_fields() {
    let place = Place::with_tenant();
    place.write(
        "tenant.yaml",
        &TENANT.replace("app.example.com", "##HOST##"),
    );
    let printed = succeeded(place.run("import tenant.yaml --data data --set HOST=new.example.com"));
    assert_eq!(
        printed,
        "changed client \"My App\" (AbCdEfGhIjKlMnOpQrStUvWxYz012345): callbacks\n"
    );
}

#[test]
fn unsupported_keys_are_named_on_standard_error() {
    let place = Place::new();
    place.write("tenant.yaml", TENANT);
    let output = place.run("import tenant.yaml --data data");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        errors,
        "warning: tenant.yaml: clients[My App].mobile: not supported, ignored\n"
    );
}

#[test]
fn a_dry_run_writes_nothing_into_a_folder_without_data() {
    let place = Place::new();
    place.write("tenant.yaml", TENANT);
    std::fs::create_dir(place.path().join("data")).unwrap();
    succeeded(place.run("import tenant.yaml --data data --dry-run"));
    let mut left = std::fs::read_dir(place.path().join("data")).unwrap();
    assert!(left.next().is_none());
}

#[test]
fn settings_that_name_nothing_are_warned_of() {
    let place = Place::new();
    let settings = "tenant: {default_audience: urn:api, default_directory: Staff}\n";
    let warnings = |content: &str, flags: &str| {
        place.write("tenant.yaml", &format!("{settings}{content}"));
        let output = place.run(&format!("import tenant.yaml --data data{flags}"));
        let warnings = String::from_utf8(output.stderr.clone()).unwrap();
        succeeded(output);
        warnings
    };
    let none = "warning: tenant.default_audience: there is no API \"urn:api\"; requests without audience will fail\n\
                warning: tenant.default_directory: there is no connection \"Staff\"\n";
    assert_eq!(warnings("", ""), none);
    assert_eq!(warnings("", " --dry-run"), none);
    let both =
        "resourceServers: [{identifier: urn:api}]\ndatabases: [{name: Staff, strategy: auth0}]";
    assert_eq!(warnings(both, " --dry-run"), "");
    assert_eq!(warnings(both, ""), "");
    assert_eq!(warnings("", ""), "");
}

#[test]
fn custom_claims_are_imported_and_warned_of_when_their_api_is_missing() {
    let place = Place::new();
    let claim = "{name: 'https://example.com/plan', source: user.app_metadata.plan, apis: [urn:api, urn:none]}";
    let api = "resourceServers: [{identifier: urn:api}]";
    place.write(
        "tenant.yaml",
        &format!("{api}\ndoorward: {{claims: [{claim}]}}"),
    );
    for printed in ["changed tenant: custom_claims\n", "nothing changed\n"] {
        let output = place.run("import tenant.yaml --data data");
        let warnings = String::from_utf8(output.stderr.clone()).unwrap();
        let expected = "warning: doorward.claims[https://example.com/plan].apis: there is no API \"urn:none\"\n";
        assert_eq!(warnings, expected);
        assert!(succeeded(output).contains(printed));
    }
    place.write(
        "tenant.yaml",
        "doorward:\n  claims: [{name: sub, value: x}]",
    );
    let output = place.run("import tenant.yaml --data data");
    let error = String::from_utf8(output.stderr).unwrap();
    let expected =
        "tenant.yaml: line 2: doorward.claims[sub].name \"sub\" is reserved for the server";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn client_grants_are_imported_and_warned_of_when_they_let_nobody_in() {
    let place = Place::new();
    let import = |grants: &str, flags: &str| {
        let apis = "clients: [{name: A}]\nresourceServers: [{identifier: urn:closed, \
                    subject_type_authorization: {user: {policy: require_client_grant}}}, {identifier: urn:open}]";
        place.write("tenant.yaml", &format!("{apis}\nclientGrants: [{grants}]"));
        let output = place.run(&format!("import tenant.yaml --data data{flags}"));
        let warnings = String::from_utf8(output.stderr.clone()).unwrap();
        (succeeded(output), warnings)
    };
    let for_itself = "{client_id: A, audience: urn:closed, scope: [x]}";
    let elsewhere = "{client_id: A, audience: urn:open}, {client_id: A, audience: urn:none, subject_type: user}";
    let both = format!("{for_itself}, {elsewhere}");
    let expected = "warning: clientGrants[A]: the API \"urn:closed\" is closed to sign-ins of this application; \
                    that needs a grant with subject_type: user\n\
                    warning: clientGrants[A]: there is no API \"urn:none\"\n";
    let (printed, warnings) = import(&both, " --dry-run");
    assert!(warnings.ends_with(expected), "{warnings}");
    assert!(
        printed.contains("would create client grant \"A for urn:closed\"\n"),
        "{printed}"
    );
    let (printed, warnings) = import(&both, "");
    assert_eq!(warnings, expected);
    assert!(
        printed.contains("created client grant \"A for urn:closed\"\n"),
        "{printed}"
    );
    let (printed, _) = import(&both, "");
    assert_eq!(printed, "nothing changed\n");

    let for_users = "{client_id: A, audience: urn:closed, subject_type: user}";
    let (_, warnings) = import(&format!("{for_itself}, {for_users}"), " --dry-run");
    assert_eq!(warnings, "");
    let (printed, _) = import("{client_id: A, audience: urn:closed, scope: [y]}", "");
    assert_eq!(
        printed,
        "changed client grant \"A for urn:closed\": scopes\n"
    );
}

#[test]
fn a_tenant_file_may_be_long() {
    let place = Place::new();
    let scope = |index| {
        format!(
            "  - {{value: 'scope:{index}', description: {}}}\n",
            "x".repeat(1024)
        )
    };
    let scopes: String = (0..6 * 1024).map(scope).collect();
    place.write(
        "tenant.yaml",
        &format!("resourceServers:\n- identifier: urn:api\n  scopes:\n{scopes}"),
    );
    let printed = succeeded(place.run("import tenant.yaml --data data"));
    assert!(printed.starts_with("created API \"urn:api\""), "{printed}");
}

#[test]
fn a_bad_file_writes_nothing() {
    let place = Place::new();
    for (content, complaint) in [
        ("clients: {}", "tenant.yaml: line 1: clients must be a list"),
        ("clients: [", "tenant.yaml: line"),
        ("clients: [{name: A}, {name: A}]", "client-registry: "),
        (
            "clients: [{name: A}]\ntenant: {friendly_name: 1}",
            "line 2: tenant.friendly_name must be a text",
        ),
    ] {
        place.write("tenant.yaml", content);
        let errors = failed(&place.run("import tenant.yaml --data data"), 1);
        assert!(errors.contains(complaint), "{errors}");
    }
    place.write("tenant.yaml", "clients: [{name: A, client_id: a}]");
    let printed = succeeded(place.run("import tenant.yaml --data data"));
    assert!(
        printed.contains("created client \"A\" (a)\n"),
        "none was there: {printed}"
    );
}

#[test]
fn a_target_is_needed() {
    let place = Place::new();
    place.write("tenant.yaml", TENANT);
    let errors = failed(&place.run("import tenant.yaml"), 2);
    assert!(
        errors.contains("needs --data DIR, or --registry URL --organization URL"),
        "{errors}"
    );
    let remote = "import tenant.yaml --registry http://127.0.0.1:9 --identity http://127.0.0.1:9";
    let errors = failed(&place.run(remote), 2);
    assert!(errors.contains("--organization URL"), "{errors}");
    place.write("tenant.yaml", "clients: []");
    let errors = failed(&place.run(remote), 1);
    assert!(
        errors.contains("client-registry: cannot be reached"),
        "{errors}"
    );
    let errors = failed(&place.run(&remote.replace("127.0.0.1", "10.0.0.1")), 1);
    assert!(errors.contains("not a loopback address"), "{errors}");
    let errors = failed(&place.run("import missing.yaml --data data"), 1);
    assert!(errors.contains("missing.yaml"), "{errors}");
}

#[test]
fn f4_strict_refuses_what_is_left_out_by_default() {
    let place = Place::new();
    place.write(
        "tenant.yaml",
        "clients:\n- {name: A, client_id: a}\n- {name: B, app_type: rms}\ndatabases:\n- {name: D, enabled_clients: [A, B]}\n",
    );
    let errors = failed(&place.run("import tenant.yaml --data data --strict"), 1);
    assert!(
        errors.contains("line 3: clients[B]: left out: app_type"),
        "{errors}"
    );
    assert!(errors.contains("--strict: 1 would be left out"), "{errors}");
    assert!(!place.path().join("data").exists());
    let output = place.run("import tenant.yaml --data data");
    let warnings = String::from_utf8(output.stderr.clone()).unwrap();
    let expected = "warning: tenant.yaml: line 5: databases[D].enabled_clients[1]: no application has the name or id \"B\"; left out\n";
    assert!(warnings.ends_with(expected), "{warnings}");
    assert!(succeeded(output).contains("created client \"A\" (a)"));
    place.write(
        "tenant.yaml",
        "databases:\n- {name: D, enabled_clients: [A, C, E]}\n",
    );
    let errors = failed(&place.run("import tenant.yaml --data data --strict"), 1);
    assert!(
        errors.contains("enabled_clients[1]") && errors.contains("enabled_clients[2]"),
        "{errors}"
    );
}
