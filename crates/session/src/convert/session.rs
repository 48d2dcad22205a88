//! Sessions and users.

use std::net::IpAddr;
use std::time::Duration;

use doorward_proto::common::v1::User as WireUser;
use doorward_proto::session::v1 as wire;
use doorward_proto::{InvalidField, required, to_timestamp};
use doorward_service_kit::secret;

use super::{name, optional_name};
use crate::domain::{
    Device, Limits, NewSession, Revocation, Session, SessionToken, SessionUse, User, UserId,
};

const MAX_USER_AGENT_BYTES: usize = 512;

impl TryFrom<wire::OpenSessionRequest> for NewSession {
    type Error = InvalidField;

    fn try_from(request: wire::OpenSessionRequest) -> Result<Self, InvalidField> {
        Ok(Self {
            user: user(required(request.user, "user")?, "user.user_id")?,
            sid: secret(),
            connection: name(request.connection, "connection")?,
            previous: SessionToken::parse(request.previous_session_token),
            limits: limits(request.limits, "limits")?,
            persistent: request.persistent,
            device: request.device.unwrap_or_default().try_into()?,
        })
    }
}

impl TryFrom<wire::ResolveSessionRequest> for SessionUse {
    type Error = InvalidField;

    fn try_from(request: wire::ResolveSessionRequest) -> Result<Self, InvalidField> {
        Ok(Self {
            limits: limits(request.limits, "limits")?,
            ephemeral_limits: limits(request.ephemeral_limits, "ephemeral_limits")?,
            max_age: request.max_age_seconds.map(Duration::from_secs),
            // mutant: client-of-session-use-random
            client_id: optional_name(request.client_id, "client_id")?,
            device: request.device.unwrap_or_default().try_into()?,
        })
    }
}

/// User to list the sessions of, and the tenant's current limits.
pub(crate) fn list(
    request: wire::ListSessionsRequest,
) -> Result<(UserId, SessionUse), InvalidField> {
    let session_use = SessionUse {
        limits: limits(request.limits, "limits")?,
        ephemeral_limits: limits(request.ephemeral_limits, "ephemeral_limits")?,
        max_age: None,
        client_id: String::new(),
        device: Device::default(),
    };
    Ok((name(request.user_id, "user_id")?.into(), session_use))
}

/// User to revoke sessions of, and the selected sessions.
pub(crate) fn revocation(
    request: wire::RevokeSessionsRequest,
) -> Result<(UserId, Revocation), InvalidField> {
    use wire::revoke_sessions_request::Sessions::{KeepSid, OnlySid};
    let revocation = match request.sessions {
        None => Revocation::All,
        // mutant: one-session-revokes-all
        Some(OnlySid(sid)) => Revocation::Only(name(sid, "only_sid")?),
        Some(KeepSid(sid)) => Revocation::AllBut(name(sid, "keep_sid")?),
    };
    Ok((name(request.user_id, "user_id")?.into(), revocation))
}

/// The copies of a [`wire::PutUsersRequest`].
pub(crate) fn users(users: Vec<WireUser>) -> Result<Vec<User>, InvalidField> {
    const MAX_USERS: usize = 500;
    if users.len() > MAX_USERS {
        return Err(InvalidField::new("users", "must be 500 or fewer"));
    }
    users
        .into_iter()
        .map(|message| user(message, "users.user_id"))
        .collect()
}

fn user(message: WireUser, field: &str) -> Result<User, InvalidField> {
    name(message.user_id.clone(), field)?;
    // mutant: user-change-ends-no-session
    Ok(User::from(message))
}

/// Refuses zero: it would end every session.
fn limits(message: Option<wire::SessionLimits>, field: &str) -> Result<Limits, InvalidField> {
    let message = required(message, field)?;
    if message.absolute_seconds == 0 || message.idle_seconds == 0 {
        return Err(InvalidField::new(field, "must be one second or more"));
    }
    Ok(Limits {
        // mutant: absolute-limit-not-kept
        absolute: Duration::from_secs(message.absolute_seconds.into()),
        // mutant: idle-limit-not-kept
        idle: Duration::from_secs(message.idle_seconds.into()),
    })
}

impl TryFrom<wire::Device> for Device {
    type Error = InvalidField;

    fn try_from(device: wire::Device) -> Result<Self, InvalidField> {
        if !device.ip.is_empty() && device.ip.parse::<IpAddr>().is_err() {
            return Err(InvalidField::new("device.ip", "is not an IP address"));
        }
        let mut user_agent = device.user_agent;
        user_agent.truncate(user_agent.floor_char_boundary(MAX_USER_AGENT_BYTES));
        Ok(Self {
            ip: device.ip,
            user_agent,
        })
    }
}

impl From<Device> for wire::Device {
    fn from(device: Device) -> Self {
        Self {
            ip: device.ip,
            user_agent: device.user_agent,
        }
    }
}

impl From<Session> for wire::Session {
    fn from(session: Session) -> Self {
        Self {
            expires_at: Some(to_timestamp(session.expires_at())),
            idle_expires_at: Some(to_timestamp(session.idle_expires_at())),
            sid: session.sid,
            user_id: session.user_id.as_str().to_owned(),
            created_at: Some(to_timestamp(session.created_at)),
            authenticated_at: Some(to_timestamp(session.authenticated_at)),
            last_interacted_at: Some(to_timestamp(session.last_interacted_at)),
            client_ids: session.client_ids,
            initial_device: Some(session.initial_device.into()),
            last_device: Some(session.last_device.into()),
            connection: session.connection,
            persistent: session.persistent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_user_agent_is_cut_between_characters() {
        let message = wire::Device {
            ip: "2001:db8::1".to_owned(),
            user_agent: "é".repeat(300) + "x",
        };
        let device = Device::try_from(message).unwrap();
        assert_eq!(device.user_agent, "é".repeat(256));
    }

    #[test]
    fn limits_that_would_end_every_session_are_refused() {
        assert!(limits(None, "limits").is_err());
        for (absolute_seconds, idle_seconds) in [(0, 1), (1, 0)] {
            let message = wire::SessionLimits {
                absolute_seconds,
                idle_seconds,
            };
            assert!(limits(Some(message), "limits").is_err());
        }
    }
}
