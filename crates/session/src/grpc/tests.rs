//! The service through its generated client.

use std::sync::Arc;
use std::time::Duration;

use doorward_proto::common::v1::User;
use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::session::v1::revoke_sessions_request::Sessions;
use doorward_proto::session::v1::session_service_client::SessionServiceClient;
use doorward_proto::session::v1::transaction::Stage;
use doorward_proto::session::v1::*;
use doorward_proto::{reason_of, to_timestamp};
use doorward_service_kit::grpc::Channel;
use doorward_service_kit::sql::DatabaseConfig;
use doorward_service_kit::{Clock, Shutdown, grpc, secret};
use doorward_test_support::FakeClock;
use tonic::{Response, Status};

use crate::BudgetConfig;

struct App {
    client: SessionServiceClient<Channel>,
    clock: Arc<FakeClock>,
    _folder: tempfile::TempDir,
}

impl App {
    async fn start() -> Self {
        Self::start_within(&BudgetConfig::default()).await
    }

    async fn start_within(budget: &BudgetConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = DatabaseConfig::sqlite(&folder.path().join("session.db"));
        let store = crate::open_sqlite(budget, &config).await.unwrap();
        let clock = FakeClock::start();
        let channel = grpc::in_memory(crate::routes(store, clock.clone()), Shutdown::new());
        Self {
            client: SessionServiceClient::new(channel),
            clock,
            _folder: folder,
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "so is every field that it fills")]
    fn in_seconds(&self, seconds: u64) -> Option<prost_types::Timestamp> {
        Some(to_timestamp(
            self.clock.now() + Duration::from_secs(seconds),
        ))
    }

    fn transaction(&self) -> Transaction {
        Transaction {
            transaction_id: secret(),
            created_at: self.in_seconds(0),
            expires_at: self.in_seconds(3_600),
            stage: Some(Stage::SigningIn(SigningIn::default())),
            ..Transaction::default()
        }
    }

    async fn open(&mut self) -> OpenSessionResponse {
        self.client
            .open_session(sign_in())
            .await
            .unwrap()
            .into_inner()
    }

    async fn add(&mut self, transaction: &Transaction, browser_token: &str) {
        let request = add_transaction(transaction.clone(), browser_token);
        self.client.add_transaction(request).await.unwrap();
    }

    async fn ask(&mut self, transaction_id: &str, browser_token: &str) -> FindTransactionResponse {
        let request = FindTransactionRequest {
            transaction_id: transaction_id.to_owned(),
            browser_token: browser_token.to_owned(),
        };
        let response = self.client.find_transaction(request).await.unwrap();
        response.into_inner()
    }

    async fn find(&mut self, transaction_id: &str, browser_token: &str) -> Option<Transaction> {
        self.ask(transaction_id, browser_token).await.transaction
    }

    async fn lost(&mut self, transaction_id: &str, browser_token: &str) -> Option<String> {
        self.ask(transaction_id, browser_token).await.lost_client_id
    }
}

#[expect(clippy::unnecessary_wraps, reason = "so is every field that it fills")]
fn limits(absolute_seconds: u32, idle_seconds: u32) -> Option<SessionLimits> {
    Some(SessionLimits {
        absolute_seconds,
        idle_seconds,
    })
}

fn sign_in() -> OpenSessionRequest {
    OpenSessionRequest {
        user: Some(User {
            user_id: "auth0|alice".to_owned(),
            version: 3,
            ..User::default()
        }),
        connection: "Username-Password-Authentication".to_owned(),
        limits: limits(1_000, 100),
        persistent: true,
        ..OpenSessionRequest::default()
    }
}

fn add_transaction(transaction: Transaction, browser_token: &str) -> AddTransactionRequest {
    AddTransactionRequest {
        transaction: Some(transaction),
        browser_token: browser_token.to_owned(),
        client_id: "app".to_owned(),
        client_address: "192.0.2.1".to_owned(),
        is_new_browser: false,
    }
}

fn session_use(session_token: &str) -> ResolveSessionRequest {
    ResolveSessionRequest {
        session_token: session_token.to_owned(),
        limits: limits(1_000, 100),
        ephemeral_limits: limits(1_000, 100),
        client_id: "app".to_owned(),
        device: None,
        max_age_seconds: None,
        user_id: None,
    }
}

fn refusal<T: std::fmt::Debug>(result: Result<Response<T>, Status>) -> Option<ErrorReason> {
    reason_of(&result.unwrap_err())
}

