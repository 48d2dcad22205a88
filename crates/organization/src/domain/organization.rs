//! Organizations and their names.

use std::fmt;

use doorward_proto::InvalidField;

/// `org_` and 16 letters and digits, or whatever a tenant file gave.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrganizationId(String);

impl OrganizationId {
    /// A new id.
    #[must_use]
    pub fn generate() -> Self {
        Self(format!("org_{}", doorward_service_kit::alphanumeric(16)))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for OrganizationId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

impl fmt::Display for OrganizationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The `sub` of a user; what it means is `identity`'s business.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserId(String);

impl UserId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for UserId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

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
    /// Stays for ever.
    pub id: OrganizationId,
    /// Unique; may change.
    pub name: OrganizationName,
    /// Shown to users; empty: the name is shown.
    pub display_name: String,
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

    #[test]
    fn ids() {
        let id = OrganizationId::generate();
        assert!(id.as_str().starts_with("org_"));
        assert_eq!(id.as_str().len(), 20);
    }
}
