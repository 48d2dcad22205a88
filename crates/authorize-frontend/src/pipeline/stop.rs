//! Why a request stops before its tokens.

use doorward_oauth2_types::ErrorCode;

use crate::backends::{Absence, BackendError};
use crate::browser::Browser;
use crate::error::OAuthError;

/// Why a request stops before its tokens: its user is asked something first, or it is refused.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The user has to sign in first.
    SignIn {
        /// The account that the page offers; `None`: the user types one in.
        offered: Option<String>,
    },
    /// The user has to name the organization first.
    NameOrganization,
    /// The user has to choose one of their organizations first.
    PickOrganization { user_id: String },
    /// The person is shown the invitation of the request first.
    Invite,
    /// The user has to agree to these scopes first.
    Consent {
        user_id: String,
        scopes: Vec<String>,
    },
    /// The user has to confirm first that the application on their device is the right one.
    Confirm { user_id: String },
    /// The application gets an error.
    Refuse(OAuthError),
}

impl From<Absence> for Stop {
    fn from(_: Absence) -> Self {
        Self::SignIn { offered: None }
    }
}

impl Stop {
    /// Turns a page into an error, as `prompt=none` demands (OIDC Core §3.1.2.6).
    pub(crate) fn without_a_page(self, browser: &Browser) -> Self {
        let error = match self {
            Self::SignIn { .. } if browser.withholds_cookies => OAuthError::new(
                ErrorCode::LoginRequired,
                "Login required; the browser keeps cookies from this frame, because it belongs to another site",
            ),
            Self::SignIn { .. } => OAuthError::login_required(),
            Self::Consent { .. } => OAuthError::new(ErrorCode::ConsentRequired, "Consent required"),
            Self::NameOrganization
            | Self::PickOrganization { .. }
            | Self::Invite
            | Self::Confirm { .. } => {
                OAuthError::new(ErrorCode::InteractionRequired, "Interaction required")
            }
            Self::Refuse(error) => error,
        };
        Self::Refuse(error)
    }
}

impl From<OAuthError> for Stop {
    fn from(error: OAuthError) -> Self {
        Self::Refuse(error)
    }
}

impl From<BackendError> for Stop {
    fn from(error: BackendError) -> Self {
        Self::Refuse(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(stop: Stop, browser: &Browser) -> OAuthError {
        match stop.without_a_page(browser) {
            Stop::Refuse(error) => error,
            page => panic!("{page:?}"),
        }
    }

    #[test]
    fn without_a_page_every_stop_is_an_error() {
        let user_id = "auth0|alice".to_owned();
        for (stop, expected) in [
            (Stop::SignIn { offered: None }, ErrorCode::LoginRequired),
            (
                Stop::Consent {
                    user_id: user_id.clone(),
                    scopes: Vec::new(),
                },
                ErrorCode::ConsentRequired,
            ),
            (Stop::NameOrganization, ErrorCode::InteractionRequired),
            (
                Stop::PickOrganization {
                    user_id: user_id.clone(),
                },
                ErrorCode::InteractionRequired,
            ),
            (Stop::Confirm { user_id }, ErrorCode::InteractionRequired),
            (Stop::Invite, ErrorCode::InteractionRequired),
            (
                Stop::Refuse(OAuthError::invalid_request("x")),
                ErrorCode::InvalidRequest,
            ),
        ] {
            assert_eq!(refused(stop, &Browser::default()).code, expected);
        }
    }

    #[test]
    fn a_browser_that_keeps_its_cookies_is_no_proof_of_a_sign_out() {
        let browser = Browser {
            withholds_cookies: true,
            ..Browser::default()
        };
        let error = refused(Stop::SignIn { offered: None }, &browser);
        assert_eq!(error.code, ErrorCode::LoginRequired);
        assert!(error.description.contains("keeps cookies"));
    }
}
