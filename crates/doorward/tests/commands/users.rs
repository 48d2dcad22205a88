use super::{Place, failed, succeeded};

#[test]
fn a_user_is_added_with_a_password_from_standard_input() {
    let place = Place::with_tenant();
    let printed =
        succeeded(place.run_with("user add alice@example.com --data data", "correct horse\n"));
    assert!(printed.starts_with("auth0|"), "{printed}");
    assert_eq!(printed.trim().len(), "auth0|".len() + 24);
    let again = failed(
        &place.run_with("user add ALICE@example.com --data data", "correct horse\n"),
        1,
    );
    assert!(again.starts_with("doorward: identity: "), "{again}");
}

#[test]
fn a_user_needs_a_password_an_email_and_a_connection() {
    let place = Place::with_tenant();
    for (line, input, complaint) in [
        (
            "user add a@b.example --data data",
            "",
            "no password was given",
        ),
        ("user add a@b.example --data data", "short\n", "identity: "),
        ("user add nobody --data data", "correct horse\n", "email"),
        (
            "user add a@b.example --data data --connection Guests",
            "correct horse\n",
            "choose one of: Staff",
        ),
        (
            "user add a@b.example --data missing",
            "correct horse\n",
            "missing has no Doorward data yet; create it with doorward serve or doorward import",
        ),
        (
            "user add a@b.example --data data",
            "correct horse\nbattery staple\n",
            "the password is one line",
        ),
    ] {
        let errors = failed(&place.run_with(line, input), 1);
        assert!(errors.contains(complaint), "{errors}");
        assert!(!errors.contains("horse"), "{errors}");
    }
}

#[test]
fn users_are_imported_with_their_ids_and_hashes() {
    let place = Place::with_tenant();
    let hash = bcrypt::hash_with_result("correct horse", 4)
        .unwrap()
        .format_for_version(bcrypt::Version::TwoB);
    let users = format!(
        r#"[{{"email": "alice@example.com", "user_id": "alice", "password_hash": "{hash}", "mfa_factors": [1]}},
            {{"email": "bob@example.com", "email_verified": true}}]"#
    );
    place.write("users.json", &users);
    let output = place.run("import-users users.json --data data");
    let warnings = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        warnings,
        "warning: users.json: users[alice@example.com].mfa_factors: not supported, ignored\n"
    );
    assert_eq!(succeeded(output), "2 created, 0 changed, 0 unchanged\n");
    let again = succeeded(place.run("import-users users.json --data data"));
    assert_eq!(again, "0 created, 0 changed, 2 unchanged\n");

    let member = succeeded(
        place.run("organization add-member org_acme000000000001 alice@example.com --data data"),
    );
    assert_eq!(
        member,
        "auth0|alice is now a member of org_acme000000000001\n"
    );
    let again = succeeded(
        place.run("organization add-member org_acme000000000001 alice@example.com --data data"),
    );
    assert_eq!(
        again,
        "auth0|alice already was a member of org_acme000000000001\n"
    );
}

#[test]
fn a_bad_user_file_writes_nothing() {
    let place = Place::with_tenant();
    place.write(
        "users.json",
        r#"[{"email": "a@b.example"}, {"email": "unknown"}]"#,
    );
    let errors = failed(
        &place.run("import-users users.json --data data --strict"),
        1,
    );
    assert!(
        errors.contains("users.json: line 1: users[unknown].email is not an email address"),
        "{errors}"
    );
    // A byte order mark, as editors on Windows write it.
    place.write("users.json", "\u{FEFF}[{\"email\": \"a@b.example\"}]");
    assert_eq!(
        succeeded(place.run("import-users users.json --data data")),
        "1 created, 0 changed, 0 unchanged\n"
    );
}

#[test]
fn f8_a_faulty_user_is_named_and_the_others_are_imported() {
    let place = Place::with_tenant();
    place.write(
        "users.json",
        r#"[{"email": "a@b.example"}, {"email": "unknown"}, {"email": "c@b.example"}]"#,
    );
    let output = place.run("import-users users.json --data data");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed, "2 created, 0 changed, 0 unchanged\n");
    assert_eq!(output.status.code(), Some(3));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("line 1: users[unknown].email"), "{errors}");
}

#[test]
fn a_member_must_exist() {
    let place = Place::with_tenant();
    let errors = failed(
        &place.run("organization add-member org_acme000000000001 a@b.example --data data"),
        1,
    );
    assert!(
        errors.contains("there is no user with the email a@b.example"),
        "{errors}"
    );
    succeeded(place.run_with("user add a@b.example --data data", "correct horse\n"));
    let errors = failed(
        &place.run("organization add-member org_other a@b.example --data data"),
        1,
    );
    assert!(
        errors.contains("no organization found by that id or name: org_other\n"),
        "{errors}"
    );
    let by_name = "organization add-member ACME a@b.example --data data";
    let printed = succeeded(place.run(by_name));
    assert!(
        printed.ends_with("is now a member of org_acme000000000001\n"),
        "{printed}"
    );
}
