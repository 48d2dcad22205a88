//! `/u/organization-picker` and `/u/pre-organization-picker`: the user chooses one of several organizations.

use super::{Asset, FormError, Page};
use crate::paths::PagePath;

/// An organization to choose.
#[derive(Clone, Copy, Debug)]
pub struct OrganizationEntry<'a> {
    /// Sent back by its button.
    pub id: &'a str,
    /// Its name for users.
    pub name: &'a str,
    /// Its logo.
    pub logo_url: Option<&'a str>,
}

/// The page with the organizations.
#[derive(askama::Template)]
#[template(path = "organization_picker.html")]
pub struct OrganizationPicker<'a> {
    /// The parts that all pages show.
    pub page: Page<'a>,
    /// The state of the transaction, which the form sends back.
    pub state: &'a str,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// The name under which the user knows their account, once they have signed in.
    pub user: Option<&'a str>,
    /// The organizations, in the order of the page.
    pub organizations: &'a [OrganizationEntry<'a>],
    /// Where the next part of the list begins; `None`: this is the last one.
    pub next: Option<&'a str>,
    /// Whether the user may go on without an organization.
    pub personal_allowed: bool,
    /// The error of the last submit; `None` at first.
    pub error: Option<FormError>,
}

impl OrganizationPicker<'_> {
    /// The page itself: before or after the sign-in.
    fn path(&self) -> PagePath {
        match self.user {
            Some(_) => PagePath::OrganizationPicker,
            None => PagePath::PreOrganizationPicker,
        }
    }
}
