//! `/u/login/identifier`: asks for the email address.

use super::{Asset, FormError, Page};
use crate::paths::PagePath;

/// The first page of a sign-in.
#[derive(askama::Template)]
#[template(path = "login_identifier.html")]
pub struct LoginIdentifier<'a> {
    /// The parts that all pages show.
    pub page: Page<'a>,
    /// The state of the transaction, which the form sends back.
    pub state: &'a str,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// The initial value of the field: `login_hint`, or the last attempt.
    pub username: &'a str,
    /// Whether the connection allows sign-ups.
    pub signup_allowed: bool,
    /// The error of the last submit; `None` at first.
    pub error: Option<FormError>,
}
