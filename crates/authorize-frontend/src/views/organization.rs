//! `/u/organization`: asks for the organization before the sign-in.

use super::{Asset, FormError, Page};
use crate::paths::PagePath;

/// The text that the user types in to name the organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationField {
    /// The name of the organization.
    Name,
    /// An email address in one of its domains.
    Email,
    /// Either of them.
    NameOrEmail,
}

impl OrganizationField {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Name, Self::Email, Self::NameOrEmail];

    /// The name of the field in the form.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Name | Self::NameOrEmail => "organizationName",
            Self::Email => "email",
        }
    }

    pub(super) fn label_key(self) -> &'static str {
        match self {
            Self::Name => "organization-name-label",
            Self::Email => "email-label",
            Self::NameOrEmail => "organization-name-or-email-label",
        }
    }

    fn autocomplete(self) -> &'static str {
        match self {
            Self::Name => "organization",
            Self::Email | Self::NameOrEmail => "email",
        }
    }
}

/// The page that asks for the organization.
#[derive(askama::Template)]
#[template(path = "organization.html")]
pub struct Organization<'a> {
    /// The parts that all pages show.
    pub page: Page<'a>,
    /// The state of the transaction, which the form sends back.
    pub state: &'a str,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// The text that the user types in.
    pub field: OrganizationField,
    /// The initial value of the field: the last attempt.
    pub typed: &'a str,
    /// Whether the user may go on without an organization.
    pub personal_allowed: bool,
    /// The error of the last submit; `None` at first.
    pub error: Option<FormError>,
}
