use super::*;

fn parse(query: &str) -> RequestedAnswer {
    RequestedAnswer::parse(&RawParams::parse(query).unwrap())
}

fn checked(query: &str) -> Result<ResponseType, OAuthError> {
    parse(query).response_type()
}

fn error(query: &str) -> String {
    let error = checked(query).unwrap_err();
    format!("{} {}", error.code, error.description)
}

#[test]
fn an_error_travels_the_way_the_request_meant() {
    let cases = [
        ("response_type=token", ResponseMode::Fragment),
        ("response_type=code", ResponseMode::Query),
        (
            "response_type=token&response_mode=form_post",
            ResponseMode::FormPost,
        ),
        (
            "response_type=token&response_mode=query",
            ResponseMode::Fragment,
        ),
        (
            "response_type=token&response_mode=foo",
            ResponseMode::Fragment,
        ),
        ("response_type=TOKEN", ResponseMode::Fragment),
        ("response_type=foo", ResponseMode::Query),
        (
            "response_type=code&response_type=token",
            ResponseMode::Fragment,
        ),
        (
            "response_type=foo&response_mode=fragment",
            ResponseMode::Fragment,
        ),
        ("", ResponseMode::Query),
    ];
    for (query, expected) in cases {
        assert_eq!(parse(query).response_mode(), expected, "{query}");
    }
}

#[test]
fn accepted() {
    for query in [
        "response_type=token",
        "response_type=id_token",
        "response_type=token%20id_token",
        "response_type=token&response_mode=fragment",
        "response_type=token&response_mode=web_message",
        "response_type=token&response_mode=form_post",
    ] {
        assert!(checked(query).is_ok(), "{query}");
    }
}

#[test]
fn refused() {
    let cases = [
        (
            "",
            "invalid_request Missing required parameter: response_type",
        ),
        (
            "response_type=token&response_type=token",
            "invalid_request Duplicate parameter: response_type",
        ),
        (
            "response_type=TOKEN",
            "unsupported_response_type Unsupported response type: TOKEN",
        ),
        (
            "response_type=code",
            "unsupported_response_type Unsupported response type: code",
        ),
        (
            "response_type=token&response_mode=query",
            "invalid_request response_mode query is not allowed for this response_type",
        ),
        (
            "response_type=token&response_mode=Fragment",
            "invalid_request Unsupported response mode: Fragment",
        ),
    ];
    for (query, expected) in cases {
        assert_eq!(error(query), expected, "{query}");
    }
}
