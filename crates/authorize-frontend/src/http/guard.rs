//! Checks of every request, before anything else.

use axum::extract::Request;
use axum::response::Response;
use doorward_oauth2_types::ErrorCode;
use http::header::{CONTENT_ENCODING, HOST, HeaderValue, STRICT_TRANSPORT_SECURITY};
use http::{HeaderMap, StatusCode, Uri};

use super::body::read_whole;
use super::peer::came_by_plain_http;
use crate::deps::Deps;
use crate::error::ShownError;

const MAX_TARGET_BYTES: usize = 8 * 1024;
const MAX_HEADER_BYTES: usize = 32 * 1024;
const MAX_HEADER_FIELDS: usize = 100;

/// Reads the request as a whole. Refuses it if it is too large, for another host, or came without the TLS that the
/// issuer promises.
pub(super) async fn guard(request: Request, deps: &Deps) -> Result<Request, ShownError> {
    check(&request, deps)?;
    read_whole(request).await
}

/// Tells browsers to come by TLS only (RFC 6797), with every answer.
pub(super) fn strict_transport_security(mut response: Response, deps: &Deps) -> Response {
    // mutant: strict-transport-security-missing
    if deps.issuer.is_https() {
        let one_year = HeaderValue::from_static("max-age=31536000");
        let headers = response.headers_mut();
        headers.insert(STRICT_TRANSPORT_SECURITY, one_year);
    }
    response
}

fn check(request: &Request, deps: &Deps) -> Result<(), ShownError> {
    check_size(request.uri(), request.headers())?;
    check_host(request.uri(), request.headers(), deps)?;
    let plain = came_by_plain_http(
        request.headers(),
        request.extensions(),
        &deps.trusted_proxies,
    );
    // mutant: plain-http-accepted
    if deps.issuer.is_https() && plain {
        return refuse(
            StatusCode::BAD_REQUEST,
            "This server is reached by https only",
        );
    }
    if request.headers().contains_key(CONTENT_ENCODING) {
        return refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Compressed bodies are not read",
        );
    }
    Ok(())
}

fn check_size(uri: &Uri, headers: &HeaderMap) -> Result<(), ShownError> {
    let target = uri
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    // mutant: request-target-unlimited
    if target > MAX_TARGET_BYTES {
        return refuse(StatusCode::URI_TOO_LONG, "The address is longer than 8 KiB");
    }
    // mutant: header-fields-unlimited
    if headers.len() > MAX_HEADER_FIELDS {
        return refuse(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "The request has more than 100 header fields",
        );
    }
    let headers: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if headers > MAX_HEADER_BYTES {
        return refuse(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "The headers are larger than 32 KiB",
        );
    }
    Ok(())
}

fn check_host(uri: &Uri, headers: &HeaderMap, deps: &Deps) -> Result<(), ShownError> {
    // mutant: host-field-repeated
    if headers.get_all(HOST).iter().count() > 1 {
        return refuse(StatusCode::BAD_REQUEST, "The request has two Host headers");
    }
    match hosts(uri, headers).as_slice() {
        [] => refuse(StatusCode::BAD_REQUEST, "The Host header is missing"),
        [first, others @ ..] if others.iter().any(|other| other != first) => {
            refuse(StatusCode::BAD_REQUEST, "The request names two hosts")
        }
        // mutant: host-header-not-checked
        [host, ..] if deps.issuer.is_host(host) => Ok(()),
        _ => Err(ShownError::with_status(
            StatusCode::MISDIRECTED_REQUEST,
            ErrorCode::InvalidRequest,
            format!(
                "This server is {} and answers to no other name",
                deps.issuer
            ),
        )),
    }
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

fn refuse(status: StatusCode, description: &'static str) -> Result<(), ShownError> {
    Err(ShownError::with_status(
        status,
        ErrorCode::InvalidRequest,
        description,
    ))
}
