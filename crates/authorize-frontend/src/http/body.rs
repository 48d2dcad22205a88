//! Request bodies, read completely and with limits before the request is processed.

use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{FromRequest, Request};
use doorward_oauth2_types::ErrorCode;
use futures::StreamExt;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};

use crate::error::ShownError;

const MAX_BYTES: usize = 64 * 1024;
/// How much of a too large body is read and dropped: a browser that is still sending would not read the error.
const MAX_DISCARDED_BYTES: usize = 1024 * 1024;
/// The time limit of a body, so that a slow sender does not hold a connection.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Reads the body into memory, and returns the request with it.
pub(super) async fn read_whole(request: Request) -> Result<Request, ShownError> {
    read_within(TIMEOUT, request).await
}

async fn read_within(timeout: Duration, request: Request) -> Result<Request, ShownError> {
    if request.body().is_end_stream() {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let whole = tokio::time::timeout(timeout, collect(body)).await;
    let whole = whole.map_err(|_| {
        refuse(
            StatusCode::REQUEST_TIMEOUT,
            "The body did not arrive in time",
        )
    })?;
    let whole = whole.ok_or_else(|| {
        refuse(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The body is larger than 64 KiB, or broken",
        )
    })?;
    Ok(Request::from_parts(parts, Body::from(whole)))
}

/// Collects a body; `None` if it is too large or broken.
async fn collect(body: Body) -> Option<Vec<u8>> {
    let mut chunks = body.into_data_stream();
    let (mut whole, mut size) = (Vec::new(), 0);
    while size < MAX_DISCARDED_BYTES
        && let Some(chunk) = chunks.next().await
    {
        let chunk = chunk.ok()?;
        size += chunk.len();
        // mutant: body-unlimited (chunks)
        if size <= MAX_BYTES {
            whole.extend_from_slice(&chunk);
        }
    }
    // mutant: body-unlimited (whole)
    (size <= MAX_BYTES).then_some(whole)
}

/// The body of a form, still encoded.
pub(super) struct FormBody(pub(super) String);

impl<S: Send + Sync> FromRequest<S> for FormBody {
    type Rejection = ShownError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ShownError> {
        // mutant: content-type-not-checked
        if !is_form(request.headers()) {
            return Err(refuse(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body must be application/x-www-form-urlencoded",
            ));
        }
        let text = String::from_request(request, state).await;
        let text =
            text.map_err(|_| ShownError::invalid_request("The request is not valid UTF-8"))?;
        Ok(Self(text))
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|text| text.split(';').next());
    essence.is_some_and(|essence| {
        essence
            .trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

fn refuse(status: StatusCode, description: &'static str) -> ShownError {
    ShownError::with_status(status, ErrorCode::InvalidRequest, description)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures::stream;

    use super::*;

    async fn status(body: Body) -> Option<StatusCode> {
        let read = read_within(Duration::from_millis(100), Request::new(body)).await;
        read.err().map(|error| error.status)
    }

    #[tokio::test]
    async fn what_is_not_read() {
        let trickle = stream::pending::<Result<&str, Infallible>>();
        assert_eq!(
            status(Body::from_stream(trickle)).await,
            Some(StatusCode::REQUEST_TIMEOUT)
        );
        assert_eq!(
            status(Body::from("a".repeat(MAX_BYTES + 1))).await,
            Some(StatusCode::PAYLOAD_TOO_LARGE)
        );
        assert_eq!(status(Body::from("a".repeat(MAX_BYTES))).await, None);
    }

    #[test]
    fn sec_050_only_forms_are_read() {
        for (content_type, expected) in [
            ("application/x-www-form-urlencoded", true),
            ("Application/X-WWW-Form-Urlencoded; charset=utf-8", true),
            ("application/json", false),
            ("multipart/form-data; boundary=x", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
            assert_eq!(is_form(&headers), expected, "{content_type}");
        }
        assert!(!is_form(&HeaderMap::new()));
    }
}
