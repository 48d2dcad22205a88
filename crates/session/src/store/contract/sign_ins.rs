//! Sign-ins that finish a transaction: of several submits one opens a session, and one that is over opens none.

use futures::future::join_all;

use super::{again, at, open, random, resolve, session_use, sign_in};
use crate::domain::{
    AuthorizationRequest, FinishedSignIn, NewTransaction, OrganizationChoice, Progress, Secret,
    SessionToken, Stage, SubmittedForm, Transaction, TransactionClient, UserId,
};
use crate::sign_in::{OpenedSession, finish_sign_in};
use crate::store::{AddOutcome, Store};

/// Number of concurrent submits, as of a button that sticks.
const RACERS: usize = 8;

/// A transaction whose user is signing in, as the browser's form was made for it.
async fn begin(store: &dyn Store) -> SubmittedForm {
    let submitted = SubmittedForm {
        id: random(),
        browser: random(),
        read: 1,
        page_nonce: "after".to_owned(),
    };
    let transaction = Transaction {
        version: 1,
        request: AuthorizationRequest {
            parameters: Vec::new(),
            created_at: at(0),
        },
        progress: Progress {
            expires_at: at(3_600),
            page_nonce: "before".to_owned(),
            stage: Stage::SigningIn {
                identifier: String::new(),
            },
            sign_in: None,
            organization_choice: Some(choice()),
        },
    };
    let client = TransactionClient {
        client_id: "app".to_owned(),
        expires_at: at(86_400),
    };
    let new = NewTransaction {
        id: submitted.id.clone(),
        browser: submitted.browser.clone(),
        is_new_browser: false,
        address: None,
        transaction,
        client,
    };
    let added = store.add_transaction(new, at(0)).await;
    assert_eq!(added.unwrap(), AddOutcome::Kept);
    submitted
}

/// Made before the sign-in.
fn choice() -> OrganizationChoice {
    OrganizationChoice {
        organization_id: "org_a".to_owned(),
        user_id: String::new(),
        email: "a@acme.test".to_owned(),
    }
}

/// A user without sessions.
fn stranger() -> String {
    format!("auth0|{}", doorward_service_kit::hex())
}

async fn submit(store: &dyn Store, submitted: &SubmittedForm, user: &str) -> Option<OpenedSession> {
    finish_sign_in(store, submitted, &sign_in(user), at(1))
        .await
        .unwrap()
}

/// From a browser that has a session.
async fn submit_again(
    store: &dyn Store,
    submitted: &SubmittedForm,
    user: &str,
    previous: &SessionToken,
) -> Option<OpenedSession> {
    finish_sign_in(store, submitted, &again(user, previous), at(1))
        .await
        .unwrap()
}

async fn find(store: &dyn Store, id: &Secret) -> Transaction {
    let found = store.find_transaction(id, at(2)).await.unwrap();
    found.unwrap().transaction
}

async fn sids(store: &dyn Store, user: &str) -> Vec<String> {
    let user = UserId::from(user.to_owned());
    let sessions = store
        .list_sessions(&user, &session_use(), at(2))
        .await
        .unwrap();
    sessions.into_iter().map(|it| it.sid).collect()
}

/// Updates a transaction to a later stage.
async fn move_on(store: &dyn Store, id: &Secret, stage: Stage) {
    let held = find(store, id).await;
    let progress = Progress {
        stage,
        ..held.progress
    };
    let moved = store.update_transaction(id, held.version, progress, at(2));
    assert!(moved.await.unwrap().is_some());
}

async fn the_transaction_knows_what_it_led_to(store: &dyn Store) {
    let (submitted, alice) = (begin(store).await, stranger());
    let opened = submit(store, &submitted, &alice).await.unwrap();
    assert_eq!(opened.page_nonce, "after");
    let held = find(store, &submitted.id).await.progress;
    assert_eq!(
        (held.page_nonce.as_str(), held.stage),
        ("after", Stage::SignedIn)
    );
    assert_eq!(held.expires_at, at(3_600));
    assert_eq!(held.organization_choice, Some(choice()));
    let FinishedSignIn {
        user_id,
        sid,
        opened: is_open,
        ..
    } = held.sign_in.unwrap();
    assert_eq!((user_id.as_str(), is_open), (alice.as_str(), true));
    assert_eq!(sid, opened.session.sid);
    assert_eq!(resolve(store, &opened.token, at(2)).await.unwrap().sid, sid);
}

