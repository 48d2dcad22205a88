//! The kinds of password hashes.

use super::import::entry;
use super::*;
use crate::domain::{HashKind, ImportEntry};

const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuuGlHvwkLLiG8qNhNYBuyZ8GVyDv5qAiu";
const ARGON2: &str =
    "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY";

async fn import(store: &dyn Store, address: &str, hash: &str) -> User {
    let entry = ImportEntry {
        password_hash: Some(PasswordHash::parse(hash).unwrap()),
        ..entry(address)
    };
    let connection = connection("Kinds");
    store.import(&connection, &[entry], START).await.unwrap();
    let mut users = store.list_by_email(&email(address)).await.unwrap();
    users.remove(0)
}

async fn kinds(store: &dyn Store) -> Vec<String> {
    let kinds = store.list_hash_kinds().await.unwrap();
    kinds.iter().map(HashKind::to_string).collect()
}

pub(super) async fn all(store: &dyn Store) {
    let native = "$argon2id$v=19$m=64,t=1,p=1$";
    let (bcrypt, argon2) = ("$2b$04$", "$argon2i$v=16$m=256,t=2,p=1$");
    add(store, "Kinds", "native@kinds.example").await;
    assert_eq!(kinds(store).await, [native]);

    let one = import(store, "one@kinds.example", BCRYPT).await;
    let two = import(store, "two@kinds.example", BCRYPT).await;
    let three = import(store, "three@kinds.example", ARGON2).await;
    assert_eq!(kinds(store).await, [bcrypt, argon2, native]);

    let old = PasswordHash::parse(BCRYPT).unwrap();
    let first = hash("first");
    store.replace_hash(&one.id, &old, &first).await.unwrap();
    assert_eq!(kinds(store).await, [bcrypt, argon2, native]);
    import(store, "three@kinds.example", BCRYPT).await;
    assert_eq!(kinds(store).await, [bcrypt, native]);
    store.set_password(&two.id, &first).await.unwrap();
    store.set_password(&three.id, &first).await.unwrap();
    assert_eq!(kinds(store).await, [native]);
}