#[tokio::test]
async fn the_life_of_a_session() {
    let mut app = App::start().await;
    let opened = app.open().await;
    let token = opened.session_token;
    let session = opened.session.unwrap();
    assert_eq!(session.expires_at, app.in_seconds(1_000));
    assert_eq!(session.idle_expires_at, app.in_seconds(100));
    assert!(!token.contains(&session.sid));

    app.clock.advance(Duration::from_secs(99));
    let found = app
        .client
        .resolve_session(session_use(&token))
        .await
        .unwrap()
        .into_inner();
    let resolved = found.session.unwrap();
    assert_eq!(
        (&resolved.sid, resolved.created_at),
        (&session.sid, session.created_at)
    );
    assert_eq!(resolved.last_interacted_at, app.in_seconds(0));
    assert_eq!(resolved.client_ids, ["app"]);
    assert_eq!(found.user, sign_in().user);

    let request = EndSessionRequest {
        session_token: token.clone(),
    };
    assert!(
        app.client
            .end_session(request.clone())
            .await
            .unwrap()
            .into_inner()
            .ended
    );
    assert!(
        !app.client
            .end_session(request)
            .await
            .unwrap()
            .into_inner()
            .ended
    );
    let found = app
        .client
        .resolve_session(session_use(&token))
        .await
        .unwrap()
        .into_inner();
    assert_eq!((found.session, found.user), (None, None));
}

/// SEC-077.
#[tokio::test]
async fn a_new_sign_in_replaces_the_token() {
    let mut app = App::start().await;
    let old = app.open().await;
    app.clock.advance(Duration::from_secs(50));
    let request = OpenSessionRequest {
        previous_session_token: old.session_token.clone(),
        ..sign_in()
    };
    let new = app.client.open_session(request).await.unwrap().into_inner();
    let (old_session, new_session) = (old.session.unwrap(), new.session.unwrap());
    assert_eq!(new_session.sid, old_session.sid);
    assert_eq!(new_session.authenticated_at, app.in_seconds(0));
    assert_ne!(new.session_token, old.session_token);
    let found = app
        .client
        .resolve_session(session_use(&old.session_token))
        .await
        .unwrap();
    assert_eq!(found.into_inner().session, None);
}

/// SEC-081: whatever a browser sends as its cookie, it is an answer and no error.
#[tokio::test]
async fn a_malformed_token_is_no_session() {
    let mut app = App::start().await;
    let token = app.open().await.session_token;
    let mut flipped = token.clone().into_bytes();
    flipped[30] ^= 1;
    let flipped = String::from_utf8(flipped).unwrap();
    for bad in [
        "",
        &token[1..],
        &flipped,
        &"x".repeat(10_000),
        ":*{}\r\n\0",
        &format!("{token}="),
    ] {
        let found = app.client.resolve_session(session_use(bad)).await.unwrap();
        assert_eq!(found.into_inner().session, None, "{bad}");
        let request = EndSessionRequest {
            session_token: bad.to_owned(),
        };
        assert!(
            !app.client
                .end_session(request)
                .await
                .unwrap()
                .into_inner()
                .ended
        );
        let request = OpenSessionRequest {
            previous_session_token: bad.to_owned(),
            ..sign_in()
        };
        assert!(app.client.open_session(request).await.is_ok());
    }
    assert!(
        app.client
            .resolve_session(session_use(&token))
            .await
            .unwrap()
            .into_inner()
            .session
            .is_some()
    );
}

/// Found all the same: the caller says why it does not serve.
#[tokio::test]
async fn a_session_of_another_than_the_expected_user_is_not_used() {
    for (user_id, used_at) in [
        (None, 50),
        (Some("auth0|alice"), 50),
        (Some("auth0|bob"), 0),
        (Some(""), 0),
    ] {
        let mut app = App::start().await;
        let opened = app.clock.now();
        let token = app.open().await.session_token;
        app.clock.advance(Duration::from_secs(50));
        let request = ResolveSessionRequest {
            user_id: user_id.map(str::to_owned),
            ..session_use(&token)
        };
        let found = app.client.resolve_session(request).await.unwrap();
        let session = found.into_inner().session.unwrap();
        let used = opened + Duration::from_secs(used_at);
        assert_eq!(
            session.last_interacted_at,
            Some(to_timestamp(used)),
            "{user_id:?}"
        );
        assert_eq!(session.client_ids.is_empty(), used_at == 0, "{user_id:?}");
    }
}