/// The same session goes on under a new token, and the transaction knows it by its `sid`.
async fn an_earlier_session_goes_on(store: &dyn Store) {
    let (submitted, alice) = (begin(store).await, stranger());
    let (token, earlier) = open(store, &sign_in(&alice), at(0)).await;
    let opened = submit_again(store, &submitted, &alice, &token)
        .await
        .unwrap();
    assert_eq!(opened.session.sid, earlier.sid);
    let held = find(store, &submitted.id).await.progress;
    assert_eq!(held.sign_in.unwrap().sid, earlier.sid);
    assert_eq!(resolve(store, &token, at(2)).await, None);
}

/// The browser drops the answer to the first, with its cookie, and waits for the second.
async fn a_repeat_gets_the_same_answer(store: &dyn Store) {
    let (submitted, alice) = (begin(store).await, stranger());
    let first = submit(store, &submitted, &alice).await.unwrap();
    for stage in [
        Stage::SignedIn,
        Stage::Consenting {
            scopes: Vec::new(),
            user_id: alice.clone(),
        },
    ] {
        move_on(store, &submitted.id, stage).await;
        // As the frontend reads it when the form comes again.
        let read = find(store, &submitted.id).await.version;
        let same = SubmittedForm {
            read,
            ..submitted.clone()
        };
        for repeated in [&submitted, &same] {
            let second = submit(store, repeated, &alice).await.unwrap();
            assert_eq!(
                (&second.token, &second.session.sid),
                (&first.token, &first.session.sid)
            );
        }
    }
    assert_eq!(sids(store, &alice).await, [first.session.sid]);
}

async fn of_many_submits_one_opens_a_session(store: &dyn Store) {
    for _ in 0..20 {
        let (submitted, alice) = (begin(store).await, stranger());
        let racers = (0..RACERS).map(|_| submit(store, &submitted, &alice));
        let opened: Vec<_> = join_all(racers).await.into_iter().flatten().collect();
        let tokens = opened.iter().map(|it| it.token.clone().into_text());
        let tokens: std::collections::BTreeSet<_> = tokens.collect();
        assert_eq!(tokens.len(), 1);
        assert_eq!(sids(store, &alice).await, [opened[0].session.sid.clone()]);
    }
}

/// A form that was sent twice with different accounts.
async fn of_two_users_one_signs_in(store: &dyn Store) {
    for _ in 0..20 {
        let submitted = begin(store).await;
        let users = [stranger(), stranger()];
        let racers = users.iter().map(|user| submit(store, &submitted, user));
        let opened = join_all(racers).await;
        assert_eq!(opened.iter().flatten().count(), 1);
        let held = find(store, &submitted.id).await.progress.sign_in.unwrap();
        for (user, opened) in users.iter().zip(opened) {
            let expected: Vec<_> = opened.into_iter().map(|it| it.session.sid).collect();
            assert_eq!(sids(store, user).await, expected);
            assert_eq!(held.user_id.as_str() == user, !expected.is_empty());
        }
    }
}

/// Not even one that was read before it was over.
async fn one_that_is_over_opens_nothing(store: &dyn Store) {
    for stage in [
        Stage::Answered,
        Stage::SigningIn {
            identifier: "somebody else".to_owned(),
        },
    ] {
        let (submitted, alice) = (begin(store).await, stranger());
        move_on(store, &submitted.id, stage).await;
        assert_eq!(submit(store, &submitted, &alice).await, None);
        assert!(sids(store, &alice).await.is_empty());
    }
    let (submitted, alice) = (begin(store).await, stranger());
    let opened = submit(store, &submitted, &alice).await.unwrap();
    move_on(store, &submitted.id, Stage::Answered).await;
    let read = find(store, &submitted.id).await.version;
    for read in [1, read] {
        let submitted = SubmittedForm {
            read,
            ..submitted.clone()
        };
        assert_eq!(submit(store, &submitted, &alice).await, None);
    }
    assert_eq!(sids(store, &alice).await, [opened.session.sid]);
    let unknown = SubmittedForm {
        id: random(),
        ..submitted
    };
    assert_eq!(submit(store, &unknown, &alice).await, None);
}

