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
    let sound = consent("client", "https://api.example/", &["read:a", "openid"]);
    let of = |change: &dyn Fn(&mut Consent)| {
        let mut changed = sound.clone();
        change(&mut changed);
        changed.validate().map_err(|error| error.field)
    };
    let numbered = |count: usize| (0..count).map(|number| format!("s{number}")).collect();
    let sound_ones: [&dyn Fn(&mut Consent); 5] = [
        &|_| {},
        &|it| it.client_id = "x".repeat(255),
        &|it| it.audience = "é".repeat(600),
        &|it| (it.audience, it.scopes) = (String::new(), BTreeSet::new()),
        &|it| it.scopes = numbered(1000),
    ];
    for change in sound_ones {
        assert_eq!(of(change), Ok(()));
    }
    let broken: [(&str, &dyn Fn(&mut Consent)); 12] = [
        ("client_id", &|it| it.client_id = String::new()),
        ("client_id", &|it| it.client_id = "é".repeat(128)),
        ("client_id", &|it| it.client_id = "a\nb".to_owned()),
        ("audience", &|it| it.audience = "x".repeat(601)),
        ("audience", &|it| it.audience = "a\nb".to_owned()),
        ("organization_id", &|it| {
            it.organization_id = "x".repeat(256)
        }),
        ("organization_id", &|it| {
            it.organization_id = "\n".to_owned()
        }),
        ("scopes", &|it| it.scopes = numbered(1001)),
        ("scopes", &|it| it.scopes = BTreeSet::from([String::new()])),
        ("scopes", &|it| {
            it.scopes = BTreeSet::from(["a b".to_owned()])
        }),
        ("scopes", &|it| {
            it.scopes = BTreeSet::from(["\"".to_owned()])
        }),
        ("scopes", &|it| it.scopes = BTreeSet::from(["é".to_owned()])),
    ];
    for (index, (field, change)) in broken.into_iter().enumerate() {
        assert_eq!(of(change), Err(field.to_owned()), "{index}");
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