#[tokio::test]
async fn a_call_without_limits_ends_nothing() {
    let mut app = App::start().await;
    let token = app.open().await.session_token;
    for limits in [None, limits(0, 1), limits(1, 0)] {
        let request = ResolveSessionRequest {
            limits,
            ..session_use(&token)
        };
        let refused = refusal(app.client.resolve_session(request).await);
        assert_eq!(refused, Some(ErrorReason::InvalidField));
        let request = OpenSessionRequest {
            limits,
            ..sign_in()
        };
        let refused = refusal(app.client.open_session(request).await);
        assert_eq!(refused, Some(ErrorReason::InvalidField));
    }
    assert!(
        app.client
            .resolve_session(session_use(&token))
            .await
            .unwrap()
            .into_inner()
            .session
            .is_some()
    );
}

/// SEC-086.
#[tokio::test]
async fn sessions_are_listed_and_revoked() {
    let mut app = App::start().await;
    let (first, second) = (app.open().await, app.open().await);
    let (first, second) = (first.session.unwrap(), second.session.unwrap());
    let list = ListSessionsRequest {
        user_id: "auth0|alice".to_owned(),
        limits: limits(1_000, 100),
        ephemeral_limits: limits(1_000, 100),
    };
    let revoke = |user_id: &str, sessions| RevokeSessionsRequest {
        user_id: user_id.to_owned(),
        sessions,
    };
    let listed = app.client.list_sessions(list.clone()).await.unwrap();
    assert_eq!(listed.into_inner().sessions.len(), 2);
    let keep = |sid: &str| Some(Sessions::KeepSid(sid.to_owned()));
    let only = |sid: &str| Some(Sessions::OnlySid(sid.to_owned()));
    for (request, revoked) in [
        (revoke("auth0|bob", only(&first.sid)), 0),
        (revoke("auth0|bob", None), 0),
        (revoke("auth0|alice", only("unknown")), 0),
        (revoke("auth0|alice", keep(&first.sid)), 1),
        (revoke("auth0|alice", only(&second.sid)), 0),
        (revoke("auth0|alice", None), 1),
    ] {
        let answer = app.client.revoke_sessions(request.clone()).await.unwrap();
        assert_eq!(answer.into_inner().revoked, revoked, "{request:?}");
    }
    let listed = app.client.list_sessions(list).await.unwrap();
    assert_eq!(listed.into_inner().sessions, []);
    for broken in [
        revoke("", None),
        revoke("auth0|alice", only("")),
        revoke("auth0|alice", keep("")),
    ] {
        let refused = app.client.revoke_sessions(broken).await;
        assert_eq!(refusal(refused), Some(ErrorReason::InvalidField));
    }
}

#[tokio::test]
async fn copies_of_users_and_the_relay_position() {
    let mut app = App::start().await;
    let token = app.open().await.session_token;
    let blocked = User {
        version: 4,
        blocked: true,
        ..sign_in().user.unwrap()
    };
    let request = PutUsersRequest {
        users: vec![blocked.clone()],
        relay_position: Some(17),
    };
    app.client.put_users(request).await.unwrap();
    let found = app
        .client
        .resolve_session(session_use(&token))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(found.user, Some(blocked));

    app.client
        .put_users(PutUsersRequest::default())
        .await
        .unwrap();
    let request = GetUserRelayPositionRequest {};
    let position = app.client.get_user_relay_position(request).await.unwrap();
    assert_eq!(position.into_inner().position, 17);

    let many = PutUsersRequest {
        users: vec![sign_in().user.unwrap(); 501],
        relay_position: None,
    };
    assert_eq!(
        refusal(app.client.put_users(many).await),
        Some(ErrorReason::InvalidField)
    );
}

#[tokio::test]
async fn a_transaction_belongs_to_one_browser() {
    let mut app = App::start().await;
    let (transaction, browser_token) = (app.transaction(), secret());
    let request = add_transaction(transaction.clone(), &browser_token);
    app.client.add_transaction(request.clone()).await.unwrap();
    let id = &transaction.transaction_id;
    let found = app.find(id, &browser_token).await;
    assert_eq!(
        found,
        Some(Transaction {
            version: 1,
            ..transaction.clone()
        })
    );
    for other in [secret(), String::new(), "x".repeat(10_000)] {
        assert_eq!(app.find(id, &other).await, None);
        assert_eq!(app.find(&other, &browser_token).await, None);
    }
    let again = refusal(app.client.add_transaction(request).await);
    assert_eq!(again, Some(ErrorReason::InvalidField));
}

