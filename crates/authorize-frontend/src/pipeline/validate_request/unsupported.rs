//! Unsupported parameters that must not be ignored.

use doorward_oauth2_types::{ErrorCode, parameters};

use crate::error::OAuthError;
use crate::pipeline::RawParams;

/// Refuses request objects (OIDC Core §3.1.2.6): ignoring one would change the meaning of the request. Nothing is
/// fetched.
pub(super) fn check(params: &RawParams) -> Result<(), OAuthError> {
    // mutant: request-uri-fetched
    let refused = [
        (parameters::REQUEST, ErrorCode::RequestNotSupported),
        (parameters::REQUEST_URI, ErrorCode::RequestUriNotSupported),
    ];
    match refused
        .into_iter()
        // mutant: request-objects-ignored
        .find(|(name, _)| params.get(name).is_some())
    {
        Some((name, code)) => Err(OAuthError::new(code, format!("{name} is not supported"))),
        None => Ok(()),
    }
}
