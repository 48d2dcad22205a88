//! Group A: redirects lead to registered callbacks only.

mod exact;
mod exceptions;
mod order;
mod registration;

use doorward_e2e::{Agent, Request};

use super::assertions::{assert_granted_at, assert_page_for};
use super::fixture::{of_client, post};

/// Checks that a request is refused on a page. It sends the request silently, as a query and as a form, from a browser
/// with a session.
async fn assert_mismatch(agent: &Agent, request: &Request) {
    let request = request.clone().with("prompt", "none");
    for page in [agent.authorize(&request).await, post(agent, &request).await] {
        assert_page_for(&page, &request);
    }
}

/// Checks that none of these is a callback of the client.
async fn assert_no_callbacks(agent: &Agent, client_id: &str, redirect_uris: &[&str]) {
    for redirect_uri in redirect_uris {
        assert_mismatch(agent, &of_client(client_id, redirect_uri, "token")).await;
    }
}

/// Checks that all of these are callbacks of the client, and that the answer goes there byte for byte.
async fn assert_callbacks(agent: &Agent, client_id: &str, redirect_uris: &[&str]) {
    for redirect_uri in redirect_uris {
        let request = of_client(client_id, redirect_uri, "token").with("prompt", "none");
        assert_granted_at(&agent.authorize(&request).await, redirect_uri);
    }
}
