use jiff::Timestamp;

use super::*;
use crate::domain::{Connection, Email, UserId};

fn consent(client_id: &str, audience: &str, scopes: &[&str]) -> Consent {
    Consent {
        client_id: client_id.to_owned(),
        audience: audience.to_owned(),
        organization_id: String::new(),
        scopes: scopes.iter().map(ToString::to_string).collect(),
    }
}

fn user() -> User {
    User::new(
        UserId::generate(),
        Connection::parse("c").unwrap(),
        Email::parse("alice@example.com").unwrap(),
        Timestamp::UNIX_EPOCH,
    )
}

#[test]
fn limits() {
    let many = |count: usize| Consent {
        scopes: (0..count).map(|number| number.to_string()).collect(),
        ..consent("client", "api", &[])
    };
    let in_organization = |id: &str| Consent {
        organization_id: id.to_owned(),
        ..consent("client", "api", &[])
    };
    for (given, field) in [
        (consent("client", "https://api.example/", &["read:a"]), None),
        (consent("client", "", &[]), None),
        (consent(&"x".repeat(255), &"é".repeat(600), &[]), None),
        (in_organization("org_1"), None),
        (many(1000), None),
        (consent("", "api", &[]), Some("client_id")),
        (consent(&"é".repeat(128), "api", &[]), Some("client_id")),
        (consent("a\nb", "api", &[]), Some("client_id")),
        (consent("client", &"x".repeat(601), &[]), Some("audience")),
        (consent("client", "a\nb", &[]), Some("audience")),
        (in_organization(&"x".repeat(256)), Some("organization_id")),
        (in_organization("\n"), Some("organization_id")),
        (many(1001), Some("scopes")),
        (consent("client", "api", &[""]), Some("scopes")),
        (consent("client", "api", &["a b"]), Some("scopes")),
        (consent("client", "api", &["\""]), Some("scopes")),
        (consent("client", "api", &["é"]), Some("scopes")),
    ] {
        let refused = given.validate().err().map(|error| error.field);
        assert_eq!(refused.as_deref(), field, "{given:?}");
    }
}

#[test]
fn agreeing_adds_and_keeps_the_order() {
    let mut user = user();
    let in_organization = Consent {
        organization_id: "org_1".to_owned(),
        ..consent("b", "api", &["x"])
    };
    let given = [
        consent("b", "api", &["y"]),
        consent("a", "", &["openid"]),
        in_organization.clone(),
        consent("b", "", &[]),
    ];
    for one in &given {
        assert_eq!(user.agree(one.clone()).unwrap().as_ref(), Some(one));
    }
    let more = user.agree(consent("b", "api", &["x", "y"])).unwrap();
    assert_eq!(more, Some(consent("b", "api", &["x", "y"])));
    let expected = [
        consent("a", "", &["openid"]),
        consent("b", "", &[]),
        consent("b", "api", &["x", "y"]),
        in_organization,
    ];
    assert_eq!(user.consents, expected);
    for known in expected {
        assert_eq!(user.agree(known).unwrap(), None);
    }
    assert_eq!(user.agree(consent("b", "api", &[])).unwrap(), None);
}

#[test]
fn nobody_agrees_without_end() {
    let mut user = user();
    for number in 0..1000 {
        let one = consent(&number.to_string(), "", &[]);
        user.agree(one).unwrap();
    }
    assert!(user.clone().agree(consent("one more", "", &[])).is_err());
    assert!(user.agree(consent("7", "", &["openid"])).is_ok());

    let mut user = self::user();
    let long = |letter: &str| consent("client", letter, &[&letter.repeat(MAX_BYTES / 2)]);
    user.agree(long("a")).unwrap();
    assert!(user.agree(long("b")).is_err());
}
