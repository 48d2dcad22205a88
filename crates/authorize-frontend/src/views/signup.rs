//! `/u/signup`: creates an account.

use super::{Asset, FormError, Invited, Page};
use crate::paths::PagePath;

/// The page that creates an account.
#[derive(askama::Template)]
#[template(path = "signup.html")]
pub struct Signup<'a> {
    /// The parts that all pages show.
    pub page: Page<'a>,
    /// The state of the transaction, which the form sends back.
    pub state: &'a str,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// The initial value of the field: `login_hint`, or the last attempt.
    pub email: &'a str,
    /// The invitation that the new account accepts; the email cannot be changed then.
    pub invited: Option<Invited<'a>>,
    /// The minimum length of a password, shown beside the field.
    pub min_password_length: u32,
    /// The error of the last submit; `None` at first.
    pub error: Option<FormError>,
}

impl Signup<'_> {
    /// Whether the email field gets the focus: the first field that needs input does.
    fn starts_at_email(&self) -> bool {
        let is_asked = self.email.is_empty() || self.error.is_some_and(FormError::is_about_email);
        is_asked && self.invited.is_none()
    }

    fn password_is_refused(&self) -> bool {
        self.error.is_some_and(FormError::is_about_password)
    }
}
