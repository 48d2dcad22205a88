//! The contract of every store, tested on PostgreSQL and SQLite.

mod changes;
mod confirmation;
mod consents;
mod hash_kinds;
mod import;
mod revocation;
mod roles;

use std::sync::Arc;

use argon2::Params;
use doorward_oauth2_types::StandardClaim;
use doorward_service_kit::sql::DatabaseConfig;
use jiff::Timestamp;

use super::{SqlStore, Store};
use crate::Error;
use crate::domain::{
    Connection, Email, HashMemory, Metadata, Password, PasswordHash, User, UserId,
};

const START: Timestamp = Timestamp::constant(1_767_323_045, 0);

fn connection(name: &str) -> Connection {
    Connection::parse(name).unwrap()
}

fn email(address: &str) -> Email {
    Email::parse(address).unwrap()
}

fn user(connection_name: &str, address: &str) -> User {
    User::new(
        UserId::generate(),
        connection(connection_name),
        email(address),
        START,
    )
}

fn hash(password: &str) -> PasswordHash {
    let password = Password::typed(password.to_owned()).unwrap();
    let cost = Params::new(64, 1, 1, None).unwrap();
    PasswordHash::new(&password, &cost, &mut HashMemory::new(64)).unwrap()
}

async fn add(store: &dyn Store, connection_name: &str, address: &str) -> User {
    let user = user(connection_name, address);
    store.add_user(&user, &hash("first")).await.unwrap();
    user
}

async fn stored_hash(store: &dyn Store, user: &User) -> Option<PasswordHash> {
    let connections = [user.connection.as_str().to_owned()];
    let account = store
        .find_account(&connections, &user.email)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(account.user.id, user.id);
    account.hash
}

async fn a_user_comes_back_as_it_was_given(store: &dyn Store) {
    let mut user = user("Whole", "whole@example.com");
    user.email_verified = true;
    user.blocked = true;
    let name = "Renée \0 '; DROP TABLE app_user; --";
    user.profile.set(StandardClaim::GivenName, name);
    user.app_metadata = Metadata::from_iter([("a'b".to_owned(), 0.1.into())]);
    store.add_user(&user, &hash("first")).await.unwrap();
    assert_eq!(
        store.find_user(&user.id).await.unwrap().as_ref(),
        Some(&user)
    );
    let nobody = UserId::parse("auth0|nobody").unwrap();
    assert_eq!(store.find_user(&nobody).await.unwrap(), None);
}

async fn users_of_one_email_are_ordered_by_connection(store: &dyn Store) {
    let mut added = Vec::new();
    for name in ["beta", "Zeta", "alpha"] {
        added.push(add(store, name, "everywhere@example.com").await);
    }
    added.sort_by(|one, other| one.connection.cmp(&other.connection));
    assert_eq!(
        store
            .list_by_email(&email("everywhere@example.com"))
            .await
            .unwrap(),
        added
    );
    assert_eq!(
        store
            .list_by_email(&email("nowhere@example.com"))
            .await
            .unwrap(),
        []
    );
}

async fn the_first_connection_that_has_the_user_decides(store: &dyn Store) {
    let address = email("rank@example.com");
    let one = add(store, "one", "rank@example.com").await;
    let two = add(store, "two", "rank@example.com").await;
    let find = async |names: &[&str]| {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let account = store.find_account(&names, &address).await.unwrap();
        account.map(|account| account.user.id)
    };
    assert_eq!(find(&["none", "two", "one"]).await, Some(two.id));
    assert_eq!(find(&["one", "two"]).await, Some(one.id));
    assert_eq!(find(&["none", "' OR '1'='1", "\0"]).await, None);
    assert_eq!(find(&[]).await, None);
}

async fn an_email_is_taken_once_in_a_connection(store: &dyn Store) {
    add(store, "Once", "once@example.com").await;
    let second = user("Once", "once@example.com");
    let refused = store.add_user(&second, &hash("second")).await;
    assert!(matches!(
        refused,
        Err(Error::UserAlreadyExists { key: "email", .. })
    ));
    assert_eq!(store.find_user(&second.id).await.unwrap(), None);
    add(store, "Elsewhere", "once@example.com").await;
}

async fn of_two_at_the_same_time_one_wins(store: &Arc<dyn Store>) {
    let race = |_| {
        let store = Arc::clone(store);
        tokio::spawn(async move {
            let user = user("Race", "race@example.com");
            store.add_user(&user, &hash("first")).await
        })
    };
    let mut won = 0;
    for racer in (0..8).map(race).collect::<Vec<_>>() {
        match racer.await.unwrap() {
            Ok(()) => won += 1,
            Err(error) => assert!(matches!(error, Error::UserAlreadyExists { .. }), "{error}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(
        store
            .list_by_email(&email("race@example.com"))
            .await
            .unwrap()
            .len(),
        1
    );
}

async fn only_the_hash_that_was_checked_is_replaced(store: &dyn Store) {
    let user = add(store, "Hash", "hash@example.com").await;
    let old = stored_hash(store, &user).await.unwrap();
    let (better, late) = (hash("first"), hash("first"));
    store.replace_hash(&user.id, &old, &better).await.unwrap();
    store.replace_hash(&user.id, &old, &late).await.unwrap();
    assert_eq!(stored_hash(store, &user).await, Some(better));
}

async fn all(config: DatabaseConfig) {
    let store: Arc<dyn Store> = Arc::new(SqlStore::open(&config).await.unwrap());
    changes::all(&store).await;
    a_user_comes_back_as_it_was_given(&*store).await;
    users_of_one_email_are_ordered_by_connection(&*store).await;
    the_first_connection_that_has_the_user_decides(&*store).await;
    an_email_is_taken_once_in_a_connection(&*store).await;
    of_two_at_the_same_time_one_wins(&store).await;
    only_the_hash_that_was_checked_is_replaced(&*store).await;
    import::all(&*store).await;
    hash_kinds::all(&*store).await;
    revocation::all(&*store).await;
    confirmation::all(&*store).await;
    roles::all(&store).await;
    consents::all(&store).await;
    changes::another_process_sees_them(&*store, &config).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    all(DatabaseConfig::sqlite(&folder.path().join("identity.db"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres() {
    let url = doorward_test_support::postgres::database().await;
    all(DatabaseConfig {
        max_connections: 10,
        ..DatabaseConfig::new(url)
    })
    .await;
}
