//! `/u/consent`: asks for consent to what the application requests.

use doorward_oauth2_types::StandardClaim;

use super::{Asset, FormError, Page};
use crate::paths::PagePath;

/// The page that asks for consent.
#[derive(askama::Template)]
#[template(path = "consent.html")]
pub struct Consent<'a> {
    /// The parts that all pages show.
    pub page: Page<'a>,
    /// The state of the transaction, which the form sends back.
    pub state: &'a str,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// The application's logo.
    pub application_logo: Option<&'a str>,
    /// The name under which the user knows their account.
    pub user: &'a str,
    /// The requested claims about the user.
    pub profile: &'a [ConsentLine<ProfileScope>],
    /// The name of the requested API.
    pub api_name: Option<&'a str>,
    /// Whether the tokens contain all permissions of the user for the API.
    pub includes_permissions: bool,
    /// The name of the organization.
    pub organization: Option<&'a str>,
    /// The requested scopes of the API.
    pub permissions: &'a [ConsentLine<String>],
    /// The error of the last submit; `None` at first.
    pub error: Option<FormError>,
}

impl Consent<'_> {
    /// The name of the user's account.
    fn account(&self) -> &str {
        self.organization.unwrap_or(self.page.tenant_name)
    }
}

/// One line of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentLine<T> {
    /// The group of claims, or the scope.
    pub subject: T,
    /// Whether the user has consented to other lines before, but not to this one.
    pub is_new: bool,
}

/// A group of OpenID Connect's scopes with a text of its own. `openid` has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileScope {
    /// Name, picture and the like.
    Profile,
    /// The email address.
    Email,
    /// The phone number.
    Phone,
    /// The postal address.
    Address,
}

impl ProfileScope {
    /// Every group, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Profile, Self::Email, Self::Phone, Self::Address];

    /// The group that a scope belongs to.
    #[must_use]
    pub fn of(scope: &str) -> Option<Self> {
        let mut claims = StandardClaim::ALL.iter();
        let claim = claims.find(|claim| claim.is_asked_for_by(scope))?;
        Some(match claim.group() {
            Some("email") => Self::Email,
            Some("phone") => Self::Phone,
            Some("address") => Self::Address,
            _ => Self::Profile,
        })
    }

    pub(super) fn text_key(self) -> &'static str {
        match self {
            Self::Profile => "consent-profile",
            Self::Email => "consent-email",
            Self::Phone => "consent-phone",
            Self::Address => "consent-address",
        }
    }
}
