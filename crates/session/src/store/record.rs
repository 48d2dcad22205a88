//! Encoding of stored values.
//!
//! A session is JSON in SQLite (redis/record.rs has the encoding for Redis). Other values are messages of the protos,
//! which are compact and stay compatible. Both ignore unknown fields, so that two releases can share a store.

use std::cmp::Reverse;
use std::time::Duration;

use doorward_proto::common::v1::User as WireUser;
use doorward_proto::session::v1 as wire;
use doorward_proto::to_timestamp;
use doorward_service_kit::{StoreError, with_causes};
use jiff::Timestamp;
use metrics::counter;
use prost::Message;
use serde::{Deserialize, Serialize};

use crate::domain::{
    AccessToken, AuthorizationRequest, Device, Limits, Progress, Session, SessionUse, User, UserId,
};
use doorward_service_kit::metrics::STORE_FAILED;

/// A session without its user. Instants and durations are in milliseconds.
#[derive(Debug, Serialize, Deserialize)]
struct SessionRecord {
    sid: String,
    created: i64,
    proved: i64,
    used: i64,
    absolute: u64,
    idle: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    clients: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    ip: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    agent: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    last_ip: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    last_agent: String,
    via: String,
    persistent: bool,
    // Absent in sessions of early versions.
    #[serde(default)]
    version: u64,
}

pub(super) fn encode_session(session: &Session) -> Result<String, StoreError> {
    let record = SessionRecord {
        sid: session.sid.clone(),
        created: session.created_at.as_millisecond(),
        proved: session.authenticated_at.as_millisecond(),
        used: session.last_interacted_at.as_millisecond(),
        absolute: to_millis(session.limits.absolute),
        idle: to_millis(session.limits.idle),
        clients: session.client_ids.clone(),
        ip: session.initial_device.ip.clone(),
        agent: session.initial_device.user_agent.clone(),
        last_ip: session.last_device.ip.clone(),
        last_agent: session.last_device.user_agent.clone(),
        via: session.connection.clone(),
        persistent: session.persistent,
        version: session.user_version,
    };
    serde_json::to_string(&record).map_err(StoreError::corrupt)
}

pub(super) fn decode_session(text: &str, user_id: UserId) -> Result<Session, StoreError> {
    let record: SessionRecord = serde_json::from_str(text).map_err(StoreError::corrupt)?;
    Ok(Session {
        sid: record.sid,
        user_id,
        created_at: instant(record.created)?,
        authenticated_at: instant(record.proved)?,
        last_interacted_at: instant(record.used)?,
        limits: Limits {
            absolute: Duration::from_millis(record.absolute),
            idle: Duration::from_millis(record.idle),
        },
        client_ids: record.clients,
        initial_device: Device {
            ip: record.ip,
            user_agent: record.agent,
        },
        last_device: Device {
            ip: record.last_ip,
            user_agent: record.last_agent,
        },
        connection: record.via,
        persistent: record.persistent,
        user_version: record.version,
    })
}

/// The active sessions of a user, the last used first. Skips a session that cannot be read, with an error in the log.
pub(super) fn live_sessions(
    sessions: impl Iterator<Item = Result<Session, StoreError>>,
    user: &User,
    session_use: &SessionUse,
    now: Timestamp,
) -> Vec<Session> {
    let readable = sessions.filter_map(|session| {
        session
            .inspect_err(|error| {
                counter!(STORE_FAILED).increment(1);
                tracing::error!(error = with_causes(error), "cannot read a stored session");
            })
            .ok()
    });
    let mut live: Vec<_> = readable
        .filter_map(|session| session.listed(session_use, user, now))
        .collect();
    live.sort_by_key(|session| Reverse(session.last_interacted_at));
    live
}

pub(super) fn to_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn instant(millis: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(millis).map_err(StoreError::corrupt)
}

pub(super) fn encode_user(user: &User) -> Vec<u8> {
    user.message().encode_to_vec()
}

pub(super) fn decode_user(bytes: &[u8]) -> Result<User, StoreError> {
    WireUser::decode(bytes)
        .map(User::from)
        .map_err(StoreError::corrupt)
}

pub(super) fn encode_request(request: AuthorizationRequest) -> Vec<u8> {
    wire::Transaction::from(request).encode_to_vec()
}

pub(super) fn decode_request(bytes: &[u8]) -> Result<AuthorizationRequest, StoreError> {
    let message = wire::Transaction::decode(bytes).map_err(StoreError::corrupt)?;
    message.try_into().map_err(StoreError::corrupt)
}

/// Without the expiry, which is stored separately, so that a store can compare it.
pub(super) fn encode_progress(progress: Progress) -> Vec<u8> {
    let message = wire::Transaction {
        expires_at: None,
        ..wire::Transaction::from(progress)
    };
    message.encode_to_vec()
}

pub(super) fn decode_progress(bytes: &[u8], expires_at: i64) -> Result<Progress, StoreError> {
    let message = wire::Transaction {
        expires_at: Some(to_timestamp(instant(expires_at)?)),
        ..wire::Transaction::decode(bytes).map_err(StoreError::corrupt)?
    };
    Progress::try_from(message).map_err(StoreError::corrupt)
}

pub(super) fn encode_access_token(token: AccessToken) -> Vec<u8> {
    wire::AccessToken::from(token).encode_to_vec()
}

pub(super) fn decode_access_token(bytes: &[u8]) -> Result<AccessToken, StoreError> {
    let message = wire::AccessToken::decode(bytes).map_err(StoreError::corrupt)?;
    message.try_into().map_err(StoreError::corrupt)
}
