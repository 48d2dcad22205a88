//! Checks of the outcomes of security tests.

use std::time::{Duration, Instant};

use doorward_e2e::{Agent, Callback, PATIENCE, Page, Request};

use super::fixture::silent;

/// Checks for a refusal on a page: a 4xx status without `Location`, token or cookie.
#[track_caller]
pub(super) fn assert_page(page: &Page) {
    assert!(page.status.is_client_error(), "{page:?}");
    assert_eq!(page.location(), None, "{page:?}");
    for header in ["refresh", "set-cookie"] {
        assert_eq!(page.header(header), "", "{page:?}");
    }
    let html = "text/html; charset=utf-8";
    assert_eq!(page.header("content-type"), html, "{page:?}");
    for gift in ["access_token=", "id_token=", "code=", "<form", "<script"] {
        assert!(!page.body.contains(gift), "{gift}: {page:?}");
    }
}

/// Checks the response to a speculative request: status 503, without any change.
#[track_caller]
pub(super) fn assert_thrown_away(page: &Page) {
    page.assert_error_page(503);
    assert_eq!(page.header("cache-control"), "no-store", "{page:?}");
    assert_eq!(page.header("set-cookie"), "", "{page:?}");
}

/// Like [`assert_page`]; also checks that no value of the request is markup or a link.
#[track_caller]
pub(super) fn assert_page_for(page: &Page, request: &Request) {
    assert_page(page);
    for (name, value) in request.parameters() {
        let is_markup = value.contains(['<', '>', '"']);
        assert!(
            !is_markup || !page.body.contains(value.as_str()),
            "{name}: {page:?}"
        );
        for attribute in ["href", "src", "action", "content"] {
            let link = format!("{attribute}=\"{value}");
            assert!(
                value.is_empty() || !page.body.contains(&link),
                "{name}: {page:?}"
            );
        }
    }
}

/// Checks for an error at the callback, in the fragment if the request is implicit, with `state` and nothing else.
#[track_caller]
pub(super) fn assert_refused(page: &Page, request: &Request, error: &str) -> Callback {
    let answer = page.callback();
    assert_eq!(answer.get("error"), error, "{request:?} {page:?}");
    let redirect_uri = request.get("redirect_uri").unwrap_or_default();
    let without_fragment = redirect_uri.split('#').next();
    assert_eq!(Some(answer.redirect_uri.as_str()), without_fragment);
    assert_eq!(answer.in_fragment, is_implicit(request), "{page:?}");
    assert_eq!(answer.find("state"), state(request), "{page:?}");
    let mut names = answer.names();
    names.retain(|name| *name != "state");
    assert_eq!(names, ["error", "error_description"], "{page:?}");
    answer
}

/// Whether the request asks for a token, also in an invalid way.
fn is_implicit(request: &Request) -> bool {
    let sent = request.parameters().iter();
    let response_types = sent.filter(|(name, _)| name == "response_type");
    let mut words = response_types.flat_map(|(_, value)| value.split(' '));
    words.any(|word| ["token", "id_token"].contains(&word.to_ascii_lowercase().as_str()))
}

/// The expected `state`; `None` if the request has several.
fn state(request: &Request) -> Option<&str> {
    let sent = request.parameters().iter();
    let count = sent.filter(|(name, _)| name == "state").count();
    request.get("state").filter(|_| count == 1)
}

/// Checks that the request was granted at exactly this callback, byte for byte.
#[track_caller]
pub(super) fn assert_granted_at(page: &Page, redirect_uri: &str) -> Callback {
    let location = page.header("location");
    let rest = location.strip_prefix(redirect_uri);
    let in_fragment = rest.is_some_and(|rest| rest.starts_with('#'));
    assert!(in_fragment, "{redirect_uri} was expected: {page:?}");
    let answer = page.callback();
    let granted = ["access_token", "id_token"].map(|name| answer.find(name).is_some());
    assert_ne!(granted, [false, false], "{page:?}");
    answer
}

/// Checks that the browser's session is live.
pub(super) async fn assert_session_good(agent: &Agent) {
    let answer = agent.authorize(&silent("token")).await.callback();
    assert!(answer.find("access_token").is_some(), "{answer:?}");
}

/// Checks that the browser's session is live once the store answers again, and that every answer before reports an
/// outage.
pub(super) async fn assert_session_survived(agent: &Agent) {
    assert_known_at_last(agent, |answer| answer.find("access_token").is_some()).await;
}

/// Checks that the browser's session has ended once the store answers again, and that no answer before has a token.
pub(super) async fn assert_session_found_dead(agent: &Agent) {
    assert_known_at_last(agent, |answer| {
        answer.find("error") == Some("login_required")
    })
    .await;
}

async fn assert_known_at_last(agent: &Agent, is_known: impl Fn(&Callback) -> bool) {
    let request = silent("token");
    let begin = Instant::now();
    loop {
        let page = agent.authorize(&request).await;
        if is_known(&page.callback()) {
            return;
        }
        assert_refused(&page, &request, "temporarily_unavailable");
        assert!(begin.elapsed() < PATIENCE, "still {page:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Checks that the browser has no live session.
pub(super) async fn assert_session_dead(agent: &Agent) {
    let request = silent("token");
    assert_refused(&agent.authorize(&request).await, &request, "login_required");
}
