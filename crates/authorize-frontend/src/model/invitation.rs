//! Invitations of people into organizations.

use std::fmt;

use doorward_oauth2_types::StandardClaim;

use super::User;

/// An invitation that can be accepted, or that this very sign-in has accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invitation {
    /// The person who invites.
    pub(crate) inviter_name: String,
    /// The only address that can accept.
    pub(crate) email: String,
    /// Name of the connection that must be used; `None`: any of the organization.
    pub(crate) connection: Option<String>,
    /// The application that it invites to.
    pub(crate) client_id: String,
    /// The user who has accepted it in this sign-in; `None`: it is open.
    pub(crate) accepted_by: Option<String>,
}

impl Invitation {
    /// Whether it is still to be accepted.
    pub(crate) fn is_open(&self) -> bool {
        self.accepted_by.is_none()
    }

    /// Whether it invites this user. Only letter case does not count.
    pub(crate) fn is_for(&self, user: &User) -> bool {
        let email = user.claims.text(StandardClaim::Email);
        // mutant: invitation-for-any-address
        email.is_some_and(|email| email.to_lowercase() == self.email.to_lowercase())
    }

    /// Whether this user has accepted it, and their address is noted as proved.
    pub(crate) fn is_settled_by(&self, user: &User) -> bool {
        self.accepted_by.as_ref() == Some(&user.user_id) && user.has_verified_email()
    }

    /// Whether it lets users of this connection accept.
    pub(crate) fn allows(&self, connection: &str) -> bool {
        let wanted = self.connection.as_deref();
        wanted.is_none_or(|wanted| wanted == connection)
    }
}

/// The ticket of an invitation in a request, and the sign-in that it came to.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) id: String,
    /// The same for every submit of one sign-in. `None`: the sign-in has not begun.
    pub(crate) acceptance_id: Option<String>,
}

/// A ticket is a secret.
impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The request of a user to accept an invitation.
pub(crate) struct Acceptance<'a> {
    pub(crate) ticket: &'a Ticket,
    pub(crate) organization_id: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) user: &'a User,
}

/// Metadata that an invitation gives to its user, as JSON objects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct InvitedMetadata {
    pub(crate) app: Option<String>,
    pub(crate) user: Option<String>,
}

#[cfg(test)]
mod tests {
    use doorward_oauth2_types::ClaimSet;

    use super::*;

    fn user(email: &str, verified: bool) -> User {
        let mut claims = ClaimSet::default();
        claims.set(StandardClaim::Email, email);
        claims.set(StandardClaim::EmailVerified, verified);
        User {
            user_id: "auth0|carol".to_owned(),
            claims,
            ..User::default()
        }
    }

    fn invitation(accepted_by: Option<&str>) -> Invitation {
        Invitation {
            inviter_name: "Ada".to_owned(),
            email: "Carol@Example.test".to_owned(),
            connection: None,
            client_id: "spa".to_owned(),
            accepted_by: accepted_by.map(str::to_owned),
        }
    }

    #[test]
    fn sec_121_only_the_invited_address_counts() {
        for (email, expected) in [
            ("carol@example.test", true),
            ("CAROL@example.TEST", true),
            ("carol+x@example.test", false),
            ("carol@example.test.evil.test", false),
            ("c.arol@example.test", false),
            ("bob@example.test", false),
        ] {
            let is_for = invitation(None).is_for(&user(email, true));
            assert_eq!(is_for, expected, "{email}");
        }
        assert!(!invitation(None).is_for(&User::default()), "no address");
    }

    #[test]
    fn only_its_user_with_a_proved_address_has_settled_it() {
        for (accepted_by, verified, expected) in [
            (None, true, false),
            (Some("auth0|bob"), true, false),
            (Some("auth0|carol"), false, false),
            (Some("auth0|carol"), true, true),
        ] {
            let user = user("carol@example.test", verified);
            let settled = invitation(accepted_by).is_settled_by(&user);
            assert_eq!(settled, expected, "{accepted_by:?} {verified}");
        }
    }
}
