//! The answer to the application, in the response mode of its request.

use axum::response::{IntoResponse, Response};

use super::{Issued, VerifiedRedirect};
use crate::error::{OAuthError, ShownError};
use crate::response_mode;

/// Success or refusal; nothing but a [`VerifiedRedirect`] says where it goes.
pub(crate) fn respond(
    redirect: &VerifiedRedirect,
    outcome: Result<Issued, OAuthError>,
) -> Response {
    match outcome {
        Ok(issued) => send(redirect, issued.into_parameters(redirect.state())),
        Err(error) => respond_error(redirect, error),
    }
}

/// RFC 6749 §4.2.2.1.
pub(crate) fn respond_error(redirect: &VerifiedRedirect, error: OAuthError) -> Response {
    tracing::info!(error = %error.code, description = error.description.as_ref(), "authorization refused");
    if redirect.shows_errors() {
        let tag = redirect.language().tag().to_owned();
        let shown = ShownError::from(error).in_language_of(Some(tag));
        return shown.into_response();
    }
    let mut parameters = vec![
        ("error", error.code.to_string()),
        ("error_description", error.description.into_owned()),
    ];
    parameters.extend(redirect.state().map(|state| ("state", state.to_owned())));
    send(redirect, parameters)
}

/// Every answer names its issuer, where the tenant wants it, so that an application with several issuers cannot mix
/// them up (RFC 9207 §2).
fn send(redirect: &VerifiedRedirect, mut parameters: Vec<(&'static str, String)>) -> Response {
    parameters.extend(redirect.iss().map(|iss| ("iss", iss.to_owned())));
    response_mode::respond(redirect, &parameters)
}
