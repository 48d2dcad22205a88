//! Changes that end the sessions of a user.

use doorward_oauth2_types::StandardClaim;

use super::*;
use crate::domain::{ImportEntry, Profile};
use crate::store::contract::import::entry;

pub(super) async fn all(store: &dyn Store) {
    a_block_ends_sessions_once(store).await;
    a_password_ends_sessions_each_time(store).await;
    an_import_ends_sessions_as_well(store).await;
    an_import_ends_the_sessions_of_whom_it_changes(store).await;
    nobody_is_changed(store).await;
}

/// Version, from which version on sessions count, and whether the user is blocked.
async fn state(store: &dyn Store, user: &User) -> (u64, u64, bool) {
    let user = store.find_user(&user.id).await.unwrap().unwrap();
    (user.version, user.sessions_from_version, user.blocked)
}

async fn a_block_ends_sessions_once(store: &dyn Store) {
    let user = add(store, "Block", "block@example.com").await;
    for (blocked, expected) in [
        (false, (1, 0, false)),
        (true, (2, 2, true)),
        (true, (2, 2, true)),
        (false, (3, 2, false)),
        (false, (3, 2, false)),
        (true, (4, 4, true)),
    ] {
        let before = store.newest_position().await.unwrap();
        let version = state(store, &user).await.0;
        let changed = store.set_blocked(&user.id, blocked).await.unwrap();
        assert_eq!(state(store, &user).await, expected);
        assert_eq!(store.find_user(&user.id).await.unwrap(), Some(changed));
        let noted = store.list_changes(before, 10).await.unwrap().users.len();
        assert_eq!(noted, usize::from(version != expected.0));
    }
}

async fn a_password_ends_sessions_each_time(store: &dyn Store) {
    let user = add(store, "Password", "password@example.com").await;
    for version in [2, 3] {
        let before = store.newest_position().await.unwrap();
        let changed = store.set_password(&user.id, &hash("second")).await;
        assert_eq!(state(store, &user).await, (version, version, false));
        assert_eq!(
            store.list_changes(before, 10).await.unwrap().users,
            [changed.unwrap()]
        );
    }
    assert_ne!(stored_hash(store, &user).await, Some(hash("first")));
    // Set here, so that no import replaces it.
    let kept = stored_hash(store, &user).await;
    import(store, "Password", "password@example.com", None, "third").await;
    assert_eq!(stored_hash(store, &user).await, kept);
    assert_eq!(state(store, &user).await, (3, 3, false));
}

async fn import(
    store: &dyn Store,
    name: &str,
    address: &str,
    blocked: Option<bool>,
    password: &str,
) -> User {
    let entry = ImportEntry {
        blocked,
        password_hash: (!password.is_empty()).then(|| hash(password)),
        ..entry(address)
    };
    let connection = connection(name);
    store.import(&connection, &[entry], START).await.unwrap();
    store
        .list_by_email(&email(address))
        .await
        .unwrap()
        .remove(0)
}

async fn an_import_ends_sessions_as_well(store: &dyn Store) {
    let import = async |blocked, password| {
        let user = import(store, "Moved", "moved@example.com", blocked, password).await;
        (user.version, user.sessions_from_version)
    };
    assert_eq!(import(None, "one").await, (1, 0));
    assert_eq!(import(Some(true), "").await, (2, 2));
    assert_eq!(import(Some(true), "").await, (2, 2));
    assert_eq!(import(Some(false), "").await, (3, 2));
    assert_eq!(import(None, "two").await, (4, 4));
}

/// One import after another of one user, and whether it ends sessions.
async fn an_import_ends_the_sessions_of_whom_it_changes(store: &dyn Store) {
    let profile = |profile: Profile| ImportEntry {
        profile,
        ..entry("touched@example.com")
    };
    let phone = || Profile::from_iter([(StandardClaim::PhoneNumber, "+33123456789".into())]);
    let username = || Profile::from_iter([(StandardClaim::Username, "ada".into())]);
    let proved = || ImportEntry {
        email_verified: Some(true),
        ..entry("touched@example.com")
    };
    let harmless = Profile::from_iter([
        (StandardClaim::Name, "Ada".into()),
        (StandardClaim::Picture, "https://example.com/ada.png".into()),
        (StandardClaim::Locale, "fr".into()),
    ]);
    let cases = [
        ("a new user", entry("touched@example.com"), false),
        ("a proved email", proved(), true),
        ("the same proof", proved(), false),
        ("nothing said", entry("Touched@example.com"), false),
        ("a phone number", profile(phone()), true),
        ("the same number", profile(phone()), false),
        ("a username", profile(username()), true),
        ("the same username", profile(username()), false),
        ("other claims", profile(harmless), false),
        ("another email", entry("moved-on@example.com"), true),
    ];
    let user_id = Some(UserId::parse("auth0|touched").unwrap());
    let connection = connection("Touched");
    let mut ended_from = 0;
    for (what, entry, ends) in cases {
        let entries = [ImportEntry {
            user_id: user_id.clone(),
            ..entry
        }];
        let tally = store.import(&connection, &entries, START).await.unwrap();
        let id = user_id.as_ref().unwrap();
        let user = store.find_user(id).await.unwrap().unwrap();
        if ends {
            ended_from = user.version;
        }
        assert_eq!(user.sessions_from_version, ended_from, "{what}");
        // A repeat tells again, for the first time may have failed half-way.
        let is_repeat = tally.unchanged == 1 && user.version == ended_from;
        let told = user_id.iter().filter(|_| ends || is_repeat);
        assert!(tally.sessions_ended.iter().eq(told), "{what}");
    }
}

async fn nobody_is_changed(store: &dyn Store) {
    let nobody = UserId::parse("auth0|nobody").unwrap();
    for refused in [
        store.set_blocked(&nobody, true).await,
        store.set_password(&nobody, &hash("any")).await,
    ] {
        assert!(
            matches!(refused, Err(Error::UserNotFound(_))),
            "{refused:?}"
        );
    }
}
