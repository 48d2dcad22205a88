use doorward_oauth2_types::StandardClaim;

use super::*;

const START: Timestamp = Timestamp::constant(1_767_323_045, 0);
const LATER: Timestamp = Timestamp::constant(1_767_323_046, 0);

fn entry(email: &str) -> ImportEntry {
    ImportEntry {
        user_id: None,
        email: Email::parse(email).unwrap(),
        email_verified: None,
        profile: Profile::default(),
        blocked: None,
        password_hash: None,
        app_metadata: None,
        user_metadata: None,
    }
}

fn staff() -> Connection {
    Connection::parse("Staff").unwrap()
}

fn alice() -> User {
    let proved = ImportEntry {
        email_verified: Some(true),
        ..entry("alice@example.com")
    };
    proved.wanted(None, &staff(), START)
}

#[test]
fn a_new_user_is_named_after_the_email() {
    let user = entry("alice@example.com").wanted(None, &staff(), START);
    let text = |claim| user.profile.text(claim);
    assert_eq!(text(StandardClaim::Name), Some("alice@example.com"));
    assert_eq!(text(StandardClaim::Nickname), Some("alice"));
    assert!(user.id.as_str().starts_with("auth0|"));
    assert_eq!(
        (user.version, user.blocked, user.email_verified),
        (1, false, false)
    );
}

#[test]
fn an_entry_that_says_nothing_new_changes_nothing() {
    let alice = alice();
    assert_eq!(
        entry("Alice@example.com").wanted(Some(&alice), &staff(), LATER),
        alice
    );
}

#[test]
fn a_change_is_a_new_version() {
    let alice = alice();
    let blocked = ImportEntry {
        blocked: Some(true),
        ..entry("alice@example.com")
    };
    let after = blocked.wanted(Some(&alice), &staff(), LATER);
    assert_eq!((after.blocked, after.version), (true, 2));
    assert_eq!((after.created_at, after.updated_at), (START, LATER));
    assert!(after.email_verified);
}

type Edit<'a> = &'a dyn Fn(&mut User);

#[test]
fn what_ends_sessions() {
    let alice = alice();
    let change = |change: Edit| {
        let mut changed = alice.clone();
        change(&mut changed);
        changed
    };
    let cases: &[(&str, Edit, bool)] = &[
        ("nothing", &|_| {}, false),
        ("blocked", &|user| user.blocked = true, true),
        (
            "email",
            &|user| user.email = Email::parse("al@example.com").unwrap(),
            true,
        ),
        ("email_verified", &|user| user.email_verified = false, true),
        (
            "phone_number",
            &|user| user.profile.set(StandardClaim::PhoneNumber, "x"),
            true,
        ),
        (
            "username",
            &|user| user.profile.set(StandardClaim::Username, "x"),
            true,
        ),
        (
            "name",
            &|user| user.profile.set(StandardClaim::Name, "x"),
            false,
        ),
        (
            "picture",
            &|user| user.profile.set(StandardClaim::Picture, "x"),
            false,
        ),
        (
            "user_metadata",
            &|user| {
                user.user_metadata.insert("x".to_owned(), 1.into());
            },
            false,
        ),
    ];
    for (name, edit, ends) in cases {
        let changed = change(edit);
        assert_eq!(changed.ends_sessions_of(&alice), *ends, "{name}");
    }
    // Unblocking ends no more sessions than the block has ended.
    let blocked = change(&|user| user.blocked = true);
    assert!(!alice.ends_sessions_of(&blocked));
}

#[test]
fn a_new_mailbox_is_not_proved() {
    let after = entry("al@example.com").wanted(Some(&alice()), &staff(), LATER);
    assert_eq!(after.email.as_str(), "al@example.com");
    assert!(!after.email_verified);
}

#[test]
fn repeats_are_named() {
    let id = || Some(UserId::parse("auth0|1").unwrap());
    let same_email = [entry("a@example.com"), entry("A@example.com")];
    let error = refuse_repeats(&same_email).unwrap_err();
    assert_eq!(error.field, r#"users[1] "a@example.com": email"#);
    let same_id = [
        ImportEntry {
            user_id: id(),
            ..entry("a@example.com")
        },
        ImportEntry {
            user_id: id(),
            ..entry("b@example.com")
        },
    ];
    let error = refuse_repeats(&same_id).unwrap_err();
    assert_eq!(error.field, r#"users[1] "b@example.com": user_id"#);
    assert_eq!(
        refuse_repeats(&[entry("a@example.com"), entry("b@example.com")]),
        Ok(())
    );
}
