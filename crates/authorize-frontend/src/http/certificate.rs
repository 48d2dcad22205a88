//! `/pem` and `/cer`: the certificate of the key that signs with RS256 at present, for programs that are given a file.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::{Engine, prelude::BASE64_STANDARD};
use doorward_oauth2_types::SigningAlg;
use doorward_service_kit::certificate_pem;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};

use super::cors;
use super::errors::json_error;
use super::public_document::PUBLIC_HEADERS;
use crate::deps::Deps;

/// RFC 8555 §9.1.
const PEM: HeaderValue = HeaderValue::from_static("application/pem-certificate-chain");
/// RFC 2585 §4.1.
const DER: HeaderValue = HeaderValue::from_static("application/pkix-cert");

/// Serves the certificate as PEM text, RFC 7468 §5.
pub(super) async fn pem(State(deps): State<Arc<Deps>>) -> Response {
    answer(&deps, PEM, |base64| certificate_pem(base64).into_bytes()).await
}

/// Serves the certificate in DER form.
pub(super) async fn cer(State(deps): State<Arc<Deps>>) -> Response {
    answer(&deps, DER, |base64| {
        BASE64_STANDARD.decode(base64).unwrap_or_default()
    })
    .await
}

async fn answer(
    deps: &Deps,
    content_type: HeaderValue,
    write: impl FnOnce(&str) -> Vec<u8>,
) -> Response {
    let keys = match deps.backends.jwks.keys().await {
        Ok(keys) => keys,
        Err(error) => return (cors::public(), json_error(&error.into())).into_response(),
    };
    // The one that signs comes first.
    let key = keys.iter().find(|key| key.alg == SigningAlg::Rs256);
    let certificate = key.and_then(|key| key.certificate.as_ref());
    let Some(certificate) = certificate else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let content_type = [(CONTENT_TYPE, content_type)];
    let body = write(&certificate.x5c);
    (PUBLIC_HEADERS, content_type, cors::public(), body).into_response()
}
