//! Client and callback are checked first: no error goes to an unregistered URL.

use super::super::assertions::assert_page_for;
use super::super::fixture::{on_server, post, request, signed_in};

#[tokio::test]
async fn sec_029_the_callback_comes_first() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let hostile = || request("token").with("redirect_uri", "https://evil.test/cb");
        for request in [
            hostile().with("response_type", "unsupported"),
            hostile().without("response_type"),
            hostile().without("scope"),
            hostile().with("scope", "not\"allowed"),
            hostile().with("prompt", "none"),
            hostile().with("prompt", "none login"),
            hostile().with("response_mode", "foo"),
            hostile().with("response_mode", "form_post"),
            hostile().with("response_mode", "web_message"),
            hostile().and("state", "twice"),
            hostile().with("request_uri", "https://evil.test/request"),
            hostile().with("audience", "https://unknown.example.test/"),
        ] {
            assert_page_for(&agent.authorize(&request).await, &request);
            assert_page_for(&post(&agent, &request).await, &request);
        }
    })
    .await;
}

/// Unknown applications only: applications cannot be disabled or deleted yet (see the list of what is absent).
#[tokio::test]
async fn sec_030_clients_that_are_not_there() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let mut wordings = Vec::new();
        for client_id in ["unknown-client", "SPA1", "spa1 ", "*", "spa1\u{200b}"] {
            let request = request("token").with("client_id", client_id);
            let page = agent.authorize(&request).await;
            assert_page_for(&page, &request);
            assert!(!page.body.contains("unknown-client"), "{page:?}");
            let details = page.body.split("<code>").nth(1).unwrap();
            wordings.push((page.status, details.to_owned()));
        }
        wordings.dedup();
        assert_eq!(wordings.len(), 1, "{wordings:?}");
    })
    .await;
}