#[tokio::test]
async fn an_answered_transaction_lives_two_minutes_more() {
    let mut app = App::start().await;
    let (transaction, browser_token) = (app.transaction(), secret());
    let id = transaction.transaction_id.clone();
    app.add(&transaction, &browser_token).await;

    let answered = Transaction {
        version: 1,
        stage: Some(Stage::Answered(Answered {})),
        ..transaction
    };
    let request = UpdateTransactionRequest {
        transaction: Some(answered),
    };
    let updated = app
        .client
        .update_transaction(request.clone())
        .await
        .unwrap();
    assert_eq!(updated.into_inner().version, 2);
    let stale = refusal(app.client.update_transaction(request).await);
    assert_eq!(stale, Some(ErrorReason::Conflict));

    assert_eq!(
        app.find(&id, &browser_token).await.unwrap().expires_at,
        app.in_seconds(120)
    );
    app.clock.advance(Duration::from_secs(119));
    assert!(app.find(&id, &browser_token).await.is_some());
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(app.find(&id, &browser_token).await, None);
}

#[tokio::test]
async fn a_submitted_form_opens_one_session() {
    let mut app = App::start().await;
    let (transaction, browser_token) = (app.transaction(), secret());
    app.add(&transaction, &browser_token).await;
    let submitted = SubmittedTransaction {
        transaction_id: transaction.transaction_id.clone(),
        browser_token: browser_token.clone(),
        version: 1,
        page_nonce: "after".to_owned(),
    };
    let form = OpenSessionRequest {
        transaction: Some(submitted.clone()),
        ..sign_in()
    };
    let first = app.client.open_session(form.clone()).await.unwrap();
    let first = first.into_inner();
    let again = app.client.open_session(form.clone()).await.unwrap();
    assert_eq!(again.into_inner(), first);
    assert_eq!(first.page_nonce, "after");
    let found = app.find(&transaction.transaction_id, &browser_token).await;
    let found = found.unwrap();
    assert!(matches!(found.stage, Some(Stage::SignedIn(_))));
    let finished = found.sign_in.unwrap();
    assert_eq!(finished.user_id, "auth0|alice");
    assert_eq!(Some(finished.sid), first.session.map(|session| session.sid));

    let end = EndSessionRequest {
        session_token: first.session_token,
    };
    app.client.end_session(end).await.unwrap();
    let late = app.client.open_session(form).await;
    assert_eq!(refusal(late), Some(ErrorReason::Conflict));
    let guessable = OpenSessionRequest {
        transaction: Some(SubmittedTransaction {
            browser_token: "short".to_owned(),
            ..submitted
        }),
        ..sign_in()
    };
    let refused = app.client.open_session(guessable).await;
    assert_eq!(refusal(refused), Some(ErrorReason::InvalidField));
}

#[tokio::test]
async fn a_lost_transaction_leads_back_to_its_application() {
    let mut app = App::start().await;
    let (transaction, browser_token) = (app.transaction(), secret());
    let id = transaction.transaction_id.clone();
    app.add(&transaction, &browser_token).await;
    // While it is alive, the link alone tells a stranger nothing.
    for browser in [browser_token.clone(), secret(), String::new()] {
        assert_eq!(app.lost(&id, &browser).await, None);
    }
    app.clock.advance(Duration::from_hours(1));
    for browser in [browser_token.clone(), secret(), String::new()] {
        assert_eq!(app.lost(&id, &browser).await.as_deref(), Some("app"));
    }
    for unknown in [secret(), String::new(), "x".repeat(10_000)] {
        assert_eq!(app.lost(&unknown, &browser_token).await, None);
    }
    app.clock
        .advance(Duration::from_hours(23) - Duration::from_millis(1));
    assert_eq!(app.lost(&id, "").await.as_deref(), Some("app"));
    app.clock.advance(Duration::from_millis(1));
    assert_eq!(app.lost(&id, "").await, None);
}

#[tokio::test]
async fn an_answered_transaction_leads_back_once_it_is_gone() {
    let mut app = App::start().await;
    let (transaction, browser_token) = (app.transaction(), secret());
    let id = transaction.transaction_id.clone();
    app.add(&transaction, &browser_token).await;
    let answered = Transaction {
        version: 1,
        stage: Some(Stage::Answered(Answered {})),
        ..transaction
    };
    let request = UpdateTransactionRequest {
        transaction: Some(answered),
    };
    app.client.update_transaction(request).await.unwrap();
    assert_eq!(app.lost(&id, &browser_token).await, None);
    app.clock.advance(Duration::from_mins(2));
    assert_eq!(app.lost(&id, &browser_token).await.as_deref(), Some("app"));
}

#[tokio::test]
async fn a_request_that_claims_to_come_later_is_forgotten_no_later() {
    let mut app = App::start().await;
    let transaction = Transaction {
        created_at: app.in_seconds(1_000_000),
        expires_at: app.in_seconds(1_000_000),
        ..app.transaction()
    };
    app.add(&transaction, &secret()).await;
    app.clock.advance(Duration::from_hours(24));
    assert_eq!(app.lost(&transaction.transaction_id, "").await, None);
}

