//! Members of organizations, and their roles there.

use std::collections::BTreeSet;

use doorward_proto::InvalidField;

use super::{RoleId, UserId};

/// Most roles that a member may have in one organization.
pub const MAX_ROLES: usize = 50;

/// The membership of a user in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The user.
    pub user: UserId,
    /// Roles that count for sign-ins to the organization.
    pub roles: BTreeSet<RoleId>,
}

/// Checks the roles of a member.
pub fn parse_roles(texts: Vec<String>) -> Result<BTreeSet<RoleId>, InvalidField> {
    let ids = texts.into_iter().map(|id| RoleId::parse("role_ids", id));
    let roles = ids.collect::<Result<BTreeSet<_>, _>>()?;
    if roles.len() > MAX_ROLES {
        return Err(InvalidField::new("role_ids", "must be at most 50"));
    }
    Ok(roles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_of_a_member() {
        let many = |count: usize| (0..count).map(|index| format!("rol_{index}")).collect();
        assert_eq!(parse_roles(many(50)).unwrap().len(), 50);
        assert!(parse_roles(many(51)).is_err());
        assert!(parse_roles(vec![String::new()]).is_err());
        assert_eq!(parse_roles(vec!["a".to_owned(); 60]).unwrap().len(), 1);
    }
}
