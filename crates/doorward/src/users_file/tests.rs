use super::*;

const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuuGlHvwkLLiG8qNhNYBuyZ8GVyDv5qAiu";
const ARGON2: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$kNrRY/8qV7KOsOYh0Th1Yz4NWfxJkQpVs1Wk3xrJoTc";

fn parse(text: &str) -> Result<UsersFile> {
    super::parse(text, Reader::Import)
}

fn parse_for_tests(entry: &serde_json::Value) -> Result<UsersFile> {
    super::parse(&serde_json::json!([entry]).to_string(), Reader::Tests)
}

fn one(entry: &serde_json::Value) -> Result<ImportedUser> {
    parse(&serde_json::json!([entry]).to_string()).map(|mut file| file.users.remove(0))
}

fn problem(entry: &serde_json::Value) -> String {
    one(entry).unwrap_err().to_string()
}

#[test]
fn every_supported_key() {
    let file = parse(
        &serde_json::json!([{
            "email": "Alice@Example.com",
            "email_verified": true,
            "user_id": "1234",
            "username": "alice",
            "name": "Alice Example",
            "given_name": "Alice",
            "family_name": "Example",
            "nickname": "ali",
            "picture": "https://example.com/alice.png",
            "phone_number": "+33123456789",
            "phone_verified": true,
            "blocked": true,
            "app_metadata": {"plan": "gold", "big": 9_007_199_254_740_993_i64},
            "user_metadata": {},
            "password_hash": BCRYPT,
        }])
        .to_string(),
    )
    .unwrap();
    assert_eq!(file.ignored, Vec::<String>::new());
    let user = &file.users[0];
    assert_eq!(user.user_id.as_deref(), Some("auth0|1234"));
    assert_eq!(user.password_hash.as_deref(), Some(BCRYPT));
    assert_eq!(user.blocked, Some(true));
    let metadata = user.app_metadata_json.as_deref();
    assert_eq!(metadata, Some(r#"{"big":9007199254740993,"plan":"gold"}"#));
    assert_eq!(user.user_metadata_json.as_deref(), Some("{}"));
    let claims = user.claims.clone().unwrap();
    let expected = UserClaims {
        email: Some("alice@example.com".into()),
        email_verified: Some(true),
        username: Some("alice".into()),
        name: Some("Alice Example".into()),
        given_name: Some("Alice".into()),
        family_name: Some("Example".into()),
        nickname: Some("ali".into()),
        picture: Some("https://example.com/alice.png".into()),
        phone_number: Some("+33123456789".into()),
        phone_number_verified: Some(true),
        ..UserClaims::default()
    };
    assert_eq!(claims, expected);
}

#[test]
fn an_id_with_its_prefix_keeps_it() {
    let user = one(&serde_json::json!({"email": "a@b.example", "user_id": "auth0|x"})).unwrap();
    assert_eq!(user.user_id.as_deref(), Some("auth0|x"));
}

#[test]
fn custom_hashes_in_every_encoding() {
    use base64::Engine;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
    let hex: Vec<_> = BCRYPT.bytes().map(|byte| format!("{byte:02X}")).collect();
    let hex = hex.concat();
    for (algorithm, value, encoding, expected) in [
        ("bcrypt", BCRYPT.to_owned(), Some("utf8"), BCRYPT),
        ("argon2", ARGON2.to_owned(), None, ARGON2),
        (
            "argon2",
            BASE64_STANDARD.encode(ARGON2),
            Some("base64"),
            ARGON2,
        ),
        (
            "argon2",
            BASE64_URL_SAFE_NO_PAD.encode(ARGON2),
            Some("base64"),
            ARGON2,
        ),
        ("bcrypt", hex, Some("hex"), BCRYPT),
    ] {
        let hash = serde_json::json!({"value": value, "encoding": encoding});
        let custom = serde_json::json!({"algorithm": algorithm, "hash": hash});
        let entry = serde_json::json!({"email": "a@b.example", "custom_password_hash": custom});
        assert_eq!(
            one(&entry).unwrap().password_hash.as_deref(),
            Some(expected)
        );
    }
}

#[test]
fn what_cannot_be_imported_is_named() {
    use serde_json::json;
    let custom =
        |custom: serde_json::Value| json!({"email": "a@b.example", "custom_password_hash": custom});
    for (entry, expected) in [
        (json!({}), "users[0].email is missing"),
        (
            json!({"email": 5}),
            "users[0].email must be a text, but is a number",
        ),
        (
            json!({"email": "nobody"}),
            "users[nobody].email is not an email address",
        ),
        (
            json!({"email": "a@b.example", "blocked": "no"}),
            "users[a@b.example].blocked must be true or false",
        ),
        (
            json!({"email": "a@b.example", "app_metadata": []}),
            "users[a@b.example].app_metadata must be an object",
        ),
        (
            json!({"email": "a@b.example", "password_hash": "secret"}),
            "users[a@b.example].password_hash is neither",
        ),
        (
            custom(json!({"algorithm": "md5", "hash": {"value": "x"}})),
            "algorithm \"md5\" is not supported",
        ),
        (
            custom(json!({"algorithm": "argon2"})),
            "custom_password_hash.hash is missing",
        ),
        (
            custom(json!({"algorithm": "argon2", "hash": {"value": BCRYPT}})),
            "full encoded string of argon2",
        ),
        (
            custom(json!({"algorithm": "bcrypt", "hash": {"value": "zz", "encoding": "hex"}})),
            "not a text in its encoding",
        ),
        (
            custom(json!({"algorithm": "bcrypt", "hash": {"value": "x", "encoding": "latin1"}})),
            "is not one of utf8, base64, hex",
        ),
    ] {
        let problem = problem(&entry);
        assert!(problem.contains(expected), "{problem}");
        assert!(!problem.contains("secret"), "{problem}");
    }
}

#[test]
fn every_user_whose_hash_costs_too_much_is_named() {
    let with_memory = |memory| ARGON2.replace("m=19456", &format!("m={memory}"));
    let too_much = with_memory(131_073);
    let entries = serde_json::json!([
        {"email": "a@b.example", "password_hash": with_memory(131_072)},
        {"email": "c@b.example", "password_hash": too_much},
        {"email": "d@b.example", "password_hash": BCRYPT.replace("$04$", "$16$")},
        {"email": "e@b.example", "custom_password_hash":
            {"algorithm": "argon2", "hash": {"value": with_memory(1_048_576)}}},
    ]);
    assert_eq!(
        parse(&entries.to_string()).unwrap_err().to_string(),
        "users[c@b.example].password_hash costs too much to check: at most bcrypt cost 15, Argon2 128 MiB, and 1 GiB as \
         memory times passes (also users[d@b.example].password_hash, users[e@b.example].custom_password_hash)"
    );
    let alone = problem(&entries[1]);
    assert!(!alone.contains("also"), "{alone}");
}

#[test]
fn a_user_may_stand_in_the_file_once() {
    let error = parse(r#"[{"email": "a@b.example"}, {"email": "A@b.example"}]"#).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("email is in an earlier entry too"),
        "{error}"
    );
    let error = parse(
        r#"[{"email": "a@b.example", "user_id": "1"}, {"email": "c@b.example", "user_id": "auth0|1"}]"#,
    );
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("user_id is in an earlier entry too")
    );
}

#[test]
fn unsupported_keys_are_named_once() {
    let text = r#"[{"email": "a@b.example", "mfa_factors": []}, {"email": "c@b.example", "mfa_factors": []}]"#;
    let lines = parse(text).unwrap().ignored;
    assert_eq!(
        lines,
        ["users[a@b.example].mfa_factors: not supported, ignored (also in users[c@b.example])"]
    );
}

#[test]
fn what_is_no_list_is_refused_with_its_place() {
    for (text, expected) in [
        ("[{]", "line 1"),
        ("{}", "users must be a list"),
        ("[1]", "users[0] must be an object"),
    ] {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn keys_for_tests() {
    let entry = serde_json::json!({
        "email": "a@b.example",
        "password": "seven unrelated words",
        "connection": "Staff",
        "roles": ["reader", "rol_1"],
        "organizations": ["org_1"],
    });
    let file = parse_for_tests(&entry).unwrap();
    assert_eq!(file.ignored, Vec::<String>::new());
    let TestKeys {
        password,
        connection,
        roles,
        organizations,
    } = file.test_keys[0].clone();
    assert!(password.is_some());
    assert_eq!(connection.as_deref(), Some("Staff"));
    assert_eq!(roles, ["reader", "rol_1"]);
    assert_eq!(organizations, ["org_1"]);
    assert!(!format!("{file:?}").contains("unrelated"));
}

#[test]
fn sec_218_readable_passwords_are_for_tests_only() {
    let entry = serde_json::json!({"email": "a@b.example", "password": "seven unrelated words"});
    assert_eq!(
        problem(&entry),
        "users[a@b.example].password is for doorward serve --ephemeral only; give a password_hash"
    );
    parse_for_tests(&entry).unwrap();
    let roles = serde_json::json!([{"email": "a@b.example", "roles": ["reader"]}]);
    let ignored = parse(&roles.to_string()).unwrap().ignored;
    assert_eq!(
        ignored,
        ["users[a@b.example].roles: not supported, ignored"]
    );
}

#[test]
fn wrong_keys_for_tests() {
    for (key, value, expected) in [
        (
            "password",
            serde_json::json!(""),
            "must have 1 to 1024 bytes",
        ),
        ("password", serde_json::json!(1), "must be a text"),
        ("roles", serde_json::json!("reader"), "must be a list"),
    ] {
        let entry = serde_json::json!({"email": "a@b.example", key: value});
        let error = parse_for_tests(&entry).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let both =
        serde_json::json!({"email": "a@b.example", "password": "x", "password_hash": BCRYPT});
    let error = parse_for_tests(&both).unwrap_err().to_string();
    assert!(error.contains("cannot stand beside a hash"), "{error}");
}

#[test]
fn one_email_in_two_connections() {
    let entries = serde_json::json!([
        {"email": "a@b.example", "connection": "Staff"},
        {"email": "a@b.example"},
        {"email": "a@b.example", "connection": "Staff"},
    ]);
    let error = super::parse(&entries.to_string(), Reader::Tests).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("users[a@b.example].email is in an earlier entry too")
    );
}
