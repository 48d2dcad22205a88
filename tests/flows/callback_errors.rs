//! Errors at the callback, once client and callback are verified.

use doorward_e2e::{API, Agent, CODE_ONLY, ORGANIZATION, Request, on_every_deployment};

/// Checks that each request gets its error. An empty description matches any.
async fn assert_errors(cases: &[(Request, &str, &str)]) {
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        for (request, error, description) in cases {
            let answer = agent.authorize(request).await.callback();
            assert_eq!(answer.get("error"), *error, "{request:?} {answer:?}");
            if !description.is_empty() {
                assert_eq!(answer.get("error_description"), *description, "{request:?}");
            }
            // angular-oauth2-oidc 22.0.2 loses everything before a question mark, as
            // findings/angular-oauth2-oidc-fragment.sh shows.
            assert!(!answer.get("error_description").contains('?'), "{answer:?}");
            assert_eq!(answer.get("state"), "state-of-the-application");
            assert_eq!(answer.find("access_token"), None);
        }
    })
    .await;
}

fn token() -> Request {
    Request::new("token")
}

#[tokio::test]
async fn malformed_parameters() {
    let invalid = |request, description| (request, "invalid_request", description);
    let mode = |mode| token().with("response_mode", mode);
    let max_age = |max_age| invalid(token().with("max_age", max_age), "");
    assert_errors(&[
        invalid(
            token().without("response_type"),
            "Missing required parameter: response_type",
        ),
        invalid(
            Request::new("id_token").without("nonce"),
            "Missing required parameter: nonce",
        ),
        invalid(token().and("scope", "openid"), "Duplicate parameter: scope"),
        invalid(token().and("nonce", "other"), "Duplicate parameter: nonce"),
        invalid(mode("foo"), "Unsupported response mode: foo"),
        invalid(mode("Fragment"), "Unsupported response mode: Fragment"),
        invalid(mode("query"), ""),
        invalid(token().with("prompt", "none login"), ""),
        max_age("-1"),
        max_age("abc"),
        max_age("99999999999999999999"),
        (
            token().with("scope", "openid \"quoted\""),
            "invalid_scope",
            "",
        ),
        (token().with("request", "x"), "request_not_supported", ""),
        (
            token().with("request_uri", "https://evil.test/"),
            "request_uri_not_supported",
            "",
        ),
    ])
    .await;
}

#[tokio::test]
async fn response_types_that_do_not_exist() {
    let unsupported = "unsupported_response_type";
    assert_errors(&[
        (
            Request::new("TOKEN"),
            unsupported,
            "Unsupported response type: TOKEN",
        ),
        (
            Request::new("token foo"),
            unsupported,
            "Unsupported response type: token foo",
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_the_tenant_does_not_have_or_allow() {
    let unknown_api = "https://unknown.example.test/";
    let code_only = token()
        .with("client_id", CODE_ONLY)
        .with("redirect_uri", "https://code.example.test/callback");
    let organization = token().with("organization", ORGANIZATION);
    let two_apis = token().with("audience", &format!("{API} {unknown_api}"));
    let not_found = format!("Service not found: {unknown_api}");
    let no_organization = "parameter organization is not allowed for this client";
    let no_implicit = "Grant type 'implicit' not allowed for the client.";
    assert_errors(&[
        (
            token().with("audience", unknown_api),
            "access_denied",
            &not_found,
        ),
        (two_apis, "access_denied", ""),
        (
            token().with("connection", "x"),
            "invalid_request",
            "the connection was not found",
        ),
        (organization, "invalid_request", no_organization),
        (code_only, "unauthorized_client", no_implicit),
    ])
    .await;
}

/// SEC-032: of two values, the server cannot know which one the application expects.
#[tokio::test]
async fn a_repeated_state_is_not_echoed() {
    on_every_deployment(async |deployment| {
        let request = Request::new("token").and("state", "other");
        let answer = Agent::new(deployment).authorize(&request).await.callback();
        answer.assert_error("invalid_request", "Duplicate parameter: state");
        assert_eq!(answer.find("state"), None);
    })
    .await;
}
