//! The first request of a frontend that has just started, whose caches are empty.

use http::Request;

use crate::tenant::ALICE;
use crate::{TestApp, authorize};

/// The keys are asked for when the request comes before them.
#[tokio::test]
async fn serves_what_needs_the_keys() {
    let mut app = TestApp::start().await;
    let (cookies, answer) = {
        let mut alice = app.browser();
        let answer = alice.sign_in(&authorize(&[]), ALICE).await;
        (alice.cookies, answer)
    };
    let hint = answer.parameter("id_token").unwrap();
    let bearer = format!("Bearer {}", answer.parameter("access_token").unwrap());
    let silent = authorize(&[("prompt", "none"), ("id_token_hint", &hint)]);
    let logout = format!("/oidc/logout?id_token_hint={hint}");

    let keys = Request::get("/.well-known/jwks.json");
    let userinfo = Request::get("/userinfo").header("authorization", bearer);
    for (request, status) in [
        (keys, 200),
        (userinfo, 200),
        (Request::get(silent), 302),
        (Request::get(logout), 200),
    ] {
        app.restart();
        let mut alice = app.browser();
        alice.cookies = cookies.clone();
        let answer = alice
            .send(request.body(String::new().into()).unwrap())
            .await;
        assert_eq!(answer.status, status, "{answer:?}");
        if status == 302 {
            assert!(answer.parameter("id_token").is_some(), "{answer:?}");
        }
    }
}
