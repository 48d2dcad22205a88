//! `/u/login/identifier`: who are you?

use super::{Asset, FormError, Page};

/// The first page of a sign-in.
#[derive(askama::Template)]
#[template(path = "login_identifier.html")]
pub struct LoginIdentifier<'a> {
    /// What every page shows.
    pub page: Page<'a>,
    /// The transaction, as this page must send it back.
    pub state: &'a str,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// What is already typed in: `login_hint`, or the last attempt.
    pub username: &'a str,
    /// Whether the connection takes new users.
    pub signup_allowed: bool,
    /// Why the page is shown again.
    pub error: Option<FormError>,
}
