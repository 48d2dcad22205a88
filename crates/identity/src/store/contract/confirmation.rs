//! A proved email.

use super::*;
use crate::domain::AddedMetadata;

pub(super) async fn all(store: &dyn Store) {
    the_first_proof_ends_sessions(store).await;
    metadata_never_replaces(store).await;
    another_email_is_not_confirmed(store).await;
}

fn later() -> Timestamp {
    START + jiff::SignedDuration::from_secs(1)
}

/// Confirms, and returns the user with the number of noted changes.
async fn confirm(store: &dyn Store, user: &User, added: AddedMetadata) -> (User, usize) {
    let before = store.newest_position().await.unwrap();
    let confirmed = store.confirm_email(&user.id, &user.email, added, later());
    let confirmed = confirmed.await.unwrap();
    let stored = store.find_user(&user.id).await.unwrap();
    assert_eq!(stored.as_ref(), Some(&confirmed));
    let noted = store.list_changes(before, 10).await.unwrap().users;
    (confirmed, noted.len())
}

async fn the_first_proof_ends_sessions(store: &dyn Store) {
    let user = add(store, "Proof", "proof@example.com").await;
    let (confirmed, noted) = confirm(store, &user, AddedMetadata::default()).await;
    let expected = User {
        email_verified: true,
        version: 2,
        sessions_from_version: 2,
        updated_at: later(),
        ..user
    };
    assert_eq!((&confirmed, noted), (&expected, 1));
    let again = confirm(store, &confirmed, AddedMetadata::default()).await;
    assert_eq!(again, (confirmed, 0));
}

async fn metadata_never_replaces(store: &dyn Store) {
    let user = add(store, "Metadata", "metadata@example.com").await;
    let added = |plan: &str| AddedMetadata {
        app: Metadata::from_iter([("plan".to_owned(), plan.into())]),
        user: Metadata::from_iter([("lang".to_owned(), "ja".into())]),
    };
    let (first, _) = confirm(store, &user, added("gold")).await;
    let expected = added("gold");
    assert_eq!(first.app_metadata, expected.app);
    assert_eq!(first.user_metadata, expected.user);
    assert_eq!(confirm(store, &first, added("lead")).await.0, first);
    let more = AddedMetadata {
        app: Metadata::from_iter([("seats".to_owned(), 3.into())]),
        ..AddedMetadata::default()
    };
    let (second, noted) = confirm(store, &first, more).await;
    assert_eq!((second.app_metadata.len(), noted), (2, 1));
    // The email was proved before, so the sessions stay.
    assert_eq!((second.version, second.sessions_from_version), (3, 2));
}

async fn another_email_is_not_confirmed(store: &dyn Store) {
    let user = add(store, "Confirmation", "seen@example.com").await;
    let nobody = UserId::parse("auth0|nobody").unwrap();
    let confirm = async |id: &UserId, address: &str| {
        let (added, email) = (AddedMetadata::default(), email(address));
        let refused = store.confirm_email(id, &email, added, later());
        refused.await.unwrap_err()
    };
    let changed = confirm(&user.id, "other.seen@example.com").await;
    assert!(matches!(changed, Error::EmailChanged), "{changed}");
    let missing = confirm(&nobody, "seen@example.com").await;
    assert!(matches!(missing, Error::UserNotFound(_)), "{missing}");
    assert_eq!(store.find_user(&user.id).await.unwrap(), Some(user));
}
