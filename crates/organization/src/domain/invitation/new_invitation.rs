//! The terms of an invitation.

use std::collections::BTreeSet;

use doorward_proto::InvalidField;
use jiff::{SignedDuration, Timestamp};

use super::{Invitation, InvitationId, InviteeEmail, LoginUri, State, Ticket};
use crate::domain::{OrganizationId, RoleId, rule};

const MAX_INVITER_NAME: usize = 300;
const MAX_METADATA_BYTES: usize = 16 * 1024;
/// 30 days.
const MAX_TTL_SECONDS: u32 = 2_592_000;
/// 7 days.
const DEFAULT_TTL_SECONDS: u32 = 604_800;

/// An invitation to create: the terms that never change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// Name of the person who invites.
    pub inviter_name: String,
    /// The only address that can accept.
    pub invitee_email: InviteeEmail,
    /// The application that the person signs in to.
    pub client_id: String,
    /// Name of the connection that must be used; `None`: any of the organization.
    pub connection: Option<String>,
    /// Roles of the new member in the organization.
    pub roles: BTreeSet<RoleId>,
    /// Lifetime; 0: the default.
    pub ttl_seconds: u32,
    /// The address that the link is made of.
    pub login_uri: LoginUri,
    /// A JSON object as text, for a user that is created by the invitation.
    pub app_metadata: Option<String>,
    /// A JSON object as text, for a user that is created by the invitation.
    pub user_metadata: Option<String>,
    /// Tag of the language of its mails; `None` if it was not recorded.
    pub language: Option<String>,
}

impl NewInvitation {
    /// Refuses terms that no invitation may have.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let name = &self.inviter_name;
        if name.trim().is_empty() || name.chars().count() > MAX_INVITER_NAME {
            return Err(InvalidField::new(
                "inviter_name",
                "must have 1 to 300 characters, and not only spaces",
            ));
        }
        // mutant: control-characters-in-inviter-names
        if name.chars().any(char::is_control) {
            return Err(InvalidField::new(
                "inviter_name",
                "must have no control characters",
            ));
        }
        check_id("client_id", &self.client_id)?;
        if let Some(connection) = &self.connection {
            check_id("connection", connection)?;
        }
        if self.ttl_seconds > MAX_TTL_SECONDS {
            return Err(InvalidField::new("ttl_seconds", "must be at most 2592000"));
        }
        check_metadata("app_metadata_json", self.app_metadata.as_deref())?;
        check_metadata("user_metadata_json", self.user_metadata.as_deref())
    }

    /// Creates the invitation with a new ticket.
    #[must_use]
    pub fn issue(mut self, organization_id: OrganizationId, now: Timestamp) -> Invitation {
        if self.ttl_seconds == 0 {
            self.ttl_seconds = DEFAULT_TTL_SECONDS;
        }
        // The store keeps milliseconds.
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        Invitation {
            id: InvitationId::generate(),
            organization_id,
            created_at: now,
            expires_at: now + SignedDuration::from_secs(self.ttl_seconds.into()),
            terms: self,
            state: State::Open(Ticket::generate()),
            mail_id: None,
        }
    }
}

fn check_id(field: &str, id: &str) -> Result<(), InvalidField> {
    rule::key(id).map_err(|problem| InvalidField::new(field, problem))
}

fn check_metadata(field: &str, text: Option<&str>) -> Result<(), InvalidField> {
    let Some(text) = text else { return Ok(()) };
    if text.len() > MAX_METADATA_BYTES {
        return Err(InvalidField::new(field, "must have at most 16 KiB"));
    }
    let object: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(text);
    match object {
        Ok(_) => Ok(()),
        Err(_) => Err(InvalidField::new(field, "must be a JSON object")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> NewInvitation {
        NewInvitation {
            inviter_name: "Alice".to_owned(),
            invitee_email: InviteeEmail::parse("carol@example.test").unwrap(),
            client_id: "app".to_owned(),
            connection: None,
            roles: BTreeSet::new(),
            ttl_seconds: 0,
            login_uri: LoginUri::parse("https://app.example.test/login").unwrap(),
            app_metadata: None,
            user_metadata: None,
            language: None,
        }
    }

    #[test]
    fn terms_have_limits() {
        type Change = fn(&mut NewInvitation, String);
        terms().validate().unwrap();
        let text = |length| "x".repeat(length);
        let cases: [(Change, String, &str); 8] = [
            (
                |it, text| it.inviter_name = text,
                String::new(),
                "inviter_name",
            ),
            (
                |it, text| it.inviter_name = text,
                " \u{3000}".to_owned(),
                "inviter_name",
            ),
            (|it, text| it.inviter_name = text, text(301), "inviter_name"),
            (|it, text| it.client_id = text, String::new(), "client_id"),
            (
                |it, text| it.connection = Some(text),
                text(256),
                "connection",
            ),
            (
                |it, _| it.ttl_seconds = 2_592_001,
                String::new(),
                "ttl_seconds",
            ),
            (
                |it, text| it.app_metadata = Some(text),
                "[1]".to_owned(),
                "app_metadata_json",
            ),
            (
                |it, text| it.user_metadata = Some(text),
                text(17_000),
                "user_metadata_json",
            ),
        ];
        for (change, text, field) in cases {
            let mut changed = terms();
            change(&mut changed, text);
            assert_eq!(changed.validate().unwrap_err().field, field);
        }
    }

    #[test]
    fn sec_136_no_line_end_in_a_name() {
        for name in [
            "Alice\r\nBcc: mallory@evil.test",
            "Alice\n",
            "Alice\u{85}",
            "\0",
        ] {
            let terms = NewInvitation {
                inviter_name: name.to_owned(),
                ..terms()
            };
            assert_eq!(terms.validate().unwrap_err().field, "inviter_name");
        }
    }

    #[test]
    fn an_invitation_lives_a_week_unless_said_otherwise() {
        let now = Timestamp::constant(1_767_323_045, 0);
        let issue = |ttl_seconds| {
            NewInvitation {
                ttl_seconds,
                ..terms()
            }
            .issue("org_1".to_owned().into(), now)
        };
        let life = |invitation: &Invitation| invitation.expires_at.as_second() - now.as_second();
        assert_eq!(life(&issue(0)), 604_800);
        assert_eq!(life(&issue(60)), 60);
        let one = issue(60);
        let precise = Timestamp::constant(1_767_323_045, 123_456_789);
        let stored = terms().issue("org_1".to_owned().into(), precise);
        assert_eq!(stored.created_at.subsec_nanosecond(), 123_000_000);
        assert!(one.id.as_str().starts_with("uinv_") && one.id.as_str().len() == 21);
        let last = one.expires_at - SignedDuration::from_millis(1);
        assert!(one.open_ticket(last).is_some());
        assert!(one.open_ticket(one.expires_at).is_none());
        assert!(one.url("acme", one.expires_at).is_none());
    }
}
