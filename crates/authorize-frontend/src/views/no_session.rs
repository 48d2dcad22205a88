//! `/u/sessions`, where nobody is signed in.

use super::{Asset, Page};

/// Tells that there is no session, and where one begins.
#[derive(Debug, askama::Template)]
#[template(path = "no_session.html")]
pub struct NoSession<'a> {
    /// What every page shows.
    pub page: Page<'a>,
}
