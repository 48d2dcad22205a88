//! Roles, and what they permit.

use std::collections::BTreeSet;
use std::fmt;

use doorward_proto::InvalidField;

use super::user::check_name;

/// Most roles that one user may have.
const MAX_OF_USER: usize = 50;

/// `rol_` and 16 letters and digits, or whatever a tenant file gave.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleId(String);

impl RoleId {
    /// A new id.
    #[must_use]
    pub fn generate() -> Self {
        Self(format!("rol_{}", doorward_service_kit::alphanumeric(16)))
    }

    /// Checks an id.
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        check_name("id", text)?;
        Ok(Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The right to be given a scope of an API; whether there are such is `client-registry`'s business.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission {
    /// Identifier of the API.
    pub resource_server_identifier: String,
    /// The scope.
    pub permission_name: String,
}

/// A set of permissions that users can be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Stays for ever.
    pub id: RoleId,
    /// Unique; may change.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// The permissions.
    pub permissions: BTreeSet<Permission>,
}

/// Finds roles by name or id. A text that is both means the id, because ids never change.
pub fn resolve(roles: &[Role], wanted: &[String]) -> Result<BTreeSet<RoleId>, InvalidField> {
    if wanted.len() > MAX_OF_USER {
        return Err(InvalidField::new("roles", "must be at most 50"));
    }
    let find = |text: &String| {
        let by_id = roles.iter().find(|role| role.id.as_str() == text);
        let found = by_id.or_else(|| roles.iter().find(|role| role.name == *text));
        let id = found.map(|role| role.id.clone());
        id.ok_or_else(|| InvalidField::new("roles", format!("there is no role {text:?}")))
    };
    wanted.iter().map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(id: &str, name: &str) -> Role {
        Role {
            id: RoleId::parse(id).unwrap(),
            name: name.to_owned(),
            description: String::new(),
            permissions: BTreeSet::new(),
        }
    }

    #[test]
    fn roles_are_meant_by_name_or_id() {
        let roles = [
            role("rol_a", "reader"),
            role("rol_b", "rol_a"),
            role("rol_c", "Reader"),
        ];
        let resolve = |wanted: &[&str]| {
            let wanted: Vec<_> = wanted.iter().map(ToString::to_string).collect();
            let ids = resolve(&roles, &wanted)?;
            Ok::<_, InvalidField>(ids.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        for (wanted, expected) in [
            (&[][..], &[][..]),
            (&["reader"], &["rol_a"]),
            (&["rol_a"], &["rol_a"]),
            (&["Reader", "rol_b"], &["rol_b", "rol_c"]),
            (&["reader", "rol_a"], &["rol_a"]),
        ] {
            assert_eq!(resolve(wanted).unwrap(), expected, "{wanted:?}");
        }
        let error = resolve(&["reader", "writer"]).unwrap_err();
        assert_eq!(error.to_string(), "roles: there is no role \"writer\"");
        assert_eq!(resolve(&["reader"; 50]).unwrap().len(), 1);
        assert!(resolve(&["reader"; 51]).is_err());
    }

    #[test]
    fn ids() {
        let id = RoleId::generate();
        assert!(id.as_str().starts_with("rol_"));
        assert_eq!(id.as_str().len(), 20);
        for bad in ["", "a\nb", &"x".repeat(256)] {
            assert!(RoleId::parse(bad).is_err(), "{bad:?}");
        }
    }
}
