//! Late backends: one missing response has no effect if the call is safe to repeat, and nothing is done twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use doorward_authorize_frontend::{Channels, Patience};
use doorward_service_kit::Shutdown;
use doorward_service_kit::grpc::{Channel, in_memory};
use http::Request;
use tonic::service::Routes;
use tower::{Service, ServiceExt};

use crate::tenant::{ALICE, API, CALLBACK};
use crate::{Answer, TestApp, authorize};

const SILENT: (&str, &str) = ("prompt", "none");
/// The time limit of a call without a response, which is then repeated.
const CALL: Duration = Duration::from_millis(300);
/// A time limit that is long enough on a busy machine.
const ENOUGH: Duration = Duration::from_secs(30);

/// Delays the first calls of one method, and counts all its calls.
#[derive(Debug, Clone)]
pub(crate) struct Slow {
    method: &'static str,
    late: usize,
    called: Arc<AtomicUsize>,
}

impl Slow {
    pub(crate) fn new(method: &'static str, late: usize) -> Self {
        Self {
            method,
            late,
            called: Arc::default(),
        }
    }

    pub(crate) fn before(&self, backend: &Channel) -> Channel {
        let (slow, backend) = (self.clone(), backend.clone());
        let router = Router::new().fallback(async move |request: Request<Body>| {
            if request.uri().path().ends_with(slow.method)
                && slow.called.fetch_add(1, Ordering::SeqCst) < slow.late
            {
                std::future::pending::<()>().await;
            }
            let mut backend = backend.clone();
            let backend = backend.ready().await.unwrap();
            let answer = backend.call(request.map(tonic::body::Body::new)).await;
            answer.unwrap().map(Body::new)
        });
        in_memory(Routes::from(router), Shutdown::new())
    }

    pub(crate) fn called(&self) -> usize {
        self.called.load(Ordering::SeqCst)
    }
}

/// Sends a request of Alice, who is signed in, with slow backends.
async fn asked(slow: &Slow, patience: Patience, request: &str) -> Answer {
    let mut app = TestApp::start().await;
    let cookies = {
        let mut alice = app.browser();
        alice.sign_in(&authorize(&[]), ALICE).await;
        alice.cookies
    };
    app.channels = Channels {
        session: slow.before(&app.channels.session),
        token_signing: slow.before(&app.channels.token_signing),
        organization: slow.before(&app.channels.organization),
        patience,
        ..app.channels.clone()
    };
    app.restart();
    let mut alice = app.browser();
    alice.cookies = cookies;
    alice.get(request).await
}

fn patience(all: Duration) -> Patience {
    Patience {
        call: CALL,
        silent: all,
        page: all,
        password: all,
    }
}

#[tokio::test]
async fn one_late_answer_is_survived() {
    for method in ["/ResolveSession", "/SignTokens"] {
        let slow = Slow::new(method, 1);
        let request = authorize(&[SILENT, ("audience", API)]);
        let answer = asked(&slow, patience(ENOUGH), &request).await;
        assert_eq!(answer.error(), "", "{method}: {answer:?}");
        assert!(answer.parameter("id_token").is_some(), "{method}");
        assert_eq!(slow.called(), 2, "{method}");
    }
}

#[tokio::test]
async fn two_late_answers_are_not() {
    for method in ["/ResolveSession", "/SignTokens"] {
        let slow = Slow::new(method, 2);
        let request = authorize(&[SILENT, ("audience", API)]);
        let silent = Patience {
            silent: 8 * CALL,
            ..patience(ENOUGH)
        };
        let answer = asked(&slow, silent, &request).await;
        assert_eq!(answer.error(), "temporarily_unavailable", "{method}");
        assert!(answer.location().starts_with(CALLBACK));
        assert!(!answer.headers.contains_key("set-cookie"));
        assert_eq!(slow.called(), 2, "{method}");
    }
}

/// A transaction or an opaque token is written once, also if the response is late.
#[tokio::test]
async fn what_writes_is_not_repeated() {
    let new = authorize(&[("prompt", "login")]);
    let opaque = authorize(&[SILENT, ("response_type", "token")]);
    for (method, request) in [("/AddTransaction", new), ("/AddAccessToken", opaque)] {
        let slow = Slow::new(method, usize::MAX);
        let answer = asked(&slow, patience(10 * CALL), &request).await;
        assert_eq!(answer.error(), "temporarily_unavailable", "{method}");
        assert_eq!(slow.called(), 1, "{method}");
    }
}
