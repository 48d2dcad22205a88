//! Sessions and the copies of their users.

use std::collections::HashMap;
use std::sync::LazyLock;

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use futures::future::try_join_all;
use jiff::Timestamp;
use redis::{Cmd, Script};

use super::{RedisStore, time_to_live, user_key};
use crate::domain::{Session, SessionToken, SignIn, User, UserId, Visit, WRITE_GRACE, Which};
use crate::store::record::{
    decode_session, decode_user, encode_session, encode_user, live_sessions, to_millis,
};
use crate::store::{SIGN_IN, Sessions};

const RELAY_POSITION: &str = "doorward:user-relay-position";

macro_rules! session_script {
    ($file:literal) => {
        LazyLock::new(|| {
            let sign_in = to_millis(SIGN_IN);
            let shared = include_str!("session.lua");
            Script::new(&format!(
                "local SIGN_IN = {sign_in}\n{shared}{}",
                include_str!($file)
            ))
        })
    };
}

static OPEN: LazyLock<Script> = session_script!("open_session.lua");
static RESOLVE: LazyLock<Script> = session_script!("resolve_session.lua");
static END: LazyLock<Script> = session_script!("end_session.lua");
static REVOKE: LazyLock<Script> = session_script!("revoke_sessions.lua");
static PUT_USER: LazyLock<Script> = session_script!("put_user.lua");
static PUT_RELAY_POSITION: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("put_user_relay_position.lua")));

/// Numbers of one length, which compare as text: Lua's own numbers are exact only up to 2^53.
fn comparable(number: u64) -> String {
    format!("{number:020}")
}

/// The version of a copy, and behind it the version from which on sessions count.
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
        sign_in: &SignIn,
        now: Timestamp,
    ) -> Result<Session, StoreError> {
        let user = &sign_in.user;
        let slot = token.slot();
        let session = sign_in.session(now);
        let (own, foreign) = match &sign_in.previous {
            Some(previous) if previous.slot() == slot => (previous.hash(), None),
            previous => (String::new(), previous.as_ref()),
        };
        let opened: String = self
            .connection
            .run(
                OPEN.key(user_key(&slot))
                    .arg(token.hash())
                    .arg(encode_session(&session)?)
                    .arg(encode_user(user))
                    .arg(versions(user))
                    .arg(own)
                    .arg(now.as_millisecond())
                    .arg(time_to_live(session.expires_at(), now)),
            )
            .await?;
        // Another user's session lies elsewhere. It ends last: a failure up to here must sign nobody out.
        if let Some(previous) = foreign {
            self.end_session(previous).await?;
        }
        decode_session(&opened, user.id())
    }

    async fn resolve_session(
        &self,
        token: &SessionToken,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<Option<(Session, User)>, StoreError> {
        let found: Option<(String, Option<Vec<u8>>)> = self
            .connection
            .run(
                RESOLVE
                    .key(user_key(&token.slot()))
                    .arg(token.hash())
                    .arg(now.as_millisecond())
                    .arg(&visit.client_id)
                    .arg(to_millis(WRITE_GRACE))
                    .arg(to_millis(visit.limits.absolute))
                    .arg(to_millis(visit.limits.idle))
                    .arg(to_millis(visit.ephemeral_limits.absolute))
                    .arg(to_millis(visit.ephemeral_limits.idle))
                    .arg(&visit.device.ip)
                    .arg(&visit.device.user_agent),
            )
            .await?;
        let Some((session, user)) = found else {
            return Ok(None);
        };
        let user = user.ok_or_else(|| StoreError::corrupt("a session without its user"))?;
        let user = decode_user(&user)?;
        let session = decode_session(&session, user.id())?;
        if session.is_revoked_by(&user) && !user.is_blocked() {
            return Ok(None);
        }
        let limits = visit.limits_for(&session);
        Ok(Some((session.under(limits), user)))
    }

    async fn end_session(&self, token: &SessionToken) -> Result<bool, StoreError> {
        let key = user_key(&token.slot());
        self.connection.run(END.key(key).arg(token.hash())).await
    }

    async fn list_sessions(
        &self,
        user: &UserId,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<Vec<Session>, StoreError> {
        let key = user_key(&user.slot());
        let mut fields: HashMap<String, Vec<u8>> =
            self.connection.query(&Cmd::hgetall(key)).await?;
        let Some(copy) = fields.remove("user") else {
            return Ok(Vec::new());
        };
        fields.remove("version");
        let sessions = fields
            .values()
            .map(|record| String::from_utf8_lossy(record));
        Ok(live_sessions(sessions, &decode_user(&copy)?, visit, now))
    }

    async fn revoke_sessions(
        &self,
        user: &UserId,
        which: &Which,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let (which, sid) = match which {
            Which::All => ("all", ""),
            Which::Only(sid) => ("only", sid.as_str()),
            Which::AllBut(sid) => ("all but", sid.as_str()),
        };
        self.connection
            .run(
                REVOKE
                    .key(user_key(&user.slot()))
                    .arg(which)
                    .arg(sid)
                    .arg(now.as_millisecond()),
            )
            .await
    }

    async fn put_users(&self, users: &[User], _now: Timestamp) -> Result<(), StoreError> {
        try_join_all(users.iter().map(|user| self.put_user(user))).await?;
        Ok(())
    }

    async fn get_user_relay_position(&self) -> Result<u64, StoreError> {
        let position: Option<String> = self.connection.query(&Cmd::get(RELAY_POSITION)).await?;
        position.map_or(Ok(0), |text| text.parse().map_err(StoreError::corrupt))
    }

    async fn put_user_relay_position(&self, position: u64) -> Result<(), StoreError> {
        let position = comparable(position);
        self.connection
            .run(PUT_RELAY_POSITION.key(RELAY_POSITION).arg(position))
            .await
    }
}

impl RedisStore {
    async fn put_user(&self, user: &User) -> Result<(), StoreError> {
        self.connection
            .run(
                PUT_USER
                    .key(user_key(&user.id().slot()))
                    .arg(versions(user))
                    .arg(encode_user(user))
                    .arg(user.sessions_from_version() > 0),
            )
            .await
    }
}
