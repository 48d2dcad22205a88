//! `/u/consent`: what may the application have?

use super::{Asset, FormError, Page};

/// The page that asks for consent.
#[derive(askama::Template)]
#[template(path = "consent.html")]
pub struct Consent<'a> {
    /// What every page shows.
    pub page: Page<'a>,
    /// The transaction, as this page must send it back.
    pub state: &'a str,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// The application's logo.
    pub application_logo: Option<&'a str>,
    /// Who is asked.
    pub user: &'a str,
    /// What the application wants to know of the user.
    pub profile: &'a [ConsentLine<ProfileScope>],
    /// The API that it wants to use.
    pub api_name: Option<&'a str>,
    /// Whether its tokens include all that the user is permitted there.
    pub includes_permissions: bool,
    /// The organization in which it asks.
    pub organization: Option<&'a str>,
    /// What it wants to do there.
    pub permissions: &'a [ConsentLine<String>],
    /// Why the page is shown again.
    pub error: Option<FormError>,
}

impl Consent<'_> {
    /// Whose account it is.
    fn account(&self) -> &str {
        self.organization.unwrap_or(self.page.tenant_name)
    }
}

/// One thing that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentLine<T> {
    /// What it is.
    pub subject: T,
    /// Whether the user agreed to other things before, but not to this.
    pub is_new: bool,
}

/// A group of OpenID Connect's scopes that has a text of its own. `openid` has none: that the user is signed in is what
/// the page is about.
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
        match scope {
            "email" | "email_verified" => Some(Self::Email),
            "phone" => Some(Self::Phone),
            "address" => Some(Self::Address),
            "profile" | "name" | "given_name" | "family_name" | "nickname" | "picture"
            | "created_at" | "identities" => Some(Self::Profile),
            _ => None,
        }
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