#[tokio::test]
async fn a_transaction_names_its_application() {
    let mut app = App::start().await;
    for client_id in [String::new(), "x".repeat(256)] {
        let request = AddTransactionRequest {
            client_id,
            ..add_transaction(app.transaction(), &secret())
        };
        let refused = refusal(app.client.add_transaction(request).await);
        assert_eq!(refused, Some(ErrorReason::InvalidField));
    }
    let request = AddTransactionRequest {
        client_id: "x".repeat(255),
        ..add_transaction(app.transaction(), &secret())
    };
    assert!(app.client.add_transaction(request).await.is_ok());
}

#[tokio::test]
async fn what_there_is_no_room_for_is_refused_by_name() {
    let budget = BudgetConfig {
        transactions_percent: 1,
        access_tokens_percent: 1,
        max_bytes: Some(1024 * 1024),
        ..BudgetConfig::default()
    };
    let mut app = App::start_within(&budget).await;
    let request = add_transaction(app.transaction(), &secret());
    let refused = refusal(app.client.add_transaction(request).await);
    assert_eq!(refused, Some(ErrorReason::StoreFull));
    let request = AddAccessTokenRequest {
        token: secret(),
        access_token: Some(AccessToken {
            user_id: "auth0|alice".to_owned(),
            client_id: "app".to_owned(),
            expires_at: app.in_seconds(60),
            ..AccessToken::default()
        }),
    };
    let refused = refusal(app.client.add_access_token(request).await);
    assert_eq!(refused, Some(ErrorReason::StoreFull));
    // Sessions have no mark.
    app.open().await;
}

#[tokio::test]
async fn an_address_that_begins_too_many_is_refused_by_name() {
    let budget = BudgetConfig {
        transactions_per_address: 1,
        ..BudgetConfig::default()
    };
    let mut app = App::start_within(&budget).await;
    for expected in [None, Some(ErrorReason::TooManyTransactions)] {
        let request = add_transaction(app.transaction(), &secret());
        let answer = app.client.add_transaction(request).await;
        assert_eq!(answer.err().and_then(|status| reason_of(&status)), expected);
    }
}

#[tokio::test]
async fn a_guessable_transaction_id_is_refused() {
    let mut app = App::start().await;
    for (transaction_id, browser_token) in [("1", secret()), (&secret(), String::new())] {
        let transaction = Transaction {
            transaction_id: transaction_id.to_owned(),
            ..app.transaction()
        };
        let request = add_transaction(transaction, &browser_token);
        let refused = refusal(app.client.add_transaction(request).await);
        assert_eq!(refused, Some(ErrorReason::InvalidField));
    }
}

#[tokio::test]
async fn an_access_token_is_found_until_it_expires() {
    let mut app = App::start().await;
    let (token, access_token) = (
        secret(),
        AccessToken {
            user_id: "auth0|alice".to_owned(),
            client_id: "app".to_owned(),
            scopes: vec!["openid".to_owned()],
            expires_at: app.in_seconds(60),
            organization_id: "org_acme".to_owned(),
        },
    );
    let request = AddAccessTokenRequest {
        token: token.clone(),
        access_token: Some(access_token.clone()),
    };
    app.client.add_access_token(request.clone()).await.unwrap();
    let again = app.client.add_access_token(request).await;
    assert_eq!(refusal(again), Some(ErrorReason::InvalidField));
    let ask = |token: &str| FindAccessTokenRequest {
        token: token.to_owned(),
    };
    let found = app
        .client
        .find_access_token(ask(&token))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(found.access_token, Some(access_token));
    for unknown in ["", "short", &secret(), &"x".repeat(10_000)] {
        let found = app
            .client
            .find_access_token(ask(unknown))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(found.access_token, None);
    }
    app.clock.advance(Duration::from_mins(1));
    let found = app
        .client
        .find_access_token(ask(&token))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(found.access_token, None);
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_neither_yes_nor_no() {
    let port = doorward_test_support::free_port();
    let config = crate::RedisConfig::new(format!("redis://127.0.0.1:{port}/"));
    let store = crate::open_redis(&BudgetConfig::default(), &config)
        .await
        .unwrap();
    let routes = crate::routes(Arc::new(store), FakeClock::start());
    let channel = grpc::in_memory(routes, Shutdown::new());
    let token = "x".repeat(54);
    let answer = SessionServiceClient::new(channel)
        .resolve_session(session_use(&token))
        .await;
    assert_eq!(refusal(answer), Some(ErrorReason::StoreUnavailable));
}
