//! Ids of organizations, users and roles.

use std::fmt;

use doorward_proto::InvalidField;

use super::rule;

/// Most users in one call.
const MAX_USERS: usize = 10;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// `org_` and 16 letters and digits, or the id in the tenant file.
    OrganizationId;
    /// The `sub` of a user, given by `identity`.
    UserId;
    /// Id of a role, given by `identity`.
    RoleId;
}

impl OrganizationId {
    /// Whether a text can be the id of an organization. PostgreSQL refuses some of the others.
    #[must_use]
    pub fn is_possible(text: &str) -> bool {
        rule::key(text).is_ok()
    }

    /// A new id.
    #[must_use]
    pub fn generate() -> Self {
        Self(format!("org_{}", doorward_service_kit::alphanumeric(16)))
    }
}

impl UserId {
    /// Checks an id.
    pub fn parse(field: &str, text: String) -> Result<Self, InvalidField> {
        rule::key(&text).map_err(|problem| InvalidField::new(field, problem))?;
        Ok(Self(text))
    }
}

impl RoleId {
    /// Checks an id.
    pub fn parse(field: &str, text: String) -> Result<Self, InvalidField> {
        rule::key(&text).map_err(|problem| InvalidField::new(field, problem))?;
        Ok(Self(text))
    }
}

/// Checks the users of one call: 1 to 10; a repeated one is dropped.
pub fn parse_users(texts: Vec<String>) -> Result<Vec<UserId>, InvalidField> {
    if !(1..=MAX_USERS).contains(&texts.len()) {
        return Err(InvalidField::new("user_ids", "must be 1 to 10"));
    }
    let mut users = Vec::new();
    for text in texts {
        let user = UserId::parse("user_ids", text)?;
        if !users.contains(&user) {
            users.push(user);
        }
    }
    Ok(users)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ids() {
        let id = OrganizationId::generate();
        assert!(id.as_str().starts_with("org_"));
        assert_eq!(id.as_str().len(), 20);
    }

    #[test]
    fn possible_ids() {
        for (text, expected) in [("org_a", true), ("acme", true), ("", false), ("a\0", false)] {
            assert_eq!(OrganizationId::is_possible(text), expected, "{text:?}");
        }
    }

    #[test]
    fn users_of_a_call() {
        let parse = |texts: &[&str]| parse_users(texts.iter().map(ToString::to_string).collect());
        assert_eq!(parse(&["b", "a", "b"]).unwrap().len(), 2);
        assert!(parse(&["a"; 10]).is_ok());
        for bad in [&[][..], &["a"; 11], &["a", ""], &["a\nb"]] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
