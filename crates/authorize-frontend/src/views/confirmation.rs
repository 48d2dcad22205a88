//! `/u/confirmation`: asks whether the application on this device is the right one.

use super::{Asset, FormError, Page};
use crate::paths::PagePath;

/// The page that asks before an answer goes to an application on this device.
#[derive(askama::Template)]
#[template(path = "confirmation.html")]
pub struct Confirmation<'a> {
    /// The parts that all pages show.
    pub page: Page<'a>,
    /// The state of the transaction, which the form sends back.
    pub state: &'a str,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// The name under which the user knows their account.
    pub user: &'a str,
    /// The target of the answer: an origin, or a scheme with its colon.
    pub target: &'a str,
    /// The error of the last submit; `None` at first.
    pub error: Option<FormError>,
}
