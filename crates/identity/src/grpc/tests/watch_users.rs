use std::time::Duration;

use doorward_proto::common::v1::Consent;
use tokio::time::timeout;
use tonic::Streaming;

use super::*;

async fn watch(service: &TestService, after_position: u64) -> Streaming<WatchUsersResponse> {
    let request = WatchUsersRequest { after_position };
    service
        .client
        .clone()
        .watch_users(request)
        .await
        .unwrap()
        .into_inner()
}

/// The next message, which must come within two seconds.
async fn next(stream: &mut Streaming<WatchUsersResponse>) -> WatchUsersResponse {
    let message = timeout(Duration::from_secs(2), stream.message()).await;
    message
        .expect("a message in time")
        .unwrap()
        .expect("no end")
}

/// The next message with users.
async fn next_users(stream: &mut Streaming<WatchUsersResponse>) -> WatchUsersResponse {
    loop {
        let message = next(stream).await;
        if !message.users.is_empty() {
            return message;
        }
    }
}

#[tokio::test]
async fn sec_156_a_fresh_deployment_has_no_users() {
    let service = TestService::start().await;
    let first = next(&mut watch(&service, 0).await).await;
    assert_eq!((first.position, first.users), (0, Vec::new()));
}

#[tokio::test]
async fn past_changes_then_new_ones_then_signs_of_life() {
    let service = TestService::start().await;
    let alice = service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
    let mut stream = watch(&service, 0).await;
    let past = next(&mut stream).await;
    assert_eq!(past.users, [alice]);

    let bob = service
        .create(sign_up("bob@example.com", PASSWORD))
        .await
        .unwrap();
    let new = next_users(&mut stream).await;
    assert_eq!(new.users, std::slice::from_ref(&bob));
    assert!(new.position > past.position);

    let quiet = next(&mut stream).await;
    assert_eq!((quiet.position, quiet.users), (new.position, Vec::new()));
    let resumed = next(&mut watch(&service, past.position).await).await;
    assert_eq!(resumed.users, [bob]);
}

#[tokio::test]
async fn batches_have_at_most_500_users() {
    let service = TestService::start().await;
    let entries = (0..501).map(|n| imported(&format!("user{n}@example.com")));
    service.import(entries.collect()).await.unwrap();
    let mut stream = watch(&service, 0).await;
    let (first, second) = (next(&mut stream).await, next(&mut stream).await);
    assert_eq!((first.users.len(), second.users.len()), (500, 1));
    assert!(first.position < second.position);
}

#[tokio::test]
async fn batches_fit_into_a_message() {
    let service = TestService::start().await;
    let scopes = (0..200).map(|number| format!("{number:0>4000}"));
    let consent = Consent {
        client_id: "client".to_owned(),
        scopes: scopes.collect(),
        ..Consent::default()
    };
    for number in 0..6 {
        let email = format!("large{number}@example.com");
        let user = service.create(sign_up(&email, PASSWORD)).await.unwrap();
        service.agree(&user.user_id, consent.clone()).await.unwrap();
    }
    let mut stream = watch(&service, 0).await;
    let mut emails = Vec::new();
    while emails.len() < 6 {
        let users = next_users(&mut stream).await.users;
        emails.extend(users.into_iter().filter_map(|user| user.claims?.email));
    }
    let expected: Vec<_> = (0..6).map(|n| format!("large{n}@example.com")).collect();
    assert_eq!(emails, expected);
}

#[tokio::test]
async fn a_position_from_elsewhere_begins_again() {
    let service = TestService::start().await;
    let alice = service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
    let first = next(&mut watch(&service, 1_000_000).await).await;
    assert_eq!(first.users, [alice]);
}

#[tokio::test]
async fn watches_end_with_the_service() {
    let service = TestService::start().await;
    let mut stream = watch(&service, 0).await;
    next(&mut stream).await;
    service.shutdown.cancel();
    let end = async { while let Ok(Some(_)) = stream.message().await {} };
    timeout(Duration::from_secs(2), end)
        .await
        .expect("the stream ends");
}

#[tokio::test]
async fn a_watch_ends_when_the_store_does_not_answer() {
    let service = TestService::start().await;
    let mut stream = watch(&service, 0).await;
    next(&mut stream).await;
    service.store.break_down();
    let end = async {
        loop {
            if let Err(status) = stream.message().await {
                break status;
            }
        }
    };
    let status = timeout(Duration::from_secs(2), end)
        .await
        .expect("an error in time");
    assert_eq!(reason_of(&status), Some(ErrorReason::StoreUnavailable));
}
