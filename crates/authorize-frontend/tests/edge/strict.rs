//! Third-party applications in strict mode: no tokens, and errors on a page only.

use crate::{TestApp, authorize};

#[tokio::test]
async fn errors_are_shown_and_not_sent() {
    let app = TestApp::start().await;
    let redirect_uri = "https://strict.example.test/cb";
    for (name, value, status, text) in [
        (
            "prompt",
            "none",
            501,
            "unsupported_response_type: Response type is not allowed for this client: id_token token",
        ),
        (
            "screen_hint",
            "signup",
            400,
            "invalid_request: Parameter is not allowed for this client: screen_hint",
        ),
        (
            "response_type",
            "code",
            501,
            "unsupported_response_type: Unsupported response type: code",
        ),
    ] {
        let changes = [
            ("client_id", "strict"),
            ("redirect_uri", redirect_uri),
            (name, value),
        ];
        let answer = app.browser().get(&authorize(&changes)).await;
        answer.assert_page(status, text);
    }
}
