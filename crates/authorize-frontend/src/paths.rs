//! The paths of the pages that a browser is sent to. Pages link to each other by these names only.

use std::fmt;

/// A page of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PagePath {
    /// Takes authorization requests.
    Authorize,
    /// Every page of a sign-in ends here.
    Resume,
    /// The first page of a sign-in, for addresses that were written down.
    Login,
    LoginIdentifier,
    LoginPassword,
    Signup,
    /// Asks for the organization before the sign-in.
    Organization,
    /// Shows the organizations of an email address, before the sign-in.
    PreOrganizationPicker,
    /// Shows the user's organizations, after the sign-in.
    OrganizationPicker,
    /// Shows an invitation.
    Invitation,
    /// Begins the sign-in of an invitation, for applications without a page of their own that does so.
    InvitationStart,
    Consent,
    Confirmation,
    /// Where the user is signed in.
    Sessions,
    /// Asks before a logout.
    Logout,
    /// RP-Initiated Logout.
    OidcLogout,
}

impl PagePath {
    /// The path, from the root of the issuer's host.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Authorize => "/authorize",
            Self::Resume => "/authorize/resume",
            Self::Login => "/u/login",
            Self::LoginIdentifier => "/u/login/identifier",
            Self::LoginPassword => "/u/login/password",
            Self::Signup => "/u/signup",
            Self::Organization => "/u/organization",
            Self::PreOrganizationPicker => "/u/pre-organization-picker",
            Self::OrganizationPicker => "/u/organization-picker",
            Self::Invitation => "/u/invitation",
            Self::InvitationStart => "/u/invitation/start",
            Self::Consent => "/u/consent",
            Self::Confirmation => "/u/confirmation",
            Self::Sessions => "/u/sessions",
            Self::Logout => "/u/logout",
            Self::OidcLogout => "/oidc/logout",
        }
    }
}

impl fmt::Display for PagePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
