//! Draws what the pipeline returned.

use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::ErrorCode;

use super::cookies::browser_cookie;
use super::redirect::found;
use super::repeat::repeat;
use super::response_mode;
use crate::error::{OAuthError, ShownError};
use crate::pipeline::{Issued, Next, VerifiedRedirect};

impl IntoResponse for Next {
    fn into_response(self) -> Response {
        match self {
            Self::Answer(redirect, outcome) => answer(&redirect, outcome),
            Self::Page(address) => found(&address.to_string()),
            Self::FirstPage {
                address,
                browser_token,
            } => {
                let page = found(&address.to_string());
                (browser_cookie(&browser_token), page).into_response()
            }
            Self::Repeat(redirect, params) => repeat(&redirect, &params),
        }
    }
}

/// Answers the application: nothing but a [`VerifiedRedirect`] says where it is.
fn answer(redirect: &VerifiedRedirect, outcome: Result<Issued, OAuthError>) -> Response {
    match outcome {
        Ok(issued) => send(redirect, issued.into_parameters(redirect.state())),
        Err(error) => refuse(redirect, error),
    }
}

/// RFC 6749 §4.2.2.1.
fn refuse(redirect: &VerifiedRedirect, error: OAuthError) -> Response {
    let (code, description) = (error.code, error.description.as_ref());
    // An outage and too much to do are logged where they are noticed, and no line for each request makes them worse.
    if code == ErrorCode::TemporarilyUnavailable {
        tracing::debug!(error = %code, description, "authorization refused");
    } else {
        tracing::info!(error = %code, description, "authorization refused");
    }
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

/// Adds the issuer, where the tenant wants it, so that an application with several issuers cannot mix them up
/// (RFC 9207 §2).
fn send(redirect: &VerifiedRedirect, mut parameters: Vec<(&'static str, String)>) -> Response {
    // mutant: iss-missing-from-answers
    parameters.extend(redirect.iss().map(|iss| ("iss", iss.to_owned())));
    response_mode::send(redirect, &parameters)
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use http::header::{LOCATION, SET_COOKIE};

    use super::*;
    use crate::paths::PagePath;
    use crate::pipeline::{PageAddress, PageState};

    #[test]
    fn a_page_is_a_redirect_and_the_first_one_sets_the_cookie() {
        let state = "s".repeat(40);
        let state = || PageState::parse(&state).unwrap();
        let address = || PageAddress::new(PagePath::Consent, state());
        let location = format!("/u/consent?state={}", state());

        let page = Next::Page(address()).into_response();
        assert_eq!(page.status(), StatusCode::FOUND);
        assert_eq!(page.headers()[LOCATION], location);
        assert!(!page.headers().contains_key(SET_COOKIE));

        let first = Next::FirstPage {
            address: address(),
            browser_token: "token".to_owned(),
        };
        let first = first.into_response();
        assert_eq!(first.headers()[LOCATION], location);
        let cookie = first.headers()[SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with("__Host-doorward-browser=token;"));
    }
}
