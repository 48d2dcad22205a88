//! What is refused before anything else is looked at.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::ErrorCode;
use http::header::{CONTENT_ENCODING, HOST, HeaderValue, STRICT_TRANSPORT_SECURITY};
use http::{HeaderMap, Method, StatusCode, Uri};

use crate::deps::Deps;
use crate::error::ShownError;

const MAX_TARGET_BYTES: usize = 8 * 1024;

/// Refuses oversized targets, hosts that are not ours and methods that no endpoint has.
pub(super) async fn guard(State(deps): State<Arc<Deps>>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&request, &deps) {
        Some(error) => error.into_response(),
        None => next.run(request).await,
    };
    if deps.issuer.is_https() {
        let one_year = HeaderValue::from_static("max-age=31536000");
        response
            .headers_mut()
            .insert(STRICT_TRANSPORT_SECURITY, one_year);
    }
    response
}

fn refusal(request: &Request, deps: &Deps) -> Option<ShownError> {
    let refuse = |status, description: &'static str| {
        Some(ShownError::with_status(
            status,
            ErrorCode::InvalidRequest,
            description,
        ))
    };
    if target_length(request.uri()) > MAX_TARGET_BYTES {
        return refuse(StatusCode::URI_TOO_LONG, "The address is longer than 8 KiB");
    }
    match hosts(request.uri(), request.headers()).as_slice() {
        [] => return refuse(StatusCode::BAD_REQUEST, "The Host header is missing"),
        hosts if !hosts.windows(2).all(|pair| pair[0] == pair[1]) => {
            return refuse(StatusCode::BAD_REQUEST, "The request names two hosts");
        }
        hosts if !deps.issuer.is_host(hosts[0]) => {
            let description = format!(
                "This server is {} and answers to no other name",
                deps.issuer
            );
            return Some(ShownError::with_status(
                StatusCode::MISDIRECTED_REQUEST,
                ErrorCode::InvalidRequest,
                description,
            ));
        }
        _ => {}
    }
    if request.method() == Method::HEAD && request.uri().path().starts_with("/authorize") {
        return Some(ShownError::new(
            ErrorCode::MethodNotAllowed,
            "Use GET or POST",
        ));
    }
    if request.headers().contains_key(CONTENT_ENCODING) {
        return refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Compressed bodies are not read",
        );
    }
    None
}

fn target_length(uri: &Uri) -> usize {
    uri.path_and_query()
        .map_or(0, |target| target.as_str().len())
}

/// Every host that the request names: in its target (HTTP/2, absolute form) and in its headers.
fn hosts<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Vec<&'a str> {
    let target = uri.authority().map(http::uri::Authority::as_str);
    let named = headers
        .get_all(HOST)
        .iter()
        .map(|host| host.to_str().unwrap_or(""));
    target.into_iter().chain(named).collect()
}
