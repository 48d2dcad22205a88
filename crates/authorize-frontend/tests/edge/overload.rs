//! More requests than may be worked on at a time: which of them are refused, and how.

use std::collections::BTreeMap;
use std::time::Duration;

use doorward_authorize_frontend::{Channels, Patience};
use futures::future::{BoxFuture, FutureExt};
use futures::poll;

use crate::browser::{Answer, Browser};
use crate::late::Slow;
use crate::tenant::{ACME, ALICE, CALLBACK};
use crate::{TestApp, authorize};

/// Requests that may be worked on at a time. Half of them may be sign-ups, three quarters may be pages, and as many
/// may be of the application that has most.
const MAX: usize = 16;
/// No request ends while the test runs.
const LONG: Patience = Patience {
    call: Duration::from_mins(5),
    silent: Duration::from_mins(5),
    page: Duration::from_mins(5),
    password: Duration::from_mins(5),
};
const SILENT: (&str, &str) = ("prompt", "none");
const OTHER: [(&str, &str); 2] = [
    ("client_id", "granted"),
    ("redirect_uri", "https://granted.example.test/cb"),
];

/// An app with room for [`MAX`] requests, whose first lookups of a session never end, and a signed-in user.
async fn app(hanging: usize) -> (TestApp, Slow, BTreeMap<String, String>) {
    let mut app = TestApp::start().await;
    let cookies = {
        let mut alice = app.browser();
        alice.sign_in(&authorize(&[]), ALICE).await;
        alice.cookies
    };
    let slow = Slow::new("/ResolveSession", hanging);
    app.channels = Channels {
        session: slow.before(&app.channels.session),
        patience: LONG,
        ..app.channels.clone()
    };
    app.max_requests = Some(MAX);
    app.restart();
    (app, slow, cookies)
}

/// Sends requests until so many wait for `session`. Dropped, they are given up.
async fn hold<'a>(
    count: usize,
    target: &str,
    alice: &Browser<'a>,
    slow: &Slow,
) -> Vec<BoxFuture<'a, Answer>> {
    let before = slow.called();
    let requests = (0..count).map(|_| {
        let (mut alice, target) = (alice.clone(), target.to_owned());
        async move { alice.get(&target).await }.boxed()
    });
    let mut requests: Vec<_> = requests.collect();
    while slow.called() < before + count {
        for request in &mut requests {
            assert!(poll!(request).is_pending());
        }
        tokio::task::yield_now().await;
    }
    requests
}

fn silent(changes: &[(&str, &str)]) -> String {
    authorize(&[&[SILENT], changes].concat())
}

#[tokio::test]
async fn rel_39_sign_ups_then_pages_then_silent_requests_are_refused() {
    let (app, slow, cookies) = app(MAX).await;
    let mut alice = app.browser();
    alice.cookies = cookies;
    let eight = hold(8, &silent(&[]), &alice, &slow).await;
    for target in ["/u/signup", "/u/invitation", "/u/invitation/start"] {
        assert_refused_page(&alice.get(target).await);
    }
    for target in ["/u/login/identifier", "/u/consent"] {
        let page = alice.clone().get(target).await;
        assert_ne!(page.status, 503, "{target}");
    }
    let four = hold(4, &silent(&[]), &alice, &slow).await;
    for target in ["/u/login/identifier", "/u/consent", "/u/sessions"] {
        assert_refused_page(&alice.get(target).await);
    }
    assert_eq!(alice.get("/userinfo").await.status, 401);
    let last = hold(4, &silent(&OTHER), &alice, &slow).await;
    let refused = alice.get("/userinfo").await;
    assert_eq!(refused.status, 503);
    assert_retry_after(&refused);
    assert!(refused.body.contains("\"temporarily_unavailable\""));
    for target in [silent(&OTHER), authorize(&OTHER)] {
        let refused = alice.get(&target).await;
        assert_eq!(refused.error(), "temporarily_unavailable", "{target}");
    }
    for target in [
        "/.well-known/jwks.json",
        "/.well-known/openid-configuration",
        "/u/assets/style.css",
        "/u/logout",
        "/oidc/logout",
        "/v2/logout",
    ] {
        let answer = app.browser().get(target).await;
        assert_ne!(answer.status, 503, "{target}");
    }
    drop((eight, four, last));
    let answer = alice.get(&silent(&[])).await;
    assert!(answer.parameter("id_token").is_some(), "{answer:?}");
}

#[tokio::test]
async fn rel_41_the_application_with_most_requests_is_refused_first() {
    let (app, slow, cookies) = app(12).await;
    let mut alice = app.browser();
    alice.cookies = cookies;
    let _noisy = hold(12, &silent(&[]), &alice, &slow).await;
    let refused = alice.get(&silent(&[])).await;
    assert!(refused.location().starts_with(CALLBACK));
    assert_eq!(refused.error(), "temporarily_unavailable");
    assert_eq!(refused.parameter("state").unwrap(), "a+b &#/é");
    assert!(!refused.headers.contains_key("set-cookie"));
    let answer = alice.get(&silent(&OTHER)).await;
    assert!(answer.parameter("id_token").is_some(), "{answer:?}");
}

#[tokio::test]
async fn rel_41_an_organization_leaves_room_for_others() {
    let organization = |name| silent(&[("organization", name)]);
    let (app, slow, cookies) = app(8).await;
    let mut alice = app.browser();
    alice.cookies = cookies;
    let _noisy = hold(8, &organization(ACME), &alice, &slow).await;
    let refused = alice.get(&organization(ACME)).await;
    assert_eq!(refused.error(), "temporarily_unavailable");
    let answer = alice.get(&silent(&[])).await;
    assert!(answer.parameter("id_token").is_some(), "{answer:?}");
}

#[track_caller]
fn assert_refused_page(page: &Answer) {
    page.assert_page(503, "temporarily_unavailable");
    assert_retry_after(page);
}

#[track_caller]
fn assert_retry_after(answer: &Answer) {
    let seconds = answer.headers["retry-after"].to_str().unwrap();
    assert!((1..=5).contains(&seconds.parse().unwrap()), "{seconds}");
}
