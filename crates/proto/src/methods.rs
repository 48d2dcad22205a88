//! The callers and the size limit of each method, from the options of `doorward.methods.v1`.

/// The options of a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// The names of the processes that may call it.
    pub callers: &'static [&'static str],
    /// The maximum size of a request.
    pub max_request_bytes: usize,
}

/// Ordered by path.
#[expect(clippy::unreadable_literal, reason = "generated")]
static METHODS: &[(&str, Method)] = include!(concat!(env!("OUT_DIR"), "/methods.rs"));

/// The method with this path, such as `/doorward.session.v1.SessionService/PutUsers`, if it is defined.
#[must_use]
pub fn method(path: &str) -> Option<&'static Method> {
    let found = METHODS.binary_search_by_key(&path, |(path, _)| path);
    Some(&METHODS.get(found.ok()?)?.1)
}

/// All methods with their paths.
pub fn methods() -> impl Iterator<Item = (&'static str, &'static Method)> {
    METHODS.iter().map(|(path, method)| (*path, method))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_is_found_by_its_path() {
        for (path, found) in methods() {
            assert_eq!(method(path), Some(found), "{path}");
        }
        let sign = Method {
            callers: &["authorize-frontend"],
            max_request_bytes: 1024 * 1024,
        };
        let path = "/doorward.token_signing.v1.TokenSigningService/SignTokens";
        assert_eq!(method(path), Some(&sign));
        let apply = method("/doorward.client_registry.v1.ClientRegistryService/ApplyTenant");
        assert_eq!(apply.unwrap().max_request_bytes, 64 * 1024 * 1024);
        for unknown in ["", "/", "/grpc.health.v1.Health/Check"] {
            assert_eq!(method(unknown), None, "{unknown:?}");
        }
    }

    fn callers(service: &str, name: &str) -> &'static [&'static str] {
        let path = format!("/doorward.organization.v1.{service}/{name}");
        method(&path).unwrap().callers
    }

    #[test]
    fn sec_128_only_commands_read_tickets_and_members() {
        for name in [
            "CreateInvitation",
            "GetInvitation",
            "ListInvitations",
            "ResendInvitation",
            "RevokeInvitation",
        ] {
            assert_eq!(callers("InvitationService", name), ["commands"], "{name}");
        }
        for name in ["ListMembers", "ListOrganizations", "SetMemberRoles"] {
            assert_eq!(callers("OrganizationService", name), ["commands"], "{name}");
        }
    }

    /// The frontend asks for the user of the session only; browsers cannot name another one.
    #[test]
    fn sec_132_only_the_frontend_asks_for_the_organizations_of_a_user() {
        let name = "ListOrganizationsOfUser";
        let expected = ["authorize-frontend"];
        assert_eq!(callers("OrganizationService", name), expected);
    }

    /// The table of calls in the documentation: a command calls as `commands`, the demo API as `demo`.
    #[test]
    fn the_documented_calls_are_the_allowed_ones() {
        let document = include_str!("../../../docs/architecture.md");
        let documented = documented(document);
        let mut allowed = Vec::new();
        for (path, options) in methods() {
            let (service, method) = path.rsplit_once('/').unwrap_or_default();
            let package = service.split('.').nth(1).unwrap_or_default();
            for name in options.callers {
                allowed.push((
                    name.to_string(),
                    package.replace('_', "-"),
                    method.to_owned(),
                ));
            }
        }
        allowed.sort();
        assert_eq!(documented, allowed);
    }

    /// Caller, service and method, once each.
    fn documented(document: &str) -> Vec<(String, String, String)> {
        let split = |line: &str| -> Vec<String> {
            let cells = line.trim_matches('|').split('|');
            cells.map(|cell| cell.trim().to_owned()).collect()
        };
        let mut rows = document
            .lines()
            .skip_while(|line| !line.starts_with("| caller"));
        let services = split(rows.next().unwrap());
        let mut calls = Vec::new();
        for row in rows
            .skip(1)
            .take_while(|line| line.starts_with('|'))
            .map(split)
        {
            let caller = match row[0].as_str() {
                "`authorize-frontend`" => "authorize-frontend",
                "demo API" => "demo",
                command if command.starts_with("`doorward ") => "commands",
                other => panic!("{other} is no caller"),
            };
            for (service, cell) in services.iter().zip(&row).skip(1) {
                let methods: Vec<&str> = match cell.as_str() {
                    "everything" => methods_of(service),
                    cell => cell.split('`').skip(1).step_by(2).collect(),
                };
                for method in methods {
                    calls.push((caller.to_owned(), service.clone(), method.to_owned()));
                }
            }
        }
        calls.sort();
        calls.dedup();
        calls
    }

    fn methods_of(service: &str) -> Vec<&'static str> {
        let prefix = format!("/doorward.{}.", service.replace('-', "_"));
        let paths = methods().filter(|(path, _)| path.starts_with(&prefix));
        paths
            .filter_map(|(path, _)| Some(path.rsplit_once('/')?.1))
            .collect()
    }
}
