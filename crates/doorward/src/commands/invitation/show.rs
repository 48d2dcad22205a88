//! Invitations as text and as JSON.

use doorward_proto::from_timestamp;
use doorward_proto::organization::v1::{Invitation, InvitationMail, InvitationState, MailState};
use prost_types::Timestamp;
use serde_json::{Map, Value, json};

use crate::output::{say, say_json};

#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct OutputArgs {
    /// Print JSON, with the names of Auth0's Management API
    #[arg(long)]
    pub(super) json: bool,
}

/// Prints one invitation.
pub(super) fn print(invitation: &Invitation, output: OutputArgs) {
    if output.json {
        say_json(&as_json(invitation));
        return;
    }
    say(as_line(invitation));
    if !invitation.role_ids.is_empty() {
        say(format_args!("roles: {}", invitation.role_ids.join(", ")));
    }
    if let Some(mail) = &invitation.mail {
        say(format_args!("mail: {}", mail_text(mail)));
    }
    if let Some(url) = &invitation.invitation_url {
        say(url);
    }
}

/// One line of a list.
pub(super) fn as_line(invitation: &Invitation) -> String {
    let (id, email) = (&invitation.id, &invitation.invitee_email);
    let state = state_name(invitation.state());
    let end = time(invitation.expires_at).unwrap_or_default();
    let verb = if invitation.state() == InvitationState::Expired {
        "expired"
    } else {
        "expires"
    };
    let failed = matches!(&invitation.mail, Some(mail) if mail.state() == MailState::Failed);
    let mail = if failed {
        ", its mail was given up"
    } else {
        ""
    };
    match invitation.state() {
        InvitationState::Open | InvitationState::Expired => {
            format!("{id}  {email}  {state}, {verb} {end}{mail}")
        }
        _ => format!("{id}  {email}  {state}"),
    }
}

fn mail_text(mail: &InvitationMail) -> String {
    let (name, attempts) = (mail_state_name(mail.state()), mail.attempts);
    let attempts = format!(
        "{attempts} {}",
        if attempts == 1 { "attempt" } else { "attempts" }
    );
    match &mail.last_error {
        Some(error) => format!("{name} after {attempts}: {error}"),
        None => format!("{name}, {attempts}"),
    }
}

/// The invitation with the names of Auth0's Management API, `connection`, `language`, `state` and `mail` besides.
pub(super) fn as_json(invitation: &Invitation) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put("id", json!(invitation.id));
    put("organization_id", json!(invitation.organization_id));
    put("inviter", json!({ "name": invitation.inviter_name }));
    put("invitee", json!({ "email": invitation.invitee_email }));
    put("client_id", json!(invitation.client_id));
    if let Some(connection) = &invitation.connection {
        put("connection", json!(connection));
    }
    put("roles", json!(invitation.role_ids));
    if let Some(language) = &invitation.language {
        put("language", json!(language));
    }
    put("created_at", json!(time(invitation.created_at)));
    put("expires_at", json!(time(invitation.expires_at)));
    for (key, value) in [
        ("ticket_id", &invitation.ticket_id),
        ("invitation_url", &invitation.invitation_url),
    ] {
        if let Some(value) = value {
            put(key, json!(value));
        }
    }
    put("state", json!(state_name(invitation.state())));
    if let Some(mail) = &invitation.mail {
        put("mail", mail_json(mail));
    }
    Value::Object(object)
}

fn mail_json(mail: &InvitationMail) -> Value {
    let mut object = json!({
        "state": mail_state_name(mail.state()),
        "attempts": mail.attempts,
    });
    if let Some(at) = time(mail.last_attempt_at) {
        object["last_attempt_at"] = json!(at);
    }
    if let Some(error) = &mail.last_error {
        object["last_error"] = json!(error);
    }
    object
}

fn state_name(state: InvitationState) -> &'static str {
    match state {
        InvitationState::Unspecified => "unknown",
        InvitationState::Open => "open",
        InvitationState::Accepted => "accepted",
        InvitationState::Revoked => "revoked",
        InvitationState::Expired => "expired",
        InvitationState::Burnt => "burnt",
    }
}

fn mail_state_name(state: MailState) -> &'static str {
    match state {
        MailState::Unspecified => "unknown",
        MailState::Queued => "queued",
        MailState::Sent => "sent",
        MailState::Failed => "failed",
    }
}

/// An instant in RFC 3339; `None` if it is absent.
fn time(instant: Option<Timestamp>) -> Option<String> {
    let instant = from_timestamp(instant, "").ok()?;
    Some(instant.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open() -> Invitation {
        let at = |seconds| Some(Timestamp { seconds, nanos: 0 });
        Invitation {
            id: "uinv_1".to_owned(),
            organization_id: "org_1".to_owned(),
            inviter_name: "Alice".to_owned(),
            invitee_email: "carol@example.test".to_owned(),
            client_id: "app".to_owned(),
            connection: None,
            role_ids: vec!["rol_1".to_owned()],
            created_at: at(0),
            expires_at: at(60),
            ticket_id: Some("t".to_owned()),
            invitation_url: Some("https://app.example.test/".to_owned()),
            state: InvitationState::Open.into(),
            mail: Some(InvitationMail {
                state: MailState::Queued.into(),
                attempts: 1,
                last_attempt_at: at(1),
                last_error: Some("450 later".to_owned()),
            }),
            language: Some("ja".to_owned()),
        }
    }

    #[test]
    fn json_has_the_names_of_auth0() {
        assert_eq!(
            as_json(&open()),
            json!({
                "id": "uinv_1",
                "organization_id": "org_1",
                "inviter": { "name": "Alice" },
                "invitee": { "email": "carol@example.test" },
                "client_id": "app",
                "roles": ["rol_1"],
                "language": "ja",
                "created_at": "1970-01-01T00:00:00Z",
                "expires_at": "1970-01-01T00:01:00Z",
                "ticket_id": "t",
                "invitation_url": "https://app.example.test/",
                "state": "open",
                "mail": {
                    "state": "queued",
                    "attempts": 1,
                    "last_attempt_at": "1970-01-01T00:00:01Z",
                    "last_error": "450 later"
                }
            })
        );
    }

    #[test]
    fn lines() {
        let line = as_line(&open());
        assert_eq!(
            line,
            "uinv_1  carol@example.test  open, expires 1970-01-01T00:01:00Z"
        );
        let ended = Invitation {
            state: InvitationState::Revoked.into(),
            mail: None,
            ..open()
        };
        assert_eq!(as_line(&ended), "uinv_1  carol@example.test  revoked");
        let mail = open().mail.unwrap();
        assert_eq!(mail_text(&mail), "queued after 1 attempt: 450 later");
    }
}
