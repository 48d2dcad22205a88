//! Opaque access tokens.

use super::{at, random};
use crate::domain::{AccessToken, UserId};
use crate::store::{AddOutcome, Store};

pub(super) fn of_user(id: &str) -> AccessToken {
    AccessToken {
        user_id: UserId::from(id.to_owned()),
        client_id: "app".to_owned(),
        scopes: vec!["openid".to_owned(), "email".to_owned()],
        expires_at: at(7_200),
        organization_id: String::new(),
    }
}

async fn a_token_is_used_once(store: &dyn Store) {
    let token = random();
    let add = |user| store.add_access_token(&token, of_user(user), at(0));
    assert_eq!(add("auth0|alice").await.unwrap(), AddOutcome::Kept);
    assert_eq!(add("auth0|bob").await.unwrap(), AddOutcome::UsedBefore);
    assert_eq!(
        store.find_access_token(&token, at(1)).await.unwrap(),
        Some(of_user("auth0|alice"))
    );
}

async fn an_access_token_lives_until_it_expires(store: &dyn Store) {
    let token = random();
    let access_token = of_user("auth0|alice");
    let added = store.add_access_token(&token, access_token.clone(), at(0));
    assert_eq!(added.await.unwrap(), AddOutcome::Kept);
    assert_eq!(
        store.find_access_token(&token, at(7_199)).await.unwrap(),
        Some(access_token)
    );
    assert_eq!(
        store.find_access_token(&token, at(7_200)).await.unwrap(),
        None
    );
    assert_eq!(
        store.find_access_token(&random(), at(0)).await.unwrap(),
        None
    );
}

pub(super) async fn all(store: &dyn Store) {
    an_access_token_lives_until_it_expires(store).await;
    a_token_is_used_once(store).await;
}
