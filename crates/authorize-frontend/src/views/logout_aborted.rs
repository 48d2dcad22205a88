//! `/u/logout`, answered with no.

use super::{Asset, Page};

/// Tells that the session goes on.
#[derive(Debug, askama::Template)]
#[template(path = "logout_aborted.html")]
pub struct LogoutAborted<'a> {
    /// What every page shows.
    pub page: Page<'a>,
}
