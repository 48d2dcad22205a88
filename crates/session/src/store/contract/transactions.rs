//! Pending transactions.

use super::{at, random};
use crate::domain::{
    AuthorizationRequest, FinishedSignIn, NewTransaction, OrganizationChoice, Parameter, Progress,
    Secret, Stage, Transaction, TransactionClient, UserId,
};
use crate::store::{AddOutcome, Store};

fn progress(expires_at: i64) -> Progress {
    Progress {
        expires_at: at(expires_at),
        page_nonce: "first".to_owned(),
        stage: signing_in("alice@example.test"),
        sign_in: None,
        organization_choice: None,
    }
}

pub(super) fn signing_in(identifier: &str) -> Stage {
    Stage::SigningIn {
        identifier: identifier.to_owned(),
    }
}

pub(super) fn transaction() -> Transaction {
    let parameter = |name: &str, value: &str| Parameter {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    Transaction {
        version: 1,
        request: AuthorizationRequest {
            parameters: vec![parameter("state", "\0\r\n{}*:é"), parameter("state", "")],
            created_at: at(0),
        },
        progress: progress(3_600),
    }
}

fn client() -> TransactionClient {
    TransactionClient {
        client_id: "app {*}:é\0".to_owned(),
        expires_at: at(86_400),
    }
}

pub(super) fn new(id: &Secret, browser: &Secret) -> NewTransaction {
    NewTransaction {
        id: id.clone(),
        browser: browser.clone(),
        is_new_browser: true,
        address: None,
        transaction: transaction(),
        client: client(),
    }
}

pub(super) fn untouched(id: &Secret, browser: &Secret) -> NewTransaction {
    let mut untouched = new(id, browser);
    untouched.transaction.progress.stage = signing_in("");
    untouched
}

async fn add(store: &dyn Store) -> Secret {
    let id = random();
    let added = store.add_transaction(new(&id, &random()), at(0));
    assert_eq!(added.await.unwrap(), AddOutcome::Kept);
    id
}

pub(super) async fn find(store: &dyn Store, id: &Secret, now: i64) -> Option<Transaction> {
    let found = store.find_transaction(id, at(now)).await.unwrap();
    found.map(|found| found.transaction)
}

async fn a_transaction_comes_back_as_it_was(store: &dyn Store) {
    let (id, browser) = (random(), random());
    let added = store.add_transaction(new(&id, &browser), at(0));
    assert_eq!(added.await.unwrap(), AddOutcome::Kept);
    let found = store.find_transaction(&id, at(1)).await.unwrap().unwrap();
    assert_eq!(found.transaction, transaction());
    assert!(browser.matches(&found.browser_hash));
    assert!(!random().matches(&found.browser_hash));
    assert_eq!(find(store, &random(), 1).await, None);
}

async fn an_id_is_used_once(store: &dyn Store) {
    let (id, browser) = (random(), random());
    let added = store.add_transaction(new(&id, &browser), at(0));
    assert_eq!(added.await.unwrap(), AddOutcome::Kept);
    let again = store.add_transaction(new(&id, &random()), at(1));
    assert_eq!(again.await.unwrap(), AddOutcome::UsedBefore);
    let found = store.find_transaction(&id, at(1)).await.unwrap().unwrap();
    assert!(browser.matches(&found.browser_hash));
    let later = store.add_transaction(new(&id, &browser), at(3_601));
    assert_eq!(later.await.unwrap(), AddOutcome::UsedBefore);
    assert_eq!(find(store, &id, 3_601).await, None);
}

async fn the_application_is_known_for_longer(store: &dyn Store) {
    let id = add(store).await;
    let find = async |now| store.find_transaction_client(&id, at(now)).await.unwrap();
    for now in [1, 3_600, 86_399] {
        assert_eq!(find(now).await, Some(client().client_id));
    }
    assert_eq!(find(86_400).await, None);
    let never_used = store.find_transaction_client(&random(), at(1)).await;
    assert_eq!(never_used.unwrap(), None);
}

async fn every_stage_comes_back(store: &dyn Store) {
    for stage in [
        Stage::SigningIn {
            identifier: "i".to_owned(),
        },
        Stage::SignedIn,
        Stage::Consenting {
            scopes: vec!["openid".to_owned(), "read:things".to_owned()],
            user_id: "u".to_owned(),
        },
        Stage::Consented {
            user_id: "u".to_owned(),
        },
        Stage::Confirming {
            user_id: "u".to_owned(),
        },
        Stage::Confirmed {
            user_id: "u".to_owned(),
        },
        Stage::NamingOrganization {
            email: "e".to_owned(),
        },
        Stage::PickingOrganization {
            user_id: "u".to_owned(),
        },
        Stage::OrganizationChosen,
        Stage::Declined {
            error_description: "no".to_owned(),
        },
        Stage::Inviting,
        Stage::Accepted {
            user_id: "u".to_owned(),
        },
        Stage::Answered,
    ] {
        let id = add(store).await;
        let moved = Progress {
            stage,
            sign_in: Some(FinishedSignIn {
                user_id: UserId::from("auth0|alice".to_owned()),
                sid: "s".to_owned(),
                token_salt: random(),
                opened: true,
            }),
            organization_choice: Some(OrganizationChoice {
                organization_id: "org_a".to_owned(),
                user_id: "u".to_owned(),
                email: "e".to_owned(),
            }),
            ..progress(100)
        };
        store
            .update_transaction(&id, 1, moved.clone(), at(1))
            .await
            .unwrap();
        assert_eq!(find(store, &id, 2).await.unwrap().progress, moved);
    }
}

async fn a_transaction_expires(store: &dyn Store) {
    let id = add(store).await;
    assert!(find(store, &id, 3_599).await.is_some());
    assert_eq!(find(store, &id, 3_600).await, None);
    let late = store
        .update_transaction(&id, 1, progress(9_000), at(3_600))
        .await
        .unwrap();
    assert_eq!(late, None);
}

async fn an_update_replaces_the_progress_only(store: &dyn Store) {
    let id = add(store).await;
    let moved = Progress {
        expires_at: at(100),
        page_nonce: "second".to_owned(),
        stage: Stage::Answered,
        sign_in: None,
        organization_choice: None,
    };
    let version = store
        .update_transaction(&id, 1, moved.clone(), at(1))
        .await
        .unwrap();
    assert_eq!(version, Some(2));
    let expected = Transaction {
        version: 2,
        progress: moved,
        ..transaction()
    };
    assert_eq!(find(store, &id, 99).await, Some(expected));
    assert_eq!(find(store, &id, 100).await, None);
}

async fn a_life_is_never_prolonged(store: &dyn Store) {
    let id = add(store).await;
    store
        .update_transaction(&id, 1, progress(9_000), at(1))
        .await
        .unwrap();
    assert_eq!(
        find(store, &id, 2).await.unwrap().progress.expires_at,
        at(3_600)
    );
    assert_eq!(find(store, &id, 3_600).await, None);
}

async fn only_the_version_that_was_read_is_updated(store: &dyn Store) {
    let id = add(store).await;
    for wrong in [0, 2, u64::MAX] {
        let updated = store
            .update_transaction(&id, wrong, progress(10), at(1))
            .await
            .unwrap();
        assert_eq!(updated, None);
    }
    assert_eq!(find(store, &id, 2).await, Some(transaction()));
    let gone = store
        .update_transaction(&random(), 1, progress(10), at(1))
        .await
        .unwrap();
    assert_eq!(gone, None);
}

async fn one_of_many_updates_wins(store: &dyn Store) {
    let id = add(store).await;
    let update = || store.update_transaction(&id, 1, progress(100), at(1));
    let (a, b, c, d) = tokio::join!(update(), update(), update(), update());
    let mut versions = [a, b, c, d].map(Result::unwrap);
    versions.sort();
    assert_eq!(versions, [None, None, None, Some(2)]);
}

pub(super) async fn all(store: &dyn Store) {
    a_transaction_comes_back_as_it_was(store).await;
    an_id_is_used_once(store).await;
    the_application_is_known_for_longer(store).await;
    every_stage_comes_back(store).await;
    a_transaction_expires(store).await;
    an_update_replaces_the_progress_only(store).await;
    a_life_is_never_prolonged(store).await;
    only_the_version_that_was_read_is_updated(store).await;
    one_of_many_updates_wins(store).await;
}
