//! Organizations and their names.

use doorward_proto::InvalidField;

use super::{Connection, DiscoveryDomain, Member, OrganizationId, Settings};

/// 1 to 50 of `a-z 0-9 _ -`, first a letter or digit. Never begins with `org_`, so that it cannot be taken for an id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrganizationName(String);

impl OrganizationName {
    /// Longest name, in characters.
    pub const MAX_LENGTH: usize = 50;

    /// Checks a name.
    pub fn parse(name: &str) -> Result<Self, InvalidField> {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
        let problem = if name.is_empty() || name.len() > Self::MAX_LENGTH {
            "must have 1 to 50 characters"
        } else if !name.bytes().all(allowed) {
            "may only have the characters a-z, 0-9, _ and -"
        } else if name.starts_with(['_', '-']) {
            "must begin with a letter or digit"
        } else if name.starts_with("org_") {
            "must not begin with org_, as ids do"
        } else {
            return Ok(Self(name.to_owned()));
        };
        Err(InvalidField::new("name", format!("{name:?} {problem}")))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A group of users that signs in together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Never changes.
    pub id: OrganizationId,
    /// Unique; may change.
    pub name: OrganizationName,
    /// Shown to users; empty: the name is shown.
    pub display_name: String,
    /// Settings that no query looks at.
    pub settings: Settings,
    /// Ordered by name.
    pub connections: Vec<Connection>,
    /// Ordered by domain.
    pub discovery_domains: Vec<DiscoveryDomain>,
}

impl Organization {
    /// An organization with every setting at its default.
    #[must_use]
    pub fn new(id: OrganizationId, name: OrganizationName) -> Self {
        Self {
            id,
            name,
            display_name: String::new(),
            settings: Settings::default(),
            connections: Vec::new(),
            discovery_domains: Vec::new(),
        }
    }
}

/// Selects an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// Its id.
    Id(OrganizationId),
    /// Its name.
    Name(OrganizationName),
}

/// An organization, and the membership of the user that was asked for with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The organization.
    pub organization: Organization,
    /// `None` if no user was named, or if the user is not a member.
    pub member: Option<Member>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in ["acme", "a", "0-1_2", &"x".repeat(50)] {
            assert!(OrganizationName::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "Acme", "a b", "-a", "_a", "org_x", "é", &"x".repeat(51)] {
            assert!(OrganizationName::parse(bad).is_err(), "{bad}");
        }
    }
}
