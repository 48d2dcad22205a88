//! For a person who comes back to a sign-in that is over.

use super::{Asset, Page};

/// Tells who is signed in, and where to go on.
#[derive(Debug, askama::Template)]
#[template(path = "signed_in.html")]
pub struct SignedIn<'a> {
    /// What every page shows.
    pub page: Page<'a>,
    /// The name under which the user knows their account.
    pub user: &'a str,
    /// The start page of the application, if that is known.
    pub address: Option<&'a str>,
}
