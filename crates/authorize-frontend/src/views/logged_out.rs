//! The page after a logout without a redirect.

use super::{Asset, Page};

/// The page that says that the session has ended.
#[derive(Debug, askama::Template)]
#[template(path = "logged_out.html")]
pub struct LoggedOut<'a> {
    /// The parts that all pages show.
    pub page: Page<'a>,
}
