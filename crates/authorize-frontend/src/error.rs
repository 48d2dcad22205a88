//! Errors: on a page of ours, or sent to the application at its callback. Values only; `http` draws them.

use std::borrow::Cow;

use doorward_oauth2_types::ErrorCode;
use http::StatusCode;

use crate::backends::BackendError;
use crate::model::User;
use crate::tokens::{MintError, TooLarge};
use crate::views::ErrorKind;
use crate::workload::Overloaded;

/// An error for the application: `error` and `error_description`, RFC 6749 §4.2.2.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OAuthError {
    pub(crate) code: ErrorCode,
    pub(crate) description: Cow<'static, str>,
}

impl OAuthError {
    pub(crate) fn new(code: ErrorCode, description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            description: description.into(),
        }
    }

    pub(crate) fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }

    /// Whether the same request may succeed in a moment.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(
            self.code,
            ErrorCode::TemporarilyUnavailable | ErrorCode::ServerError
        )
    }

    /// The one error for a ticket that is unknown, used, revoked, expired, or of another organization or application.
    pub(crate) fn invitation_not_usable() -> Self {
        Self::invalid_request("invitation not found or already used")
    }

    pub(crate) fn login_required() -> Self {
        Self::new(ErrorCode::LoginRequired, "Login required")
    }
}

/// A backend that does not answer becomes `temporarily_unavailable`, never a refusal.
impl From<BackendError> for OAuthError {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::CannotTell { .. } => Self::new(
                ErrorCode::TemporarilyUnavailable,
                // mutant: inner-errors-shown (passing)
                "The service is temporarily unavailable, try again",
            ),
            BackendError::Failed { .. } => Self::new(
                ErrorCode::ServerError,
                // mutant: inner-errors-shown (defect)
                "The request could not be completed",
            ),
        }
    }
}

impl From<Overloaded> for OAuthError {
    fn from(_: Overloaded) -> Self {
        Self::new(
            ErrorCode::TemporarilyUnavailable,
            "The service has too much to do, try again",
        )
    }
}

impl From<MintError> for OAuthError {
    fn from(error: MintError) -> Self {
        match error {
            MintError::Backend(error) => error.into(),
            MintError::Incomplete => {
                Self::new(ErrorCode::ServerError, "The tokens could not be made")
            }
        }
    }
}

impl From<TooLarge> for OAuthError {
    fn from(error: TooLarge) -> Self {
        Self::new(ErrorCode::ServerError, error.to_string())
    }
}

/// An error on a page of ours, because there is no address that it may be sent to.
#[derive(Debug, Clone)]
pub(crate) struct ShownError {
    pub(crate) status: StatusCode,
    pub(crate) kind: ErrorKind,
    pub(crate) code: ErrorCode,
    pub(crate) description: Cow<'static, str>,
    /// `ui_locales` of the request, as far as it was understood.
    pub(crate) ui_locales: Option<String>,
    /// Where the user goes on instead of seeing the error.
    pub(crate) continuation: Option<Continuation>,
}

/// Where a user goes on who has come back to a sign-in that is over.
#[derive(Debug, Clone)]
pub(crate) enum Continuation {
    /// The application, or the tenant, has a place to sign in anew.
    LoginRoute(String),
    /// A page that shows that they are signed in.
    SignedIn(Box<SignedInAlready>),
}

/// A signed-in user, and the application that they came from.
#[derive(Debug, Clone)]
pub(crate) struct SignedInAlready {
    pub(crate) user: User,
    /// Its name.
    pub(crate) application: String,
    /// Its start page, if that is known.
    pub(crate) address: Option<String>,
}

impl ShownError {
    /// A page whose status follows from the code.
    pub(crate) fn new(code: ErrorCode, description: impl Into<Cow<'static, str>>) -> Self {
        let status =
            StatusCode::from_u16(code.page_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::with_status(status, code, description)
    }

    pub(crate) fn with_status(
        status: StatusCode,
        code: ErrorCode,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            kind: ErrorKind::of(status),
            code,
            description: description.into(),
            ui_locales: None,
            continuation: None,
        }
    }

    pub(crate) fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }

    /// A sign-out that may or may not have happened.
    pub(crate) fn unconfirmed_sign_out(error: BackendError) -> Self {
        let kind = match error {
            BackendError::CannotTell { .. } => ErrorKind::UnconfirmedSignOut,
            BackendError::Failed { .. } => ErrorKind::Fault,
        };
        Self {
            kind,
            ..error.into()
        }
    }

    /// The link of an invitation that is used, withdrawn or expired, or that never was one.
    pub(crate) fn invitation_not_usable() -> Self {
        Self {
            kind: ErrorKind::InvitationNotUsable,
            ..OAuthError::invitation_not_usable().into()
        }
    }

    /// The sign-in is over, too old, or was begun in another browser.
    pub(crate) fn lost_transaction() -> Self {
        Self {
            kind: ErrorKind::StartAgain,
            ..Self::invalid_request(
                "This sign-in is over or was not begun in this browser; go back to the application and start again",
            )
        }
    }
}

impl ShownError {
    /// The same error, on a page in the language of the request.
    pub(crate) fn in_language_of(self, ui_locales: Option<String>) -> Self {
        Self { ui_locales, ..self }
    }
}

impl From<OAuthError> for ShownError {
    fn from(error: OAuthError) -> Self {
        Self::new(error.code, error.description)
    }
}

impl From<Overloaded> for ShownError {
    fn from(overloaded: Overloaded) -> Self {
        OAuthError::from(overloaded).into()
    }
}

impl From<BackendError> for ShownError {
    fn from(error: BackendError) -> Self {
        OAuthError::from(error).into()
    }
}
