//! Tests of commands that end the sessions of a user.

use doorward_identity::domain::Email;
use doorward_service_kit::sql::DatabaseConfig;

use super::{Place, failed, succeeded};

fn with_alice() -> Place {
    let place = Place::with_tenant();
    succeeded(place.run_with("user add alice@example.com --data data", "correct horse\n"));
    place
}

/// The user's version, `sessions_from_version` and whether they are blocked.
async fn state(place: &Place) -> (u64, u64, bool) {
    let database = DatabaseConfig::sqlite(&place.path().join("data/identity.db"));
    let store = doorward_identity::open(&database).await.unwrap();
    let email = Email::parse("alice@example.com").unwrap();
    let user = store.list_by_email(&email).await.unwrap().remove(0);
    (user.version, user.sessions_from_version, user.blocked)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_blocked_and_unblocked() {
    let place = with_alice();
    for (command, printed, expected) in [
        ("unblock", "was not blocked\n", (1, 0, false)),
        ("block", "is now blocked\n", (2, 2, true)),
        ("block", "already was blocked\n", (2, 2, true)),
        ("unblock", "is no longer blocked\n", (3, 2, false)),
    ] {
        let said = succeeded(place.run(&format!("user {command} alice@example.com --data data")));
        assert!(said.ends_with(printed), "{said}");
        assert_eq!(state(&place).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_read_from_standard_input() {
    let place = with_alice();
    let line = "user password alice@example.com --data data";
    for (input, complaint) in [
        ("", "no password was given"),
        ("short\n", "at least 8 characters"),
        ("battery\nstaple\n", "the password is one line"),
    ] {
        let errors = failed(&place.run_with(line, input), 1);
        assert!(errors.contains(complaint), "{errors}");
        assert_eq!(state(&place).await, (1, 0, false));
    }
    let said = succeeded(place.run_with(line, "battery staple\n"));
    assert!(said.ends_with("has a new password\n"), "{said}");
    assert_eq!(state(&place).await, (2, 2, false));
}

/// The command fails until `session` has the change, and can be repeated.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_store_that_cannot_be_used_confirms_nothing() {
    let place = with_alice();
    let session = place.path().join("data/session.db");
    std::fs::create_dir(&session).unwrap();
    let line = "user block alice@example.com --data data";
    failed(&place.run(line), 1);
    assert_eq!(state(&place).await, (2, 2, true));
    std::fs::remove_dir(&session).unwrap();
    let said = succeeded(place.run(line));
    assert!(said.ends_with("already was blocked\n"), "{said}");
}

#[test]
fn every_service_must_be_named() {
    let place = Place::new();
    for (command, flags) in [
        ("block", "--identity URL --session URL"),
        ("password", "--registry URL --identity URL --session URL"),
    ] {
        let line = format!("user {command} a@b.example --identity http://127.0.0.1:1");
        let errors = failed(&place.run(&line), 2);
        assert_eq!(
            errors,
            format!("doorward: this command needs --data DIR, or {flags}\n")
        );
    }
}
