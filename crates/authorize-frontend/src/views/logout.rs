//! `/u/logout`: asks whether to sign out.

use super::{Asset, FormError, Page};
use crate::paths::PagePath;

/// The page that asks before the session ends.
#[derive(askama::Template)]
#[template(path = "logout.html")]
pub struct Logout<'a> {
    /// The parts that all pages show.
    pub page: Page<'a>,
    /// The state of the request, which the form sends back.
    pub state: &'a str,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// The name under which the user knows their account.
    pub user: &'a str,
    /// The error of the last submit; `None` at first.
    pub error: Option<FormError>,
}
