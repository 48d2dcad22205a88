//! `/u/signup`: a new account.

use super::{Asset, FormError, Page};

/// The page that makes an account.
#[derive(askama::Template)]
#[template(path = "signup.html")]
pub struct Signup<'a> {
    /// What every page shows.
    pub page: Page<'a>,
    /// The transaction, as this page must send it back.
    pub state: &'a str,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// What is already typed in: `login_hint`, or the last attempt.
    pub email: &'a str,
    /// How many characters a password needs, told before anybody types one.
    pub min_password_length: u32,
    /// Why the page is shown again.
    pub error: Option<FormError>,
}

impl Signup<'_> {
    /// Where the cursor waits: in the first field that still needs something.
    fn starts_at_email(&self) -> bool {
        self.email.is_empty() || self.error.is_some_and(FormError::is_about_email)
    }

    fn password_is_refused(&self) -> bool {
        self.error.is_some_and(FormError::is_about_password)
    }
}
