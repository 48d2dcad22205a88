//! Group A: only a registered callback is ever redirected to.

mod exact;
mod exceptions;
mod order;
mod registration;

use doorward_e2e::{Agent, Request};

use super::assertions::{assert_granted_at, assert_page_for};
use super::fixture::{of_client, post};

/// Sends the request silently, as a query and as a form, from a browser whose session would yield a token at once.
async fn assert_mismatch(agent: &Agent, request: &Request) {
    let request = request.clone().with("prompt", "none");
    for page in [agent.authorize(&request).await, post(agent, &request).await] {
        assert_page_for(&page, &request);
    }
}

/// None of these is a callback of that client.
async fn assert_no_callbacks(agent: &Agent, client_id: &str, redirect_uris: &[&str]) {
    for redirect_uri in redirect_uris {
        assert_mismatch(agent, &of_client(client_id, redirect_uri, "token")).await;
    }
}

/// All of these are callbacks of that client, and the answer goes there byte for byte.
async fn assert_callbacks(agent: &Agent, client_id: &str, redirect_uris: &[&str]) {
    for redirect_uri in redirect_uris {
        let request = of_client(client_id, redirect_uri, "token").with("prompt", "none");
        assert_granted_at(&agent.authorize(&request).await, redirect_uri);
    }
}
