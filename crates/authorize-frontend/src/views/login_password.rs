//! `/u/login/password`: the password of the person named on the page before.

use super::{Asset, FormError, Page};

/// The second page of a sign-in.
#[derive(askama::Template)]
#[template(path = "login_password.html")]
pub struct LoginPassword<'a> {
    /// What every page shows.
    pub page: Page<'a>,
    /// The transaction, as this page must send it back.
    pub state: &'a str,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// Who is signing in, as typed. In the form for password managers; the transaction decides.
    pub username: &'a str,
    /// Why the page is shown again.
    pub error: Option<FormError>,
}
