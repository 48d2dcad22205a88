//! The values of `error` in answers.

use std::fmt;

/// An error code of OAuth 2.0, OpenID Connect or Auth0.
///
/// See [RFC 6749 §4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1) and §5.2, RFC 6750 §3.1, and
/// [OpenID Connect Core 1.0, section 3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The request lacks a parameter, repeats one, or has an invalid one.
    InvalidRequest,
    /// The client may not send this kind of request, or not from this place.
    UnauthorizedClient,
    /// The user, a rule of the tenant, or the API refuses.
    AccessDenied,
    /// The server does not support this `response_type`.
    UnsupportedResponseType,
    /// `scope` is malformed.
    InvalidScope,
    /// The server has failed.
    ServerError,
    /// The server cannot answer now; the client can try again later.
    TemporarilyUnavailable,
    /// `prompt=none`, but the user must log in.
    LoginRequired,
    /// `prompt=none`, but the user must answer a question.
    InteractionRequired,
    /// `prompt=none`, but the user must consent.
    ConsentRequired,
    /// `prompt=none`, but the user must choose an account.
    AccountSelectionRequired,
    /// RFC 8707: the server does not issue tokens for this resource.
    InvalidTarget,
    /// The parameter `request` is not supported.
    RequestNotSupported,
    /// The parameter `request_uri` is not supported.
    RequestUriNotSupported,
    /// Auth0: this user may not log in.
    Unauthorized,
    /// The client failed to authenticate.
    InvalidClient,
    /// The code or refresh token is invalid.
    InvalidGrant,
    /// The server does not support this `grant_type`.
    UnsupportedGrantType,
    /// RFC 6750: the access token is invalid.
    InvalidToken,
    /// RFC 6750: the access token is valid, but its scope is too small.
    InsufficientScope,
    /// Auth0: a second factor is required first.
    MfaRequired,
    /// Auth0: the account is locked after failed attempts.
    TooManyAttempts,
    /// Auth0: a rate limit is reached.
    TooManyRequests,
    /// Auth0: the endpoint does not support this method.
    MethodNotAllowed,
    /// Auth0: the endpoint is switched off.
    EndpointDisabled,
}

impl ErrorCode {
    /// The code in an answer.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::InteractionRequired => "interaction_required",
            Self::ConsentRequired => "consent_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::InvalidTarget => "invalid_target",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::Unauthorized => "unauthorized",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::MfaRequired => "mfa_required",
            Self::TooManyAttempts => "too_many_attempts",
            Self::TooManyRequests => "too_many_requests",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::EndpointDisabled => "endpoint_disabled",
        }
    }

    /// The HTTP status of a page with this error, from Auth0's table. Other answers have their own.
    #[must_use]
    pub fn page_status(self) -> u16 {
        match self {
            Self::InvalidClient => 401,
            Self::UnauthorizedClient | Self::AccessDenied => 403,
            Self::EndpointDisabled => 404,
            Self::MethodNotAllowed => 405,
            Self::TooManyRequests | Self::TooManyAttempts => 429,
            Self::ServerError => 500,
            Self::UnsupportedResponseType => 501,
            Self::TemporarilyUnavailable => 503,
            _ => 400,
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_page_statuses() {
        let cases = [
            (ErrorCode::InvalidRequest, "invalid_request", 400),
            (ErrorCode::InvalidScope, "invalid_scope", 400),
            (ErrorCode::LoginRequired, "login_required", 400),
            (ErrorCode::InvalidClient, "invalid_client", 401),
            (ErrorCode::UnauthorizedClient, "unauthorized_client", 403),
            (ErrorCode::AccessDenied, "access_denied", 403),
            (ErrorCode::EndpointDisabled, "endpoint_disabled", 404),
            (ErrorCode::MethodNotAllowed, "method_not_allowed", 405),
            (ErrorCode::TooManyRequests, "too_many_requests", 429),
            (ErrorCode::ServerError, "server_error", 500),
            (
                ErrorCode::UnsupportedResponseType,
                "unsupported_response_type",
                501,
            ),
            (
                ErrorCode::TemporarilyUnavailable,
                "temporarily_unavailable",
                503,
            ),
        ];
        for (code, name, status) in cases {
            assert_eq!(code.to_string(), name);
            assert_eq!(code.page_status(), status, "{name}");
        }
    }
}
