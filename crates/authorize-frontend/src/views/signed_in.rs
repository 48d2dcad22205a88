//! The page for a user who returns to a finished sign-in.

use super::{Asset, Page};
use crate::paths::PagePath;

/// The page that says who is signed in, and where to continue.
#[derive(Debug, askama::Template)]
#[template(path = "signed_in.html")]
pub struct SignedIn<'a> {
    /// The parts that all pages show.
    pub page: Page<'a>,
    /// The name of the user's account.
    pub user: &'a str,
    /// The start page of the application, if it is known.
    pub address: Option<&'a str>,
}
