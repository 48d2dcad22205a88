//! `/u/confirmation`: is it really the application on this device that you mean?

use super::{Asset, FormError, Page};

/// The page that asks before an answer goes to an application on this device.
#[derive(askama::Template)]
#[template(path = "confirmation.html")]
pub struct Confirmation<'a> {
    /// What every page shows.
    pub page: Page<'a>,
    /// The transaction, as this page must send it back.
    pub state: &'a str,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// Who is asked.
    pub user: &'a str,
    /// Where the answer goes: an origin, or a scheme with its colon.
    pub target: &'a str,
    /// Why the page is shown again.
    pub error: Option<FormError>,
}
