//! Valid requests, and the proof that a request is about this session.

use std::time::Duration;

use axum::body::Body;
use doorward_proto::client_registry::v1::TenantPatch;
use http::Request;
use http::header::CONTENT_TYPE;

use super::{BYE, SESSION, SPA, alice, asks, hint, is_signed_in, logout, sid, sign_in, uri};
use crate::tenant::{API, BOB, apply_settings};
use crate::{Answer, Backend, TestApp, authorize};

#[tokio::test]
async fn sec_207_asked_unless_it_is_about_this_session() {
    let app = TestApp::start().await;
    let (_, of_bob) = sign_in(&app, BOB).await;
    let (_, elsewhere) = alice(&app).await;
    for by_token in [true, false] {
        let (browser, here) = alice(&app).await;
        let unproved: &[&[(&str, &str)]] = &[
            &[],
            &[SPA],
            &[hint(&of_bob.id_token)],
            &[hint(&elsewhere.id_token), SPA],
            &[sid(&of_bob.sid)],
            &[sid("nonsense"), SPA],
        ];
        for params in unproved {
            let mut browser = browser.clone();
            let answer = browser.get(&logout(params)).await;
            assert!(asks(&answer), "{params:?} {answer:?}");
            assert!(is_signed_in(&browser).await, "{params:?}");
        }
        let proof = if by_token {
            hint(&here.id_token)
        } else {
            sid(&here.sid)
        };
        let answer = browser.clone().get(&logout(&[proof, SPA])).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (302, BYE));
        let line = answer.headers["set-cookie"].to_str().unwrap();
        assert!(line.starts_with(SESSION) && line.contains("Max-Age=0"));
        assert!(!is_signed_in(&browser).await, "for a copied cookie as well");
        let answer = browser.clone().get(&logout(&[SPA])).await;
        assert_eq!(answer.location(), BYE, "nobody is there to be asked");
    }
}

/// The tenant can switch the question off; contradictions are still refused.
#[tokio::test]
async fn the_prompt_can_be_switched_off() {
    let mut app = TestApp::start().await;
    do_not_ask(&mut app).await;
    let (_, of_bob) = sign_in(&app, BOB).await;
    for params in [vec![], vec![SPA], vec![hint(&of_bob.id_token)]] {
        let (mut browser, _) = alice(&app).await;
        let thief = browser.clone();
        let answer = browser.get(&logout(&params)).await;
        assert!(!asks(&answer) && answer.status.as_u16() < 400, "{answer:?}");
        assert!(!is_signed_in(&thief).await, "{params:?}");
    }
    let (mut browser, _) = alice(&app).await;
    let answer = browser
        .get(&logout(&[hint(&of_bob.id_token), ("client_id", "partner")]))
        .await;
    answer.assert_page(400, "client_id is not the application of id_token_hint");
    assert!(is_signed_in(&browser).await);
}

#[tokio::test]
async fn what_contradicts_itself_is_refused() {
    let app = TestApp::start().await;
    let (mut browser, here) = alice(&app).await;
    let api = authorize(&[("audience", API), ("prompt", "none")]);
    let jwt_access_token = browser.get(&api).await.parameter("access_token").unwrap();
    let forged = here.id_token.replace('.', "A.");
    let (head, _) = here.id_token.rsplit_once('.').unwrap();
    let unsigned = format!("{head}.");
    let good = hint(&here.id_token);
    let invalid = "id_token_hint is invalid";
    let cases: &[(&[(&str, &str)], &str)] = &[
        (
            &[good, ("client_id", "partner")],
            "client_id is not the application of id_token_hint",
        ),
        (
            &[good, ("logout_hint", "nonsense")],
            "logout_hint is not the session of id_token_hint",
        ),
        (&[hint("nonsense")], invalid),
        (&[hint(&forged)], invalid),
        (&[hint(&unsigned)], invalid),
        (&[hint(&here.access_token)], invalid),
        (&[hint(&jwt_access_token)], invalid),
        (&[good, good], "Duplicate parameter: id_token_hint"),
        (
            &[("state", "a"), ("state", "a")],
            "Duplicate parameter: state",
        ),
        (
            &[("client_id", "strict")],
            "Logout is not allowed for this client",
        ),
        (&[good, ("state", "\0")], "The request is not valid UTF-8"),
    ];
    for (params, text) in cases {
        let answer = browser.get(&logout(params)).await;
        answer.assert_page(400, text);
        assert!(is_signed_in(&browser).await, "{params:?}");
    }
    let long = "a".repeat(9_000);
    let answer = browser.post("/oidc/logout", &[("state", &long)]).await;
    answer.assert_page(400, "Too long parameters");
}

