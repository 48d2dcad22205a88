//! The answer to the application, in the response mode of its request.

use axum::response::Response;

use super::{Issued, VerifiedRedirect};
use crate::error::OAuthError;
use crate::response_mode;

/// Success or refusal; nothing but a [`VerifiedRedirect`] says where it goes.
pub(crate) fn respond(
    redirect: &VerifiedRedirect,
    outcome: Result<Issued, OAuthError>,
) -> Response {
    match outcome {
        Ok(issued) => {
            let parameters = issued.into_parameters(redirect.state());
            response_mode::respond(redirect, &parameters)
        }
        Err(error) => respond_error(redirect, error),
    }
}

/// RFC 6749 §4.2.2.1.
pub(crate) fn respond_error(redirect: &VerifiedRedirect, error: OAuthError) -> Response {
    tracing::info!(error = %error.code, description = error.description.as_ref(), "authorization refused");
    let mut parameters = vec![
        ("error", error.code.to_string()),
        ("error_description", error.description.into_owned()),
    ];
    parameters.extend(redirect.state().map(|state| ("state", state.to_owned())));
    response_mode::respond(redirect, &parameters)
}
