//! `/u/sessions` without a session.

use super::{Asset, Page};

/// The page that says that there is no session, and how to sign in.
#[derive(Debug, askama::Template)]
#[template(path = "no_session.html")]
pub struct NoSession<'a> {
    /// The parts that all pages show.
    pub page: Page<'a>,
}
