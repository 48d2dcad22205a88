//! The targets of logouts.

use doorward_proto::client_registry::v1::TenantPatch;

use super::{BYE, OF_TENANT, SPA, alice, asks, choose, hint, is_signed_in, logout, sid, uri};
use crate::TestApp;
use crate::browser::assert_signed_out;
use crate::tenant::{apply_settings, list};

const OF_PARTNER: &str = "https://partner.example.test/bye?from=us";
const NOT_REGISTERED: &str = "is not defined as a valid URL in";

/// Without a session there is no question, so only the lists count.
#[tokio::test]
async fn which_list() {
    let app = TestApp::start().await;
    let (_, of_alice) = alice(&app).await;
    let hinted = hint(&of_alice.id_token);
    let preview = "https://pr-7.preview.example.test/bye";
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[SPA, uri(BYE)], BYE),
        (&[SPA, hinted, uri(BYE)], BYE),
        (&[hinted, uri(BYE)], BYE),
        (&[hinted, uri(OF_TENANT)], OF_TENANT),
        (&[uri(OF_TENANT)], OF_TENANT),
        (&[sid("sid"), uri(OF_TENANT)], OF_TENANT),
        (&[("client_id", "partner"), uri(OF_PARTNER)], OF_PARTNER),
        (&[("client_id", "wildcard"), uri(preview)], preview),
        (&[("client_id", "unknown"), uri(OF_TENANT)], OF_TENANT),
        // The first URL of the named application, unless it has a placeholder.
        (&[SPA], BYE),
        (&[SPA, hinted], BYE),
        (&[SPA, ("federated", "")], BYE),
        (&[SPA, uri("")], BYE),
        (&[hinted], ""),
        (&[("client_id", "wildcard")], ""),
        (&[("client_id", "unknown")], ""),
        (&[], ""),
    ];
    for (params, location) in cases {
        let answer = app.browser().get(&logout(params)).await;
        assert_signed_out(&answer, location, params);
    }
}

#[tokio::test]
async fn sec_204_to_206_not_on_the_list() {
    let app = TestApp::start().await;
    let (_, of_alice) = alice(&app).await;
    let hinted = hint(&of_alice.id_token);
    let cases: &[&[(&str, &str)]] = &[
        &[SPA, uri("https://evil.test/bye")],
        &[SPA, uri("//evil.test")],
        &[SPA, uri("/\\evil.test")],
        &[SPA, uri("https:evil.test")],
        &[SPA, uri("javascript:alert(1)")],
        // The whole URL is compared.
        &[SPA, uri("https://app.example.test/bye?a=b")],
        &[SPA, uri("https://app.example.test/bye#a")],
        &[uri("https://example.test/signed-out?a=b")],
        // A URL of another application, or of one that the request does not name.
        &[SPA, uri(OF_PARTNER)],
        &[hinted, uri(OF_PARTNER)],
        &[uri(BYE)],
        &[sid(&of_alice.sid), uri(BYE)],
        &[("client_id", "unknown"), uri(BYE)],
        &[SPA, uri(OF_TENANT)],
    ];
    for params in cases {
        let answer = app.browser().get(&logout(params)).await;
        answer.assert_page(400, NOT_REGISTERED);
        assert!(!answer.body.contains("href=\"https://evil"), "{params:?}");
    }
}

/// With the proof that the request is about this session, the session ends; without it, the error comes without a
/// question.
#[tokio::test]
async fn the_session_after_a_wrong_address() {
    let app = TestApp::start().await;
    let wrong = uri("https://evil.test/");
    let (mut browser, of_alice) = alice(&app).await;
    let unproved = browser.get(&logout(&[wrong])).await;
    unproved.assert_page(400, NOT_REGISTERED);
    assert!(is_signed_in(&browser).await);
    let thief = browser.clone();
    let proved = browser
        .get(&logout(&[hint(&of_alice.id_token), wrong]))
        .await;
    proved.assert_page(400, NOT_REGISTERED);
    assert!(!is_signed_in(&thief).await);
}

/// The URL is unregistered while the page is open: a yes signs the user out, without a redirect.
#[tokio::test]
async fn the_list_counts_when_the_answer_comes() {
    let mut app = TestApp::start().await;
    let (cookies, page) = {
        let (mut browser, _) = alice(&app).await;
        let page = browser.get(&logout(&[uri(OF_TENANT)])).await;
        (browser.cookies, page)
    };
    assert!(asks(&page));
    let settings = TenantPatch {
        allowed_logout_urls: Some(list(&[])),
        ..TenantPatch::default()
    };
    apply_settings(settings, &app.channels).await;
    app.restart();
    let mut browser = app.browser();
    browser.cookies = cookies;
    let thief = browser.clone();
    let answer = choose(&mut browser, &page, "accept").await;
    answer.assert_page(400, NOT_REGISTERED);
    assert!(!is_signed_in(&thief).await);
}

#[tokio::test]
async fn state_comes_back() {
    let app = TestApp::start().await;
    let state = ("state", "a b&c=#é\r\n");
    let encoded = "state=a%20b%26c%3D%23%C3%A9%0D%0A";
    for (client_id, expected) in [
        ("spa", format!("{BYE}?{encoded}")),
        ("partner", format!("{OF_PARTNER}&{encoded}")),
        ("wildcard", String::new()),
    ] {
        let target = logout(&[("client_id", client_id), state]);
        let answer = app.browser().get(&target).await;
        assert_eq!(answer.location(), expected);
    }
}
