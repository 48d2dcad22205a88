use super::*;

const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuuGlHvwkLLiG8qNhNYBuyZ8GVyDv5qAiu";
const ARGON2: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$kNrRY/8qV7KOsOYh0Th1Yz4NWfxJkQpVs1Wk3xrJoTc";

fn parse(text: &str) -> Result<UsersFile> {
    super::parse(text.as_bytes(), Reader::Import)
}

fn parse_for_tests(entry: &serde_json::Value) -> Result<UsersFile> {
    super::parse(
        serde_json::json!([entry]).to_string().as_bytes(),
        Reader::Tests,
    )
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
            "users[a@b.example].password_hash is no hash of a supported algorithm",
        ),
        (
            custom(json!({"algorithm": "md9", "hash": {"value": "x"}})),
            "algorithm \"md9\" is not one of argon2, bcrypt,",
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
    let error = parse(&entries.to_string()).unwrap_err().to_string();
    let lines: Vec<_> = error.lines().collect();
    assert_eq!(lines.len(), 4, "{error}");
    for (line, place) in lines[1..].iter().zip([
        "users[c@b.example].password_hash",
        "users[d@b.example].password_hash",
        "users[e@b.example].custom_password_hash.hash.value",
    ]) {
        let expected =
            format!("  line 1: {place} costs too much to check: at most bcrypt cost 15,");
        assert!(line.starts_with(&expected), "{line}");
    }
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
    let text = r#"[{"email": "a@b.example", "mfa_factors": [1]}, {"email": "c@b.example", "mfa_factors": [1]}]"#;
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
        ("5", "expected a list, or one object a line"),
        ("{}", "line 1: users[0].email is missing"),
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
        "line 1: users[a@b.example].password is for doorward serve --ephemeral only; give a password_hash"
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
    let error = super::parse(entries.to_string().as_bytes(), Reader::Tests).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("users[a@b.example].email is in an earlier entry too")
    );
}

#[test]
fn f8_one_faulty_user_does_not_concern_the_others_and_empty_texts_are_none() {
    let text = r#"[
{"email": "a@b.example", "given_name": "", "picture": "", "username": "", "user_id": ""},
{"email": "c@b.example", "blocked": "no", "email_verified": 1},
{"email": "d@b.example"}
]"#;
    let mut outcomes = Vec::new();
    each(text.as_bytes(), Reader::Import, |entry| {
        outcomes.push(entry);
    })
    .unwrap();
    let [first, second, third] = &outcomes[..] else {
        panic!("{outcomes:?}");
    };
    let user = &first.as_ref().unwrap().user;
    assert_eq!(user.user_id, None);
    let only_email = UserClaims {
        email: Some("a@b.example".into()),
        ..UserClaims::default()
    };
    assert_eq!(user.claims, Some(only_email));
    let faults = second.as_ref().unwrap_err().to_string();
    assert_eq!(
        faults,
        "2 faults\n  line 3: users[c@b.example].email_verified must be true or false, but is a \
         number\n  line 3: users[c@b.example].blocked must be true or false, but is a text"
    );
    assert!(third.is_ok());
}

#[test]
fn f23_a_key_that_stands_twice_is_said() {
    for (text, expected) in [
        (
            r#"[{"email": "a@b.example", "email": "c@b.example"}]"#,
            "line 1: users[a@b.example].email stands twice",
        ),
        (
            r#"[{"email": "a@b.example", "app_metadata": {"a": [{"b": 1, "b": 2}]}}]"#,
            "line 1: users[a@b.example].app_metadata.a[0].b stands twice",
        ),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), expected);
    }
}

#[test]
fn f24_one_object_a_line() {
    let text = "\u{feff}{\"user_id\":\"auth0|1\",\"email\":\"a@b.example\"}\n\n{\"email\":\"c@b.example\"}\r\n{\"email\"\n";
    let mut outcomes = Vec::new();
    each(text.as_bytes(), Reader::Import, |entry| {
        outcomes.push(entry);
    })
    .unwrap();
    assert_eq!(outcomes.len(), 3);
    assert!(outcomes[0].is_ok() && outcomes[1].is_ok());
    let error = outcomes[2].as_ref().unwrap_err().to_string();
    assert!(error.starts_with("line 4: EOF while parsing"), "{error}");
}