async fn nothing_is_opened_after_a_logout(store: &dyn Store) {
    let (submitted, alice) = (begin(store).await, stranger());
    let opened = submit(store, &submitted, &alice).await.unwrap();
    assert!(store.end_session(&opened.token).await.unwrap());
    assert_eq!(submit(store, &submitted, &alice).await, None);
    assert!(sids(store, &alice).await.is_empty());
}

async fn another_browser_opens_nothing(store: &dyn Store) {
    let (submitted, alice) = (begin(store).await, stranger());
    let stolen = SubmittedForm {
        browser: random(),
        ..submitted.clone()
    };
    assert_eq!(submit(store, &stolen, &alice).await, None);
    assert!(submit(store, &submitted, &alice).await.is_some());
    assert_eq!(submit(store, &stolen, &alice).await, None);
}

/// A browser has one session: the one that a repeat leads back to.
async fn a_repeat_ends_the_session_that_it_replaces(store: &dyn Store) {
    let (submitted, alice, bob) = (begin(store).await, stranger(), stranger());
    let first = submit(store, &submitted, &alice).await.unwrap();
    let (of_bob, _) = open(store, &sign_in(&bob), at(1)).await;
    let second = submit_again(store, &submitted, &alice, &of_bob).await;
    assert_eq!(second.unwrap().token, first.token);
    assert_eq!(resolve(store, &of_bob, at(2)).await, None);
    let third = submit_again(store, &submitted, &alice, &first.token).await;
    assert_eq!(third.unwrap().token, first.token);
    assert!(resolve(store, &first.token, at(2)).await.is_some());
}

/// A first submit that died before it opened anything.
async fn a_session_that_never_came(store: &dyn Store) {
    let (submitted, alice) = (begin(store).await, stranger());
    let held = find(store, &submitted.id).await;
    let progress = Progress {
        stage: Stage::SignedIn,
        sign_in: Some(FinishedSignIn {
            user_id: UserId::from(alice.clone()),
            sid: "never".to_owned(),
            token_salt: random(),
            opened: false,
        }),
        ..held.progress
    };
    let moved = store.update_transaction(&submitted.id, 1, progress, at(1));
    assert!(moved.await.unwrap().is_some());
    assert_eq!(submit(store, &submitted, &alice).await, None);
    assert!(sids(store, &alice).await.is_empty());
}

/// One of several concurrent requests answers.
async fn one_of_many_answers_leaves(store: &dyn Store) {
    for _ in 0..20 {
        let (submitted, alice) = (begin(store).await, stranger());
        submit(store, &submitted, &alice).await.unwrap();
        let held = find(store, &submitted.id).await;
        let answered = Progress {
            stage: Stage::Answered,
            ..held.progress
        };
        let racers = (0..RACERS).map(|_| {
            store.update_transaction(&submitted.id, held.version, answered.clone(), at(2))
        });
        let moved = join_all(racers).await.into_iter().map(Result::unwrap);
        assert_eq!(moved.flatten().count(), 1);
    }
}

pub(super) async fn all(store: &dyn Store) {
    the_transaction_knows_what_it_led_to(store).await;
    an_earlier_session_goes_on(store).await;
    a_repeat_gets_the_same_answer(store).await;
    of_many_submits_one_opens_a_session(store).await;
    of_two_users_one_signs_in(store).await;
    one_that_is_over_opens_nothing(store).await;
    nothing_is_opened_after_a_logout(store).await;
    another_browser_opens_nothing(store).await;
    a_repeat_ends_the_session_that_it_replaces(store).await;
    a_session_that_never_came(store).await;
    one_of_many_answers_leaves(store).await;
}
