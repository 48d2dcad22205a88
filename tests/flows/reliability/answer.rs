//! Reads an answer from a page; `model` judges it.

use doorward_e2e::{APPLICATION, Callback, Keys, LOGOUT_URL, Page};
use reqwest::StatusCode;

/// One of three answers, or an invalid page.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    Yes,
    No,
    CannotTell,
    /// No answer: the connection broke.
    Lost(String),
    Wrong(String),
}

impl Answer {
    /// The answer to a silent authentication with the same value as `state` and `nonce`. *Yes* is a valid ID token of
    /// that user.
    pub(super) fn to_silent(page: &Page, state: &str, sub: &str, keys: &Keys) -> Self {
        if cannot_tell(page, state) {
            return Self::CannotTell;
        }
        if page.status != StatusCode::FOUND {
            return Self::Wrong(format!("{page:?}"));
        }
        let callback = page.callback();
        if callback.find("state") != Some(state) {
            return Self::Wrong(format!("another state: {callback:?}"));
        }
        if is_only_error(&callback, "login_required") {
            return Self::No;
        }
        let Some(token) = callback.find("id_token") else {
            return Self::Wrong(format!("{callback:?}"));
        };
        let claims = keys.verify(token, APPLICATION);
        if claims["sub"] == sub && claims["nonce"] == state {
            Self::Yes
        } else {
            Self::Wrong(format!("somebody else's token: {claims}"))
        }
    }

    /// The answer to a logout. *Yes* means that the user is signed out.
    pub(super) fn to_logout(page: &Page) -> Self {
        if cannot_tell(page, "") {
            Self::CannotTell
        } else if page
            .location()
            .is_some_and(|url| url.as_str() == LOGOUT_URL)
        {
            Self::Yes
        } else {
            Self::Wrong(format!("{page:?}"))
        }
    }
}

/// Whether a page reports an outage: `temporarily_unavailable` at the callback with its `state`, or a page of Doorward
/// with `Retry-After` and no complaint about the user's input.
pub(super) fn cannot_tell(page: &Page, state: &str) -> bool {
    match page.status {
        StatusCode::FOUND => {
            let callback = page.callback();
            is_only_error(&callback, "temporarily_unavailable")
                && callback.find("state") == Some(state)
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            let soon = page.header("retry-after").parse::<u32>();
            soon.is_ok_and(|seconds| (1..=5).contains(&seconds))
                && page.body.contains("temporarily_unavailable")
                && page.error_code().is_none()
        }
        _ => false,
    }
}

fn is_only_error(callback: &Callback, error: &str) -> bool {
    callback.find("error") == Some(error)
        && ["id_token", "access_token", "code"]
            .iter()
            .all(|issued| callback.find(issued).is_none())
}
