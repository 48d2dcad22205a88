//! The outcomes of the security tests, checked in one place.

use std::time::{Duration, Instant};

use doorward_e2e::{Agent, Callback, PATIENCE, Page, Request};

use super::fixture::silent;

/// A page of our own that leads nowhere and gives nothing: a 4xx without `Location`, token or cookie.
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

/// An answer to a request that a browser has made ahead of time: it is thrown away, and has changed nothing.
#[track_caller]
pub(super) fn assert_thrown_away(page: &Page) {
    page.assert_error_page(503);
    assert_eq!(page.header("cache-control"), "no-store", "{page:?}");
    assert_eq!(page.header("set-cookie"), "", "{page:?}");
}

/// As [`assert_page`]; nothing of the request is markup, or a link.
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

/// An error at the callback of the request, in the fragment where the request is implicit, with its `state` and nothing
/// else.
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

/// Whether a token was asked for, even if in a way that cannot be understood.
fn is_implicit(request: &Request) -> bool {
    let sent = request.parameters().iter();
    let response_types = sent.filter(|(name, _)| name == "response_type");
    let mut words = response_types.flat_map(|(_, value)| value.split(' '));
    words.any(|word| ["token", "id_token"].contains(&word.to_ascii_lowercase().as_str()))
}

/// What is to be echoed: `state`, unless nobody can know which one is meant.
fn state(request: &Request) -> Option<&str> {
    let sent = request.parameters().iter();
    let count = sent.filter(|(name, _)| name == "state").count();
    request.get("state").filter(|_| count == 1)
}

/// The request was granted at exactly that address, byte for byte.
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

/// The session of this browser is still good.
pub(super) async fn assert_session_good(agent: &Agent) {
    let answer = agent.authorize(&silent("token")).await.callback();
    assert!(answer.find("access_token").is_some(), "{answer:?}");
}

/// The session of this browser is found good once the store is heard of again, and until then nobody says that it is not.
pub(super) async fn assert_session_survived(agent: &Agent) {
    assert_known_at_last(agent, |answer| answer.find("access_token").is_some()).await;
}

/// The session of this browser is found dead once the store is heard of again, and until then nobody gets a token.
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

/// This browser has no session, or one that is dead.
pub(super) async fn assert_session_dead(agent: &Agent) {
    let request = silent("token");
    assert_refused(&agent.authorize(&request).await, &request, "login_required");
}
