//! Encoding of a session in Redis: an array in `MessagePack`, which our Lua functions read and change.
//!
//! There are many sessions, so what can be left out is: instants are written as what they are after another, ids and
//! addresses as bytes, and what is as expected not at all. Replicas of two releases share a store: elements are only
//! ever added at the end, and those that are not known are passed over.

use std::net::IpAddr;
use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_service_kit::StoreError;
use rmp::encode::{self, ValueWriteError};
use serde::Deserialize;
use serde_bytes::ByteBuf;

use crate::domain::{Device, Limits, Session, SessionToken, User};
use crate::store::record::instant;

/// The elements, in the order of functions/session.lua.
#[derive(Debug, Deserialize)]
struct SessionRecord {
    sid: ByteBuf,
    /// Milliseconds since 1970.
    created: i64,
    /// Milliseconds after `created`.
    proved: i64,
    /// Milliseconds after `proved`.
    used: i64,
    /// Seconds.
    absolute: u64,
    /// Seconds.
    idle: u64,
    persistent: bool,
    version: u64,
    clients: Vec<String>,
    ip: ByteBuf,
    agent: ByteBuf,
    /// Empty: the connection of its user.
    via: String,
    /// Absent: the initial one.
    #[serde(default)]
    last_device: Option<LastDevice>,
}

#[derive(Debug, Deserialize)]
struct LastDevice {
    ip: ByteBuf,
    /// Absent: the initial one.
    #[serde(default)]
    agent: Option<ByteBuf>,
}

/// The field of a session: the first half of the hash of its token, 132 bits.
pub(super) fn field(token: &SessionToken) -> String {
    let mut hash = token.hash();
    hash.truncate(22);
    hash
}

/// Encodes a `sid`. One that was not issued here matches no session.
pub(super) fn sid_bytes(sid: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(sid).unwrap_or_default()
}

/// Encodes the address and the user agent of a device.
pub(super) fn device_bytes(device: &Device) -> (Vec<u8>, &[u8]) {
    let ip = match device.ip.parse() {
        Ok(IpAddr::V4(ip)) => ip.octets().to_vec(),
        Ok(IpAddr::V6(ip)) => ip.octets().to_vec(),
        Err(_) => Vec::new(),
    };
    (ip, device.user_agent.as_bytes())
}

pub(super) fn encode_session(session: &Session, user: &User) -> Result<Vec<u8>, StoreError> {
    let mut record = Vec::with_capacity(256);
    write_session(&mut record, session, user)
        .map_err(|error| StoreError::corrupt(error.to_string()))?;
    Ok(record)
}

/// Written by hand, because Lua's `MessagePack` reader has no `bin`: bytes are strings.
fn write_session(
    out: &mut Vec<u8>,
    session: &Session,
    user: &User,
) -> Result<(), ValueWriteError<std::io::Error>> {
    let created = session.created_at.as_millisecond();
    let proved = session.authenticated_at.as_millisecond();
    let has_moved = session.last_device != session.initial_device;
    let via = match session.connection.as_str() {
        own if own == user.connection() => "",
        other => other,
    };
    encode::write_array_len(out, if has_moved { 13 } else { 12 })?;
    write_bytes(out, &sid_bytes(&session.sid))?;
    encode::write_sint(out, created)?;
    encode::write_sint(out, proved - created)?;
    encode::write_sint(out, session.last_interacted_at.as_millisecond() - proved)?;
    encode::write_uint(out, session.limits.absolute.as_secs())?;
    encode::write_uint(out, session.limits.idle.as_secs())?;
    encode::write_bool(out, session.persistent).map_err(ValueWriteError::InvalidMarkerWrite)?;
    encode::write_uint(out, session.user_version)?;
    encode::write_array_len(out, length(session.client_ids.len()))?;
    for client_id in &session.client_ids {
        encode::write_str(out, client_id)?;
    }
    write_device(out, &session.initial_device)?;
    encode::write_str(out, via)?;
    if has_moved {
        encode::write_array_len(out, 2)?;
        write_device(out, &session.last_device)?;
    }
    Ok(())
}

fn write_device(out: &mut Vec<u8>, device: &Device) -> Result<(), ValueWriteError<std::io::Error>> {
    let (ip, agent) = device_bytes(device);
    write_bytes(out, &ip)?;
    write_bytes(out, agent)
}

pub(super) fn write_bytes(
    out: &mut Vec<u8>,
    bytes: &[u8],
) -> Result<(), ValueWriteError<std::io::Error>> {
    encode::write_str_len(out, length(bytes.len()))?;
    out.extend_from_slice(bytes);
    Ok(())
}

fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

pub(super) fn decode_session(bytes: &[u8], user: &User) -> Result<Session, StoreError> {
    let record: SessionRecord = rmp_serde::from_slice(bytes).map_err(StoreError::corrupt)?;
    let initial_device = device(&record.ip, &record.agent)?;
    let last_device = match &record.last_device {
        Some(last) => device(&last.ip, last.agent.as_ref().unwrap_or(&record.agent))?,
        None => initial_device.clone(),
    };
    let proved = record.created.saturating_add(record.proved);
    Ok(Session {
        sid: BASE64_URL_SAFE_NO_PAD.encode(record.sid),
        user_id: user.id(),
        created_at: instant(record.created)?,
        authenticated_at: instant(proved)?,
        last_interacted_at: instant(proved.saturating_add(record.used))?,
        limits: Limits {
            absolute: Duration::from_secs(record.absolute),
            idle: Duration::from_secs(record.idle),
        },
        client_ids: record.clients,
        initial_device,
        last_device,
        connection: if record.via.is_empty() {
            user.connection().to_owned()
        } else {
            record.via
        },
        persistent: record.persistent,
        user_version: record.version,
    })
}

fn device(ip: &[u8], agent: &[u8]) -> Result<Device, StoreError> {
    let ip = match ip.len() {
        0 => String::new(),
        4 => <[u8; 4]>::try_from(ip)
            .map(IpAddr::from)
            .map_err(StoreError::corrupt)?
            .to_string(),
        _ => <[u8; 16]>::try_from(ip)
            .map(IpAddr::from)
            .map_err(StoreError::corrupt)?
            .to_string(),
    };
    let user_agent = String::from_utf8(agent.to_vec()).map_err(StoreError::corrupt)?;
    Ok(Device { ip, user_agent })
}
