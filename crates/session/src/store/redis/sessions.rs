//! Sessions and the copies of their users.

use std::collections::HashMap;

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use jiff::Timestamp;

use super::functions::Call;
use super::keys::Key;
use super::record::{decode_session, device_bytes, encode_session, field, sid_bytes};
use super::{RedisStore, time_to_live};
use crate::domain::{
    NewSession, Revocation, Session, SessionToken, SessionUse, User, UserId, WRITE_GRACE,
};
use crate::store::Sessions;
use crate::store::record::{decode_user, encode_user, live_sessions, to_millis};

/// Formats a number so that it compares as text, because numbers in Lua are exact only up to 2^53.
fn comparable(number: u64) -> String {
    format!("{number:020}")
}

/// The version of a copy, and the oldest version whose sessions are not revoked.
fn versions(user: &User) -> String {
    format!(
        "{} {}",
        comparable(user.version()),
        comparable(user.sessions_from_version())
    )
}

#[async_trait]
impl Sessions for RedisStore {
    async fn open_session(
        &self,
        token: &SessionToken,
        new_session: &NewSession,
        now: Timestamp,
    ) -> Result<Session, StoreError> {
        let user = &new_session.user;
        let user_hash = token.user_hash();
        let session = new_session.session(now);
        let (own, foreign) = match &new_session.previous {
            Some(previous) if previous.user_hash() == user_hash => (field(previous), None),
            previous => (String::new(), previous.as_ref()),
        };
        let (ip, agent) = device_bytes(&new_session.device);
        let call = Call::new("open_session", &Key::user(&user_hash))
            .arg(field(token))
            .arg(encode_session(&session, user)?)
            .arg(encode_user(user))
            .arg(versions(user))
            .arg(&own)
            .arg(now.as_millisecond())
            .arg(time_to_live(session.expires_at(), now))
            .arg(ip)
            .arg(agent);
        // A new session may be lost in a failover: the user signs in again. The end of an earlier session must not.
        let opened: Vec<u8> = if own.is_empty() {
            self.connection.call(&call).await?
        } else {
            self.connection.confirmed(&call).await?
        };
        // A session of another user has another key. It ends last, so that a failure before this ends no session.
        if let Some(previous) = foreign {
            self.end_session(previous).await?;
        }
        decode_session(&opened, user)
    }

    async fn resolve_session(
        &self,
        token: &SessionToken,
        session_use: &SessionUse,
        now: Timestamp,
    ) -> Result<Option<(Session, User)>, StoreError> {
        let (ip, agent) = device_bytes(&session_use.device);
        let call = Call::new("resolve_session", &Key::user(&token.user_hash()))
            .arg(field(token))
            .arg(now.as_millisecond())
            .arg(&session_use.client_id)
            .arg(to_millis(WRITE_GRACE))
            .arg(session_use.limits.absolute.as_secs())
            .arg(session_use.limits.idle.as_secs())
            .arg(session_use.ephemeral_limits.absolute.as_secs())
            .arg(session_use.ephemeral_limits.idle.as_secs())
            .arg(ip)
            .arg(agent)
            .arg(
                session_use
                    .max_age
                    .map_or(String::new(), |age| age.as_secs().to_string()),
            );
        let found: Option<(Vec<u8>, Option<Vec<u8>>)> = self.connection.call(&call).await?;
        let Some((session, user)) = found else {
            return Ok(None);
        };
        let user = user.ok_or_else(|| StoreError::corrupt("a stored session without its user"))?;
        let user = decode_user(&user)?;
        let session = decode_session(&session, &user)?;
        Ok(session
            .shown(session_use, &user)
            .map(|session| (session, user)))
    }

    async fn end_session(&self, token: &SessionToken) -> Result<bool, StoreError> {
        let call = Call::new("end_session", &Key::user(&token.user_hash())).arg(field(token));
        self.connection.confirmed(&call).await
    }

    async fn list_sessions(
        &self,
        user: &UserId,
        session_use: &SessionUse,
        now: Timestamp,
    ) -> Result<Vec<Session>, StoreError> {
        let call = Call::new("find_all_fields", &Key::user(&user.user_hash()));
        let mut fields: HashMap<String, Vec<u8>> = self.connection.call(&call).await?;
        let Some(copy) = fields.remove("user") else {
            return Ok(Vec::new());
        };
        fields.remove("version");
        let user = decode_user(&copy)?;
        let sessions = fields.values().map(|value| decode_session(value, &user));
        Ok(live_sessions(sessions, &user, session_use, now))
    }

    async fn revoke_sessions(
        &self,
        user: &UserId,
        revocation: &Revocation,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let (which, sid) = match revocation {
            Revocation::All => ("all", Vec::new()),
            Revocation::Only(sid) => ("only", sid_bytes(sid)),
            Revocation::AllBut(sid) => ("all but", sid_bytes(sid)),
        };
        let call = Call::new("revoke_sessions", &Key::user(&user.user_hash()))
            .arg(which)
            .arg(sid)
            .arg(now.as_millisecond());
        self.connection.confirmed(&call).await
    }

    async fn put_users(&self, users: &[User], _now: Timestamp) -> Result<(), StoreError> {
        let (revoking, others): (Vec<_>, Vec<_>) = users
            .iter()
            .partition(|user| user.sessions_from_version() > 0);
        let calls = |users: Vec<&User>| users.into_iter().map(put_user).collect::<Vec<_>>();
        self.connection.all(&calls(others)).await?;
        self.connection.all_confirmed(calls(revoking)).await
    }

    async fn get_user_relay_position(&self) -> Result<u64, StoreError> {
        let call = Call::new("find_value", &Key::user_relay_position());
        let position: Option<String> = self.connection.call(&call).await?;
        position.map_or(Ok(0), |text| text.parse().map_err(StoreError::corrupt))
    }

    async fn put_user_relay_position(&self, position: u64) -> Result<(), StoreError> {
        let call = Call::new("put_user_relay_position", &Key::user_relay_position())
            .arg(comparable(position));
        self.connection.call(&call).await
    }
}

fn put_user(user: &User) -> Call {
    Call::new("put_user", &Key::user(&user.id().user_hash()))
        .arg(versions(user))
        .arg(encode_user(user))
        .arg(user.sessions_from_version() > 0)
}
