//! Limits of what requests without a session can make a store hold.

use super::transactions::{find, new, signing_in, untouched};
use super::{access_tokens, at, open, random, resolve, sign_in};
use crate::config::BudgetConfig;
use crate::domain::{ClientAddress, NewTransaction, Parameter, Progress, Secret, Stage};
use crate::store::{AddOutcome, Store};

const MINUTES: i64 = 60;

async fn add(store: &dyn Store, new: NewTransaction, now: i64) -> AddOutcome {
    store.add_transaction(new, at(now)).await.unwrap()
}

async fn move_on(store: &dyn Store, id: &Secret, read: u64, identifier: &str, now: i64) -> bool {
    let progress = Progress {
        expires_at: at(60 * MINUTES),
        page_nonce: String::new(),
        stage: signing_in(identifier),
        sign_in: None,
        organization_choice: None,
    };
    let moved = store.update_transaction(id, read, progress, at(now)).await;
    moved.unwrap().is_some()
}

async fn an_untouched_transaction_ends_early(store: &dyn Store) {
    let email = String::new();
    for stage in [
        signing_in(""),
        Stage::NamingOrganization { email },
        Stage::Inviting,
    ] {
        let id = random();
        let mut new = untouched(&id, &random());
        new.transaction.progress.stage = stage;
        assert_eq!(add(store, new, 0).await, AddOutcome::Kept);
        let found = find(store, &id, 15 * MINUTES - 1).await.unwrap();
        assert_eq!(found.progress.expires_at, at(60 * MINUTES));
        assert_eq!(find(store, &id, 15 * MINUTES).await, None);
        assert!(!move_on(store, &id, 1, "alice", 15 * MINUTES).await);
    }
}

async fn the_first_submit_gives_it_the_rest_of_its_hour(store: &dyn Store) {
    let id = random();
    add(store, untouched(&id, &random()), 0).await;
    // A page that is shown again is no submit.
    assert!(move_on(store, &id, 1, "", 10 * MINUTES).await);
    assert!(find(store, &id, 15 * MINUTES - 1).await.is_some());
    assert_eq!(find(store, &id, 15 * MINUTES).await, None);
    assert!(move_on(store, &id, 2, "alice", 15 * MINUTES - 1).await);
    // It stays so, even if its user is asked from the start once more.
    assert!(move_on(store, &id, 3, "", 15 * MINUTES - 1).await);
    assert!(find(store, &id, 60 * MINUTES - 1).await.is_some());
    assert_eq!(find(store, &id, 60 * MINUTES).await, None);
}

async fn a_browser_that_opens_too_many_loses_its_oldest(store: &dyn Store) {
    let (browser, other) = (random(), random());
    let begin = async |browser: &Secret| {
        let id = random();
        let new = NewTransaction {
            is_new_browser: false,
            ..untouched(&id, browser)
        };
        assert_eq!(add(store, new, 0).await, AddOutcome::Kept);
        id
    };
    let others = begin(&other).await;
    let typed = begin(&browser).await;
    assert!(move_on(store, &typed, 1, "alice", 1).await);
    let oldest = begin(&browser).await;
    let mut newest = Vec::new();
    for _ in 0..32 {
        newest.push(begin(&browser).await);
    }
    assert_eq!(find(store, &oldest, 1).await, None);
    for id in [others, typed].iter().chain(&newest) {
        assert!(find(store, id, 1).await.is_some());
    }
    // Its application is still known, so that the tab leads somewhere.
    let client = store.find_transaction_client(&oldest, at(1)).await.unwrap();
    assert!(client.is_some());
}

pub(super) async fn all(store: &dyn Store) {
    an_untouched_transaction_ends_early(store).await;
    the_first_submit_gives_it_the_rest_of_its_hour(store).await;
    a_browser_that_opens_too_many_loses_its_oldest(store).await;
}

fn from(address: &str) -> NewTransaction {
    NewTransaction {
        address: ClientAddress::parse(address),
        ..untouched(&random(), &random())
    }
}

async fn an_address_begins_so_many_and_no_more(store: &dyn Store) {
    for _ in 0..3 {
        assert_eq!(add(store, from("192.0.2.1"), 0).await, AddOutcome::Kept);
    }
    assert_eq!(add(store, from("192.0.2.1"), 1).await, AddOutcome::TooMany);
    assert_eq!(add(store, from("192.0.2.2"), 1).await, AddOutcome::Kept);
    let unknown = add(store, from("unknown"), 1).await;
    assert_eq!(unknown, AddOutcome::Kept);
    // The clock of another replica may be a little behind.
    assert_eq!(add(store, from("192.0.2.1"), -5).await, AddOutcome::TooMany);
    let soon = 15 * MINUTES - 1;
    assert_eq!(
        add(store, from("192.0.2.1"), soon).await,
        AddOutcome::TooMany
    );
    assert_eq!(
        add(store, from("192.0.2.1"), soon + 1).await,
        AddOutcome::Kept
    );
}

/// A request of 16 KiB.
fn large() -> NewTransaction {
    let mut large = untouched(&random(), &random());
    large.transaction.request.parameters = vec![Parameter {
        name: "state".to_owned(),
        value: "x".repeat(16_000),
    }];
    large
}

/// Sends large requests until they are refused; gives the ids of those that were kept.
async fn flood(store: &dyn Store, now: i64) -> Vec<Secret> {
    let mut kept = Vec::new();
    loop {
        assert!(kept.len() < 2_000, "the flood has no end");
        let large = large();
        let id = large.id.clone();
        match add(store, large, now).await {
            AddOutcome::Kept => kept.push(id),
            AddOutcome::NoRoom => return kept,
            other => panic!("{other:?}"),
        }
    }
}

async fn a_flood_leaves_room_for_who_is_signed_in(store: &dyn Store) {
    let (token, _) = open(store, &sign_in("before"), at(0)).await;
    let begun = random();
    assert_eq!(
        add(store, new(&begun, &random()), 0).await,
        AddOutcome::Kept
    );
    let kept = flood(store, 0).await;
    assert!(kept.len() > 100, "{}", kept.len());

    let add_token = async || {
        let token = access_tokens::of_user("auth0|alice");
        store.add_access_token(&random(), token, at(1)).await
    };
    assert_eq!(add_token().await.unwrap(), AddOutcome::Kept);
    assert!(resolve(store, &token, at(500)).await.is_some());
    assert!(move_on(store, &begun, 1, "alice", 1).await);
    let (opened, _) = open(store, &sign_in("during"), at(1)).await;
    assert!(resolve(store, &opened, at(2)).await.is_some());
    // What there is no plenty of room for is left out first.
    let last = kept.last().unwrap();
    let client = store.find_transaction_client(last, at(1)).await.unwrap();
    assert_eq!(client, None);
    assert!(find(store, last, 1).await.is_some());
}

/// Each story has a store of its own, within this budget.
pub(super) async fn all_within<S: Store, K>(open: impl AsyncFn(BudgetConfig) -> (S, K)) {
    let few = BudgetConfig {
        transactions_per_address: 3,
        ..BudgetConfig::default()
    };
    let (store, _kept) = open(few).await;
    an_address_begins_so_many_and_no_more(&store).await;
    let small = BudgetConfig {
        max_bytes: Some(16 * 1024 * 1024),
        ..BudgetConfig::default()
    };
    let (store, _kept) = open(small).await;
    a_flood_leaves_room_for_who_is_signed_in(&store).await;
}
