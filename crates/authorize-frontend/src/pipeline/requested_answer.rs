//! `response_type` and `response_mode`: what the request asks for, and how it is to be sent. Parsed once.

use doorward_oauth2_types::{ErrorCode, ResponseMode, ResponseType, parameters};

use super::RawParams;
use crate::error::OAuthError;

/// The answer that a request asks for, or why it gets none.
#[derive(Debug)]
pub(super) struct RequestedAnswer {
    response_type: Result<ResponseType, OAuthError>,
    response_mode: ResponseMode,
}

impl RequestedAnswer {
    pub(super) fn parse(params: &RawParams) -> Self {
        let response_type = response_type(params);
        let requested = params.get(parameters::RESPONSE_MODE);
        let mode = requested.and_then(|mode| mode.parse().ok());
        Self {
            response_mode: response_mode(params, &response_type, mode),
            response_type: response_type
                .and_then(|response_type| check(response_type, requested, mode)),
        }
    }

    /// The requested response type.
    pub(super) fn response_type(&self) -> Result<ResponseType, OAuthError> {
        self.response_type.clone()
    }

    /// How to answer, also when the parameters are wrong: then the error must still arrive.
    pub(super) fn response_mode(&self) -> ResponseMode {
        self.response_mode
    }
}

fn response_type(params: &RawParams) -> Result<ResponseType, OAuthError> {
    if params.is_repeated(parameters::RESPONSE_TYPE) {
        return Err(OAuthError::invalid_request(
            "Duplicate parameter: response_type",
        ));
    }
    let value = params
        .get(parameters::RESPONSE_TYPE)
        .ok_or_else(|| OAuthError::invalid_request("Missing required parameter: response_type"))?;
    value.parse().map_err(|_| unsupported(value))
}

fn unsupported(response_type: &str) -> OAuthError {
    let description = format!("Unsupported response type: {response_type}");
    OAuthError::new(ErrorCode::UnsupportedResponseType, description)
}

fn response_mode(
    params: &RawParams,
    response_type: &Result<ResponseType, OAuthError>,
    requested: Option<ResponseMode>,
) -> ResponseMode {
    match response_type {
        Ok(parsed) => requested
            .filter(|mode| parsed.allows(*mode))
            .unwrap_or_else(|| parsed.default_response_mode()),
        // A client that asks for a token in any of several values reads the fragment.
        Err(_) => requested.unwrap_or_else(|| {
            let all: Vec<_> = params.values(parameters::RESPONSE_TYPE).collect();
            ResponseMode::for_unusable_response_type(&all.join(" "))
        }),
    }
}

/// Whether the mode fits the type, and the type is one that discovery names. The authorization code is not built yet.
fn check(
    response_type: ResponseType,
    requested_mode: Option<&str>,
    mode: Option<ResponseMode>,
) -> Result<ResponseType, OAuthError> {
    match (requested_mode, mode) {
        // mutant: unknown-response-mode-ignored
        (Some(value), None) => Err(OAuthError::invalid_request(format!(
            "Unsupported response mode: {value}"
        ))),
        // A token must never enter a query string (RFC 9700 §4.3).
        (_, Some(mode)) if !response_type.allows(mode) => Err(OAuthError::invalid_request(
            "response_mode query is not allowed for this response_type",
        )),
        _ if response_type.has_code() => Err(unsupported(&response_type.to_string())),
        _ => Ok(response_type),
    }
}

#[cfg(test)]
mod tests;
