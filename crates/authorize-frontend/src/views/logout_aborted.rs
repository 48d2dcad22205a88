//! The page after a no on `/u/logout`.

use super::{Asset, Page};

/// The page that says that the user is still signed in.
#[derive(Debug, askama::Template)]
#[template(path = "logout_aborted.html")]
pub struct LogoutAborted<'a> {
    /// The parts that all pages show.
    pub page: Page<'a>,
}
