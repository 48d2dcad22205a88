//! Messages of `doorward.session.v1` to the model, and back.

mod transaction;

use doorward_proto::session::v1 as wire;
use doorward_proto::session::v1::revoke_sessions_request::Sessions;
use doorward_proto::{InvalidField, from_timestamp};

use crate::backends::convert::non_empty;
use crate::model::{Device, Session, SessionLife, SessionQuery, SessionsToRevoke};

impl TryFrom<wire::Session> for Session {
    type Error = InvalidField;

    fn try_from(session: wire::Session) -> Result<Self, InvalidField> {
        Ok(Self {
            sid: session.sid,
            user_id: session.user_id,
            created_at: from_timestamp(session.created_at, "session.created_at")?,
            authenticated_at: from_timestamp(session.authenticated_at, "session.authenticated_at")?,
            last_interacted_at: from_timestamp(
                session.last_interacted_at,
                "session.last_interacted_at",
            )?,
            client_ids: session.client_ids,
            connection: session.connection,
            initial_device: session.initial_device.unwrap_or_default().into(),
            last_device: session.last_device.unwrap_or_default().into(),
        })
    }
}

impl From<wire::Device> for Device {
    fn from(device: wire::Device) -> Self {
        Self {
            ip: non_empty(device.ip),
            user_agent: non_empty(device.user_agent),
        }
    }
}

impl From<Device> for wire::Device {
    fn from(device: Device) -> Self {
        Self {
            ip: device.ip.unwrap_or_default(),
            user_agent: device.user_agent.unwrap_or_default(),
        }
    }
}

impl From<SessionLife> for wire::SessionLimits {
    fn from(life: SessionLife) -> Self {
        Self {
            absolute_seconds: life.absolute_seconds,
            idle_seconds: life.idle_seconds,
        }
    }
}

/// The message for a query that has a token.
pub(super) fn resolve_request(
    session_token: &str,
    query: &SessionQuery<'_>,
) -> wire::ResolveSessionRequest {
    wire::ResolveSessionRequest {
        session_token: session_token.to_owned(),
        limits: Some(query.lifetimes.life(true).into()),
        ephemeral_limits: Some(query.lifetimes.life(false).into()),
        client_id: query.client_id.unwrap_or_default().to_owned(),
        device: Some(query.device.clone().into()),
        max_age_seconds: query.max_age_seconds,
        user_id: query.user_id.map(str::to_owned),
    }
}

impl From<SessionsToRevoke> for Sessions {
    fn from(sessions: SessionsToRevoke) -> Self {
        match sessions {
            SessionsToRevoke::Only(sid) => Self::OnlySid(sid),
            SessionsToRevoke::AllExcept(sid) => Self::KeepSid(sid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_needs_its_instants() {
        let at = Some(prost_types::Timestamp::default());
        let whole = wire::Session {
            created_at: at,
            authenticated_at: at,
            last_interacted_at: at,
            ..wire::Session::default()
        };
        let session = Session::try_from(whole.clone()).unwrap();
        assert_eq!(session.last_device, Device::default());
        let without = wire::Session {
            authenticated_at: None,
            ..whole
        };
        let refused = Session::try_from(without).unwrap_err();
        assert_eq!(refused.field, "session.authenticated_at");
    }

    #[test]
    fn an_unknown_device_is_none_here_and_empty_there() {
        let unknown = Device::from(wire::Device::default());
        assert_eq!(unknown, Device::default());
        assert_eq!(wire::Device::from(unknown), wire::Device::default());
    }
}
