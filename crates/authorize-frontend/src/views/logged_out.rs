//! A logout with nowhere to go.

use super::{Asset, Page};

/// Tells that the session has ended.
#[derive(Debug, askama::Template)]
#[template(path = "logged_out.html")]
pub struct LoggedOut<'a> {
    /// What every page shows.
    pub page: Page<'a>,
}
