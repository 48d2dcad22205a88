//! Groups of users that sign in together.

use std::collections::BTreeMap;

/// An organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Organization {
    /// The `org_id` claim.
    pub(crate) id: String,
    /// Unique; stands for `{organization_name}` in a callback.
    pub(crate) name: String,
    /// Shown to users.
    pub(crate) display_name: String,
    /// The look of its pages.
    pub(crate) branding: Branding,
    /// The enabled ones, ordered by name. Only these offer a sign-in to the organization.
    pub(crate) connections: Vec<OrganizationConnection>,
    /// Whether third-party clients may sign users in to it.
    pub(crate) third_party_clients_allowed: bool,
    /// The only clients that may sign users in to it; `None`: all.
    pub(crate) only_clients: Option<Vec<String>>,
    /// For custom claims and the post-login hook.
    pub(crate) metadata: BTreeMap<String, String>,
}

/// The look of an organization's pages, where it differs from the tenant's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Branding {
    /// https URL of a logo.
    pub(crate) logo_url: Option<String>,
    /// Color of buttons and links, `#` and six hexadecimal digits.
    pub(crate) primary_color: Option<String>,
    /// Color of the ground, `#` and six hexadecimal digits.
    pub(crate) page_background_color: Option<String>,
}

/// A connection by which users sign in to an organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OrganizationConnection {
    pub(crate) name: String,
    /// Whether each sign-in by it creates the membership.
    pub(crate) assign_membership_on_login: bool,
    /// Whether users can create accounts by themselves, even if the connection disables it.
    pub(crate) is_signup_enabled: bool,
}

impl Organization {
    /// Its connection of this name; `None`: not enabled.
    pub(crate) fn connection(&self, name: &str) -> Option<&OrganizationConnection> {
        self.connections.iter().find(|it| it.name == name)
    }

    /// Whether it lists this client, or lists none.
    pub(crate) fn admits(&self, client_id: &str) -> bool {
        let listed = self.only_clients.as_ref();
        listed.is_none_or(|listed| listed.iter().any(|it| it == client_id))
    }
}

/// The id or the name of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OrganizationSelector {
    Id(String),
    /// In any letter case.
    Name(String),
}

impl OrganizationSelector {
    /// Prefix of ids; no name begins with it.
    const ID_PREFIX: &str = "org_";

    /// Reads the `organization` parameter; `None`: it is a name, and names are not allowed.
    pub(crate) fn parse(text: &str, allows_names: bool) -> Option<Self> {
        if text.starts_with(Self::ID_PREFIX) {
            Some(Self::Id(text.to_owned()))
        } else {
            allows_names.then(|| Self::Name(text.to_owned()))
        }
    }
}

/// An organization, and what one user is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundOrganization {
    pub(crate) organization: Organization,
    /// `None`: the user is not a member, or no user was named.
    pub(crate) member: Option<Member>,
}

/// The membership of a user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Member {
    /// The user's roles in the organization.
    pub(crate) role_ids: Vec<String>,
}

/// A part of a list of organizations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OrganizationPage {
    pub(crate) organizations: Vec<Organization>,
    /// Where the next part begins; `None`: this is the last one.
    pub(crate) next: Option<String>,
}