/// An expired hint is accepted: hints are most useful when token and session are old.
#[tokio::test]
async fn an_expired_hint_is_a_hint() {
    let app = TestApp::start().await;
    let (mut browser, of_alice) = alice(&app).await;
    app.clock.advance(Duration::from_secs(400_000));
    assert_eq!(
        browser
            .get(&logout(&[hint(&of_alice.id_token), uri(BYE)]))
            .await
            .location(),
        BYE
    );
}

#[tokio::test]
async fn a_form_is_read_and_its_query_is_not() {
    let app = TestApp::start().await;
    let (mut browser, here) = alice(&app).await;
    let ignored = logout(&[hint(&here.id_token), ("client_id", "partner")]);
    let answer = browser.post(&ignored, &[]).await;
    assert!(asks(&answer), "{answer:?}");
    let json = Request::post("/oidc/logout").header(CONTENT_TYPE, "application/json");
    let answer = browser.send(json.body(Body::from("{}")).unwrap()).await;
    answer.assert_page(415, "invalid_request: ");
    assert!(is_signed_in(&browser).await);
    let sent = [hint(&here.id_token), uri(BYE), ("federated", "false")];
    let answer = browser.post(&ignored, &sent).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (302, BYE));
    let head = Request::head("/oidc/logout").body(Body::empty()).unwrap();
    assert_eq!(browser.send(head).await.status, 405);
}

#[tokio::test]
async fn sec_208_no_image_signs_anybody_out() {
    let app = TestApp::start().await;
    let (mut browser, here) = alice(&app).await;
    let target = logout(&[hint(&here.id_token)]);
    for destination in ["image", "iframe", "empty"] {
        for request in [
            Request::get(&target),
            Request::post("/oidc/logout"),
            Request::post("/u/logout"),
        ] {
            let request = request
                .header("sec-fetch-dest", destination)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            let answer = browser.send(request.body(Body::empty()).unwrap()).await;
            answer.assert_page(400, "A logout must be opened as a page");
        }
    }
    assert!(is_signed_in(&browser).await);
}

/// A logout that may have failed is not reported as a success.
#[tokio::test]
async fn sec_211_the_store_is_gone() {
    let app = TestApp::start().await;
    let (mut browser, here) = alice(&app).await;
    let page = browser.get(&logout(&[])).await;
    app.kill(Backend::Session);
    unavailable(&browser.get(&logout(&[])).await);
    unavailable(&browser.get(&logout(&[hint(&here.id_token)])).await);
    for action in ["accept", "deny"] {
        unavailable(&super::choose(&mut browser, &page, action).await);
    }
    let nobody = app.browser().get(&logout(&[])).await;
    nobody.assert_page(200, "You are signed out");
}

/// Without the question, the store is needed only to end the session.
#[tokio::test]
async fn sec_211_the_store_is_gone_and_nobody_is_asked() {
    let mut app = TestApp::start().await;
    do_not_ask(&mut app).await;
    let (mut browser, _) = alice(&app).await;
    app.kill(Backend::Session);
    for params in [vec![], vec![SPA]] {
        unavailable(&browser.get(&logout(&params)).await);
    }
}

#[track_caller]
fn unavailable(answer: &Answer) {
    answer.assert_page(503, "temporarily_unavailable: ");
    assert!(!answer.headers.contains_key("set-cookie"));
    assert!(answer.headers.contains_key("retry-after"));
}

async fn do_not_ask(app: &mut TestApp) {
    let settings = TenantPatch {
        oidc_logout_prompt_enabled: Some(false),
        ..TenantPatch::default()
    };
    apply_settings(settings, &app.channels).await;
    app.restart();
}

#[tokio::test]
async fn discovery_names_it_where_the_tenant_wants_it() {
    let mut app = TestApp::start().await;
    for named in [true, false] {
        let settings = TenantPatch {
            rp_logout_end_session_endpoint_discovery: Some(named),
            ..TenantPatch::default()
        };
        if !named {
            apply_settings(settings, &app.channels).await;
            app.restart();
        }
        let metadata = app.browser().get("/.well-known/openid-configuration").await;
        let told = "\"end_session_endpoint\":\"https://auth.example.test/oidc/logout\"";
        assert_eq!(metadata.body.contains(told), named, "{}", metadata.body);
        assert_eq!(metadata.body.contains("end_session_endpoint"), named);
    }
}
