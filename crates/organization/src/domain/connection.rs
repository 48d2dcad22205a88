//! The connections by which users sign in to an organization.

use std::collections::HashSet;

use super::rule;

const MAX_CONNECTIONS: usize = 10;

/// A connection by which users sign in to an organization.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[expect(
    clippy::struct_excessive_bools,
    missing_docs,
    reason = "documented in organization.proto, field by field"
)]
pub struct Connection {
    pub name: String,
    pub assign_membership_on_login: bool,
    pub is_signup_enabled: bool,
    pub show_as_button: bool,
    pub is_enabled: bool,
}

impl Connection {
    /// Whether a sign-in by it creates the membership.
    #[must_use]
    pub fn assigns_membership(&self) -> bool {
        self.is_enabled && self.assign_membership_on_login
    }
}

/// Whether a text can be the name of a connection.
#[must_use]
pub fn is_connection_name(text: &str) -> bool {
    rule::key(text).is_ok()
}

/// Checks all connections of an organization, and orders them by name. `Err` is the problem.
pub fn check_connections(mut connections: Vec<Connection>) -> Result<Vec<Connection>, String> {
    if connections.len() > MAX_CONNECTIONS {
        return Err("must be at most 10".to_owned());
    }
    let mut names = HashSet::new();
    for connection in &connections {
        let name = &connection.name;
        rule::key(name).map_err(|problem| format!("{name:?} {problem}"))?;
        if !names.insert(name) {
            return Err(format!("{name:?} is given twice"));
        }
        if connection.is_signup_enabled && !connection.assign_membership_on_login {
            return Err(format!(
                "{name:?}: is_signup_enabled needs assign_membership_on_login"
            ));
        }
    }
    connections.sort();
    Ok(connections)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(name: &str) -> Connection {
        Connection {
            name: name.to_owned(),
            assign_membership_on_login: false,
            is_signup_enabled: false,
            show_as_button: true,
            is_enabled: true,
        }
    }

    #[test]
    fn connections_are_checked_and_ordered() {
        let ordered = check_connections(vec![connection("b"), connection("a")]).unwrap();
        assert_eq!(ordered, [connection("a"), connection("b")]);
        let eleven = (0..11).map(|index| connection(&index.to_string()));
        let signup = Connection {
            is_signup_enabled: true,
            ..connection("a")
        };
        for (bad, expected) in [
            (eleven.collect(), "must be at most 10"),
            (
                vec![connection("a"), connection("a")],
                "\"a\" is given twice",
            ),
            (vec![connection("")], "\"\" must have 1 to 255 bytes"),
            (
                vec![signup.clone()],
                "\"a\": is_signup_enabled needs assign_membership_on_login",
            ),
        ] {
            assert_eq!(check_connections(bad).unwrap_err(), expected);
        }
        let assigning = Connection {
            assign_membership_on_login: true,
            ..signup
        };
        assert!(assigning.assigns_membership());
        assert!(check_connections(vec![assigning]).is_ok());
    }
}
