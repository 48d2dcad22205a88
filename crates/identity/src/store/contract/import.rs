//! Imports.

use super::*;
use crate::domain::{ImportEntry, Profile, Tally};

const LATER: Timestamp = Timestamp::constant(1_767_323_100, 0);

pub(super) async fn all(store: &dyn Store) {
    importing_twice_changes_nothing(store).await;
    claims_that_are_present_replace(store).await;
    a_taken_email_undoes_everything(store).await;
    an_id_of_another_connection_is_refused(store).await;
    a_hash_that_was_set_here_stays(store).await;
    a_user_may_have_no_password(store).await;
}

pub(super) fn entry(address: &str) -> ImportEntry {
    ImportEntry {
        user_id: None,
        email: email(address),
        email_verified: None,
        profile: Profile::default(),
        blocked: None,
        password_hash: None,
        app_metadata: None,
        user_metadata: None,
    }
}

fn with_id(id: &str, address: &str) -> ImportEntry {
    let user_id = Some(UserId::parse(id).unwrap());
    ImportEntry {
        user_id,
        ..entry(address)
    }
}

/// How many of each there were; whose sessions have ended is told in `revocation`.
async fn import(store: &dyn Store, name: &str, entries: &[ImportEntry]) -> Result<Tally, Error> {
    let tally = store.import(&connection(name), entries, LATER).await?;
    Ok(Tally {
        sessions_ended: Vec::new(),
        ..tally
    })
}

async fn find(store: &dyn Store, address: &str) -> User {
    store
        .list_by_email(&email(address))
        .await
        .unwrap()
        .remove(0)
}

fn tally(created: u32, updated: u32, unchanged: u32) -> Tally {
    Tally {
        created,
        updated,
        unchanged,
        ..Tally::default()
    }
}

async fn importing_twice_changes_nothing(store: &dyn Store) {
    let entries = [
        ImportEntry {
            password_hash: Some(hash("imported")),
            ..with_id("auth0|twice", "twice@example.com")
        },
        ImportEntry {
            user_metadata: Some(Metadata::from_iter([("x".to_owned(), 0.3.into())])),
            ..entry("two@example.com")
        },
    ];
    assert_eq!(
        import(store, "Twice", &entries).await.unwrap(),
        tally(2, 0, 0)
    );
    let position = store.newest_position().await.unwrap();
    let user = find(store, "twice@example.com").await;
    assert_eq!((user.id.as_str(), user.version), ("auth0|twice", 1));

    assert_eq!(
        import(store, "Twice", &entries).await.unwrap(),
        tally(0, 0, 2)
    );
    assert_eq!(store.newest_position().await.unwrap(), position);
    assert_eq!(find(store, "twice@example.com").await, user);
}

async fn claims_that_are_present_replace(store: &dyn Store) {
    import(
        store,
        "Claims",
        &[with_id("auth0|claims", "before@example.com")],
    )
    .await
    .unwrap();
    let renamed = ImportEntry {
        profile: Profile::from_iter([(StandardClaim::Locale, "fr".into())]),
        ..with_id("auth0|claims", "after@example.com")
    };
    assert_eq!(
        import(store, "Claims", &[renamed]).await.unwrap(),
        tally(0, 1, 0)
    );
    let user = find(store, "after@example.com").await;
    assert_eq!((user.id.as_str(), user.version), ("auth0|claims", 2));
    assert_eq!((user.created_at, user.updated_at), (LATER, LATER));
    let text = |claim| user.profile.text(claim);
    assert_eq!(text(StandardClaim::Locale), Some("fr"));
    assert_eq!(text(StandardClaim::Name), Some("before@example.com"));
    assert_eq!(
        store
            .list_by_email(&email("before@example.com"))
            .await
            .unwrap(),
        []
    );
}

async fn a_taken_email_undoes_everything(store: &dyn Store) {
    add(store, "Taken", "taken@example.com").await;
    let position = store.newest_position().await.unwrap();
    for taker in ["auth0|taker", "auth0|claims"] {
        let entries = [
            entry("not-taken@example.com"),
            with_id(taker, "taken@example.com"),
        ];
        let error = import(store, "Taken", &entries).await.unwrap_err();
        assert!(
            matches!(&error, Error::UserAlreadyExists { key: "email", value } if value == "taken@example.com")
        );
    }
    assert_eq!(
        store
            .list_by_email(&email("not-taken@example.com"))
            .await
            .unwrap(),
        []
    );
    assert_eq!(store.newest_position().await.unwrap(), position);
}

async fn an_id_of_another_connection_is_refused(store: &dyn Store) {
    let error = import(
        store,
        "Not-Claims",
        &[with_id("auth0|claims", "after@example.com")],
    )
    .await
    .unwrap_err();
    assert!(matches!(
        error,
        Error::UserAlreadyExists { key: "user_id", .. }
    ));
}

async fn a_hash_that_was_set_here_stays(store: &dyn Store) {
    let with_hash = |password: &str| {
        let password_hash = Some(hash(password));
        [ImportEntry {
            password_hash,
            ..entry("set-here@example.com")
        }]
    };
    let imported = with_hash("imported");
    import(store, "Here", &imported).await.unwrap();
    let user = find(store, "set-here@example.com").await;

    let newer = with_hash("newer");
    assert_eq!(import(store, "Here", &newer).await.unwrap(), tally(0, 1, 0));
    let old = stored_hash(store, &user).await.unwrap();
    assert_eq!(Some(&old), newer[0].password_hash.as_ref());
    let mut expected = user.clone();
    expected.end_sessions();
    assert_eq!(
        find(store, "set-here@example.com").await,
        expected,
        "only the password is new, and sessions have ended"
    );

    let better = hash("newer");
    store.replace_hash(&user.id, &old, &better).await.unwrap();
    assert_eq!(
        import(store, "Here", &imported).await.unwrap(),
        tally(0, 0, 1)
    );
    assert_eq!(stored_hash(store, &user).await, Some(better));

    let signed_up = add(store, "Here", "signed-up@example.com").await;
    let before = stored_hash(store, &signed_up).await;
    let mut imported = with_hash("imported");
    imported[0].email = signed_up.email.clone();
    assert_eq!(
        import(store, "Here", &imported).await.unwrap(),
        tally(0, 0, 1)
    );
    assert_eq!(stored_hash(store, &signed_up).await, before);
}

async fn a_user_may_have_no_password(store: &dyn Store) {
    import(store, "None", &[entry("none@example.com")])
        .await
        .unwrap();
    let user = find(store, "none@example.com").await;
    assert_eq!(stored_hash(store, &user).await, None);
}