#[test]
fn the_export_of_password_hashes() {
    let text = format!(
        r#"{{"_id":{{"$oid":"0123456789abcdef01234567"}},"email":"a@b.example","email_verified":true,"passwordHash":"{BCRYPT}","connection":"Staff","tenant":"t","password_set_date":{{"$date":"2020-01-01"}},"_tmp_is_unique":true}}
{{"_id":{{"$oid":"0123456789abcdef01234568"}},"alt_id":"77","passwordHash":"{BCRYPT}","connection":"Staff","identifiers":[{{"type":"email","value":"C@b.example","verified":true}}]}}
"#
    );
    let file = parse(&text).unwrap();
    assert_eq!(file.ignored, Vec::<String>::new());
    let ids: Vec<_> = file.users.iter().map(|it| it.user_id.as_deref()).collect();
    assert_eq!(
        ids,
        [Some("auth0|0123456789abcdef01234567"), Some("auth0|77")]
    );
    for (user, keys) in file.users.iter().zip(&file.test_keys) {
        assert_eq!(keys.connection.as_deref(), Some("Staff"));
        assert_eq!(user.password_hash.as_deref(), Some(BCRYPT));
        assert_eq!(user.claims.as_ref().unwrap().email_verified, Some(true));
    }
    let second = file.users[1].claims.as_ref().unwrap();
    assert_eq!(second.email.as_deref(), Some("c@b.example"));
}

#[test]
fn f16_custom_hashes_of_every_algorithm_are_read() {
    use serde_json::json;
    let sha256 = "6960c8205b7f22d38fd6a9075c20e3ef6497951df9643c2e530e29b3dfc4f823";
    for (custom, expected) in [
        (
            json!({"algorithm": "sha256", "hash": {"value": sha256, "encoding": "hex"},
                   "salt": {"value": "YWJj", "encoding": "base64", "position": "suffix"},
                   "password": {"encoding": "utf16le"}}),
            "utf16le",
        ),
        (
            json!({"algorithm": "ldap", "hash": {"value": "{SSHA}8zp23iXEEQsuAhNlG86eIiYFnltzYWx0"}}),
            "sha1",
        ),
        (
            json!({"algorithm": "hmac", "hash": {"value": sha256, "encoding": "hex", "digest": "sha256",
                   "key": {"value": "k"}}}),
            "hmac",
        ),
        (
            json!({"algorithm": "scrypt", "keylen": 32, "hash": {"value": sha256, "encoding": "hex"},
                   "salt": {"value": "abc"}}),
            "scrypt",
        ),
        (
            json!({"algorithm": "pbkdf2", "hash": {"encoding": "utf8",
                   "value": "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHQ$x74/eLoFuG1b9SwCoUbGr8vyg2cKlbteE/sweaLyNOQ"}}),
            "pbkdf2",
        ),
    ] {
        let entry = json!({"email": "a@b.example", "custom_password_hash": custom});
        let file = parse(&json!([entry]).to_string()).unwrap();
        assert_eq!(file.ignored, Vec::<String>::new());
        let hash = file.users[0].password_hash.clone().unwrap();
        assert!(
            hash.starts_with("$imported$") && hash.contains(expected),
            "{hash}"
        );
    }
    for (custom, expected) in [
        (
            json!({"algorithm": "scrypt", "keylen": 64, "hash": {"value": sha256, "encoding": "hex"}, "salt": {"value": "a"}}),
            "has 32 bytes, but keylen is 64",
        ),
        (
            json!({"algorithm": "scrypt", "keylen": 32, "cost": 1000, "hash": {"value": sha256, "encoding": "hex"},
                   "salt": {"value": "a"}}),
            "cost is not a power of two",
        ),
        (
            json!({"algorithm": "hmac", "hash": {"value": sha256, "encoding": "hex"}}),
            "hash.digest is missing",
        ),
        (
            json!({"algorithm": "sha512", "hash": {"value": sha256, "encoding": "hex"}}),
            "does not fit its algorithm",
        ),
        (
            json!({"algorithm": "pbkdf2", "hash": {"value":
                   "$pbkdf2-sha256$i=1000000000,l=32$c2FsdHNhbHQ$x74/eLoFuG1b9SwCoUbGr8vyg2cKlbteE/sweaLyNOQ"}}),
            "costs too much to check",
        ),
    ] {
        let problem = problem(&json!({"email": "a@b.example", "custom_password_hash": custom}));
        assert!(problem.contains(expected), "{problem}");
    }
}
