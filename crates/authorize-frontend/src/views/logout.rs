//! `/u/logout`: do you want to be signed out?

use super::{Asset, FormError, Page};

/// The page that asks before the session ends.
#[derive(askama::Template)]
#[template(path = "logout.html")]
pub struct Logout<'a> {
    /// What every page shows.
    pub page: Page<'a>,
    /// The request, as this page must send it back.
    pub state: &'a str,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// Who is asked.
    pub user: &'a str,
    /// Why the page is shown again.
    pub error: Option<FormError>,
}
