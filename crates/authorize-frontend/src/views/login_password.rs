//! `/u/login/password`: asks for the password of the user from the page before.

use super::{Asset, FormError, Invited, Page};
use crate::paths::PagePath;

/// The second page of a sign-in.
#[derive(askama::Template)]
#[template(path = "login_password.html")]
pub struct LoginPassword<'a> {
    /// The parts that all pages show.
    pub page: Page<'a>,
    /// The state of the transaction, which the form sends back.
    pub state: &'a str,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// The email as typed. For password managers only: the transaction has the one that counts.
    pub username: &'a str,
    /// The invitation that the sign-in accepts; the email cannot be changed then.
    pub invited: Option<Invited<'a>>,
    /// Whether the connection allows sign-ups. Only an invitation links to it here.
    pub signup_allowed: bool,
    /// The error of the last submit; `None` at first.
    pub error: Option<FormError>,
}
