//! The language of the pages.

use axum::body::Body;
use doorward_proto::client_registry::v1::TenantPatch;
use http::Request;
use http::header::ACCEPT_LANGUAGE;

use crate::tenant::{apply_settings, list};
use crate::{TestApp, authorize};

async fn language(app: &TestApp, target: &str, accepted: &str) -> String {
    let mut browser = app.browser();
    let mut target = target.to_owned();
    loop {
        let request = Request::get(&target).header(ACCEPT_LANGUAGE, accepted);
        let answer = browser.send(request.body(Body::empty()).unwrap()).await;
        if answer.location().is_empty() {
            let (_, rest) = answer.body.split_once("<html lang=\"").unwrap();
            return rest.split('"').next().unwrap().to_owned();
        }
        answer.location().clone_into(&mut target);
    }
}

#[tokio::test]
async fn what_is_asked_for_what_is_preferred_what_is_there() {
    let cases: &[(&[&str], &str, &str, &str)] = &[
        (&[], "", "", "en"),
        (&[], "ja", "en", "ja"),
        (&[], "ja-JP en", "en", "ja"),
        (&[], "fr ja", "en", "en"),
        (&[], "", "ja", "ja"),
        (&[], "../../etc/passwd", "ja;q=0.5", "ja"),
        (&["ja", "en"], "", "", "ja"),
        (&["ja"], "en", "en", "ja"),
        (&["en"], "ja", "ja", "en"),
    ];
    for (enabled, ui_locales, accepted, expected) in cases {
        let mut app = TestApp::start().await;
        let settings = TenantPatch {
            enabled_locales: Some(list(enabled)),
            ..TenantPatch::default()
        };
        apply_settings(settings, &app.channels).await;
        app.restart();
        let sign_in = authorize(&[("ui_locales", ui_locales)]);
        let error = authorize(&[("ui_locales", ui_locales), ("client_id", "nope")]);
        for target in [sign_in, error] {
            let language = language(&app, &target, accepted).await;
            assert_eq!(&language, expected, "{enabled:?} {target} {accepted}");
        }
    }
}

/// The page of `form_post` has a button for browsers without scripts.
#[tokio::test]
async fn the_answer_page() {
    let app = TestApp::start().await;
    let changes = [
        ("prompt", "none"),
        ("response_mode", "form_post"),
        ("ui_locales", "ja"),
    ];
    let answer = app.browser().get(&authorize(&changes)).await;
    assert!(answer.body.contains("続ける"), "{}", answer.body);
}

/// Errors in the middle of a sign-in keep its language.
#[tokio::test]
async fn the_choice_is_kept() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let page = browser.open(&authorize(&[("ui_locales", "ja")])).await;
    let fields = [("state", page.field("state")), ("username", "a")];
    let forged = browser.post("/u/login/identifier", &fields).await;
    assert_eq!(forged.status, 403);
    assert!(
        forged.body.contains("<html lang=\"ja\">"),
        "{}",
        forged.body
    );
}
