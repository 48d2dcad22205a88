//! Outages of the store: no page claims that a user is signed out, or that a change was made.

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use doorward_authorize_frontend::Channels;
use doorward_service_kit::Shutdown;
use doorward_service_kit::grpc::{Channel, in_memory};
use http::Request;
use tonic::Status;
use tonic::service::Routes;
use tower::{Service, ServiceExt};

use super::{NOBODY, PAGE, is_signed_in, revoke, revoke_others, sid_of, two};
use crate::{Answer, Backend, Browser, TestApp};

fn assert_unavailable(answer: &Answer) {
    answer.assert_page(503, "temporarily_unavailable: ");
    assert!(answer.headers.contains_key("retry-after"));
    assert!(!answer.headers.contains_key("set-cookie"));
    for claim in [NOBODY, "You are signed out", "Nothing was changed"] {
        assert!(!answer.body.contains(claim), "{}", answer.body);
    }
}

#[tokio::test]
async fn the_session_service_is_gone() {
    let app = TestApp::start().await;
    let (mut here, _, page, sid) = two(&app).await;
    app.kill(Backend::Session);
    assert_unavailable(&here.get(PAGE).await);
    assert_unavailable(&revoke(&mut here, &page, &sid).await);
    assert_unavailable(&revoke_others(&mut here, &page).await);
}

/// Forwards every call except one.
async fn without(call: &'static str, mut backend: Channel, request: Request<Body>) -> Response {
    if request.uri().path().ends_with(call) {
        return Status::unavailable("lost").into_http();
    }
    let backend = backend.ready().await.unwrap();
    let answer = backend.call(request.map(tonic::body::Body::new)).await;
    answer.unwrap().map(Body::new)
}

fn refusing(call: &'static str, backend: &Channel) -> Channel {
    let backend = backend.clone();
    let router = Router::new()
        .fallback(async move |request: Request<Body>| without(call, backend, request).await);
    in_memory(Routes::from(router), Shutdown::new())
}

/// A browser with the page, at a frontend with one failing call.
async fn at_an_edge_without<'a>(call: &'static str, app: &'a mut TestApp) -> (Browser<'a>, Answer) {
    let (here, _, page, _) = two(app).await;
    let cookies = here.cookies;
    app.channels = Channels {
        session: refusing(call, &app.channels.session),
        client_registry: refusing(call, &app.channels.client_registry),
        ..app.channels.clone()
    };
    app.restart();
    let mut here = app.browser();
    here.cookies = cookies;
    (here, page)
}

/// SEC-211: the page claims no unconfirmed change.
#[tokio::test]
async fn a_list_or_a_sign_out_is_not_confirmed() {
    let mut app = TestApp::start().await;
    let (mut here, page) = at_an_edge_without("/RevokeSessions", &mut app).await;
    let sid = sid_of(&page, "Firefox on Windows");
    assert_unavailable(&revoke(&mut here, &page, &sid).await);
    assert_unavailable(&revoke_others(&mut here, &page).await);

    let mut app = TestApp::start().await;
    let (mut here, page) = at_an_edge_without("/EndSession", &mut app).await;
    let own = sid_of(&page, "This browser");
    assert_unavailable(&revoke(&mut here, &page, &own).await);
    assert!(is_signed_in(&here).await);

    let mut app = TestApp::start().await;
    let (mut here, _) = at_an_edge_without("/ListSessions", &mut app).await;
    assert_unavailable(&here.get(PAGE).await);
}

/// During an outage of the registry, an application is not treated as deleted.
#[tokio::test]
async fn an_application_is_not_looked_up() {
    let mut app = TestApp::start().await;
    let (mut here, _) = at_an_edge_without("/FindClient", &mut app).await;
    assert_unavailable(&here.get(PAGE).await);
}
