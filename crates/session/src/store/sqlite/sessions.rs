//! Sessions and the copies of their users.

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use jiff::Timestamp;
use sqlx::{Any, AnyConnection, Executor, Row};

use super::{SqliteStore, clear_away, from_sql, to_sql};
use crate::domain::{
    NewSession, Revocation, Session, SessionToken, SessionUse, Used, User, UserId,
};
use crate::store::record::{
    decode_session, decode_user, encode_session, encode_user, live_sessions, to_millis,
};
use crate::store::{MAX_SESSIONS, SIGN_IN, Sessions};

/// A session by the hash of its token, with the copy of its user.
const FIND: &str = "SELECT session.user_id, session.record, user.record FROM session
    JOIN user ON user.user_id = session.user_id WHERE token_hash = $1";
const EXPIRED_SESSIONS: &str = "DELETE FROM session WHERE token_hash IN
    (SELECT token_hash FROM session WHERE expires_at <= $1 LIMIT 8)";
const FORGOTTEN_USERS: &str = "DELETE FROM user WHERE user_id IN
    (SELECT user_id FROM user WHERE kept_until <= $1
     AND NOT EXISTS (SELECT 1 FROM session WHERE session.user_id = user.user_id) LIMIT 8)";

#[async_trait]
impl Sessions for SqliteStore {
    async fn open_session(
        &self,
        token: &SessionToken,
        new_session: &NewSession,
        now: Timestamp,
    ) -> Result<Session, StoreError> {
        let mut transaction = self.begin_write().await?;
        clear_away(&mut transaction, EXPIRED_SESSIONS, now).await?;
        clear_away(&mut transaction, FORGOTTEN_USERS, now).await?;
        let user = put_user(&mut transaction, &new_session.user).await?;
        let earlier = match &new_session.previous {
            Some(previous) => find(&mut *transaction, previous).await?,
            None => None,
        };
        // A corrupt session must not keep its user from signing in.
        let earlier = earlier.and_then(|earlier| earlier.session().ok());
        let session = new_session.open(earlier, &user, now);
        put_session(&mut *transaction, token, &session).await?;
        // Again, because a trigger has reset it for the new session.
        if user.sessions_from_version() > 0 {
            keep_copy(&mut transaction, &session.user_id, now).await?;
        }
        // mutant: session-keeps-its-token-at-sign-in (previous)
        if let Some(previous) = &new_session.previous {
            remove(&mut *transaction, &previous.hash()).await?;
        }
        keep_newest(&mut *transaction, token, &session.user_id).await?;
        transaction.commit().await?;
        Ok(session)
    }

    async fn resolve_session(
        &self,
        token: &SessionToken,
        session_use: &SessionUse,
        now: Timestamp,
    ) -> Result<Option<(Session, User)>, StoreError> {
        let found = match self.database.find_row::<Columns>(FIND, &token.hash()) {
            Some(row) => row.map(Found::from),
            None => find(self.database.reader(), token).await?,
        };
        let Some(found) = found else {
            return Ok(None);
        };
        let (session, user) = (found.session()?, decode_user(&found.user)?);
        // Most uses change nothing, and need not wait for writers.
        let found = match session.used(session_use, &user, now) {
            Used::Unchanged(session) => Some((session, user)),
            Used::Changed(_) | Used::Ended => self.write_use(token, session_use, now).await?,
        };
        Ok(found.and_then(|(session, user)| Some((session.shown(session_use, &user)?, user))))
    }

    async fn end_session(&self, token: &SessionToken) -> Result<bool, StoreError> {
        let mut transaction = self.begin_write().await?;
        let removed = remove(&mut *transaction, &token.hash()).await?;
        transaction.commit().await?;
        Ok(removed)
    }

    async fn list_sessions(
        &self,
        user: &UserId,
        session_use: &SessionUse,
        now: Timestamp,
    ) -> Result<Vec<Session>, StoreError> {
        let mut transaction = self.database.reader().begin().await?;
        let Some(copy) = find_user(&mut *transaction, user).await? else {
            return Ok(Vec::new());
        };
        let sessions = of_user(&mut *transaction, user).await?;
        let sessions = sessions
            .iter()
            .map(|(_, record)| decode_session(record, user.clone()));
        Ok(live_sessions(sessions, &copy, session_use, now))
    }

    async fn revoke_sessions(
        &self,
        user: &UserId,
        revocation: &Revocation,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let mut transaction = self.begin_write().await?;
        let Some(copy) = find_user(&mut *transaction, user).await? else {
            transaction.commit().await?;
            return Ok(0);
        };
        let mut revoked = 0;
        for (token_hash, record) in of_user(&mut *transaction, user).await? {
            let session = decode_session(&record, user.clone()).ok();
            let is_meant = session
                .as_ref()
                .map_or(!matches!(revocation, Revocation::Only(_)), |session| {
                    revocation.includes(&session.sid)
                });
            if is_meant {
                remove(&mut *transaction, &token_hash).await?;
                revoked +=
                    usize::from(session.is_some_and(|session| session.is_active(&copy, now)));
            }
        }
        transaction.commit().await?;
        Ok(revoked)
    }

    async fn put_users(&self, users: &[User], now: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.begin_write().await?;
        clear_away(&mut transaction, FORGOTTEN_USERS, now).await?;
        for user in users {
            if user.sessions_from_version() > 0 {
                put_revoking_user(&mut transaction, user, now).await?;
            } else {
                replace_user(&mut *transaction, user).await?;
            }
        }
        transaction.commit().await
    }

    async fn get_user_relay_position(&self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT position FROM user_relay")
            .fetch_one(self.database.reader())
            .await?;
        from_sql(row.try_get("position")?)
    }

    async fn put_user_relay_position(&self, position: u64) -> Result<(), StoreError> {
        let mut transaction = self.begin_write().await?;
        sqlx::query("UPDATE user_relay SET position = $1 WHERE position < $1")
            .bind(to_sql(position))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await
    }
}

impl SqliteStore {
    /// Reads the session again, in case another call has changed it meanwhile, and writes the use.
    async fn write_use(
        &self,
        token: &SessionToken,
        session_use: &SessionUse,
        now: Timestamp,
    ) -> Result<Option<(Session, User)>, StoreError> {
        let mut transaction = self.begin_write().await?;
        let Some(found) = find(&mut *transaction, token).await? else {
            transaction.commit().await?;
            return Ok(None);
        };
        let user = decode_user(&found.user)?;
        let session = match found.session()?.used(session_use, &user, now) {
            Used::Unchanged(session) => Some(session),
            Used::Changed(session) => {
                put_session(&mut *transaction, token, &session).await?;
                Some(session)
            }
            Used::Ended => {
                remove(&mut *transaction, &token.hash()).await?;
                None
            }
        };
        transaction.commit().await?;
        Ok(session.map(|session| (session, user)))
    }
}

/// The columns of [`FIND`].
type Columns = (String, String, Vec<u8>);

struct Found {
    user_id: UserId,
    session: String,
    user: Vec<u8>,
}

impl From<Columns> for Found {
    fn from((user_id, session, user): Columns) -> Self {
        Self {
            user_id: user_id.into(),
            session,
            user,
        }
    }
}

impl Found {
    fn session(&self) -> Result<Session, StoreError> {
        decode_session(&self.session, self.user_id.clone())
    }
}

async fn find<'e>(
    executor: impl Executor<'e, Database = Any>,
    token: &SessionToken,
) -> Result<Option<Found>, StoreError> {
    let row: Option<Columns> = sqlx::query_as(FIND)
        .bind(token.hash())
        .fetch_optional(executor)
        .await?;
    Ok(row.map(Found::from))
}

/// Token hashes and records of the sessions of a user.
async fn of_user<'e>(
    executor: impl Executor<'e, Database = Any>,
    user: &UserId,
) -> Result<Vec<(String, String)>, StoreError> {
    let rows = sqlx::query_as("SELECT token_hash, record FROM session WHERE user_id = $1")
        .bind(user.as_str())
        .fetch_all(executor)
        .await?;
    Ok(rows)
}

async fn find_user<'e>(
    executor: impl Executor<'e, Database = Any>,
    id: &UserId,
) -> Result<Option<User>, StoreError> {
    let row = sqlx::query("SELECT record FROM user WHERE user_id = $1")
        .bind(id.as_str())
        .fetch_optional(executor)
        .await?;
    row.map(|row| decode_user(&row.try_get::<Vec<u8>, _>("record")?))
        .transpose()
}

/// Replaces an older copy. Does nothing without one.
async fn replace_user<'e>(
    executor: impl Executor<'e, Database = Any>,
    user: &User,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE user SET version = $2, record = $3 WHERE user_id = $1 AND version < $2")
        .bind(user.id().as_str())
        .bind(to_sql(user.version()))
        .bind(encode_user(user))
        .execute(executor)
        .await?;
    Ok(())
}

/// Replaces an older copy, or adds one, and keeps it for as long as a sign-in may take.
async fn put_revoking_user(
    executor: &mut AnyConnection,
    user: &User,
    now: Timestamp,
) -> Result<(), StoreError> {
    put_user(&mut *executor, user).await?;
    keep_copy(executor, &user.id(), now).await
}

/// Keeps the copy of a user without sessions for as long as a sign-in may take.
async fn keep_copy(
    executor: &mut AnyConnection,
    user: &UserId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let kept_until = now.as_millisecond() + to_sql(to_millis(SIGN_IN));
    sqlx::query(
        "UPDATE user SET kept_until = $2
         WHERE user_id = $1 AND (kept_until IS NULL OR kept_until < $2)",
    )
    .bind(user.as_str())
    .bind(kept_until)
    .execute(executor)
    .await?;
    Ok(())
}

/// Replaces a copy that is not newer, or adds one. Returns the copy that is stored then.
async fn put_user(executor: &mut AnyConnection, user: &User) -> Result<User, StoreError> {
    sqlx::query(
        "INSERT INTO user (user_id, version, record) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET version = excluded.version, record = excluded.record
         WHERE user.version <= excluded.version",
    )
    .bind(user.id().as_str())
    .bind(to_sql(user.version()))
    .bind(encode_user(user))
    .execute(&mut *executor)
    .await?;
    let kept = find_user(executor, &user.id()).await?;
    kept.ok_or_else(|| StoreError::corrupt("a user is missing right after it was written"))
}

async fn put_session<'e>(
    executor: impl Executor<'e, Database = Any>,
    token: &SessionToken,
    session: &Session,
) -> Result<(), StoreError> {
    let expires_at = session.expires_at().min(session.idle_expires_at());
    sqlx::query(
        "INSERT INTO session (token_hash, user_id, record, expires_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (token_hash) DO UPDATE SET record = excluded.record, expires_at = excluded.expires_at",
    )
    .bind(token.hash())
    .bind(session.user_id.as_str())
    .bind(encode_session(session)?)
    .bind(expires_at.as_millisecond())
    .execute(executor)
    .await?;
    Ok(())
}

/// Limits the sessions of a user to [`MAX_SESSIONS`], because each call on all of them has to end in time. Removes
/// those that end first, never the one just opened.
async fn keep_newest<'e>(
    executor: impl Executor<'e, Database = Any>,
    opened: &SessionToken,
    user: &UserId,
) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM session WHERE token_hash IN
         (SELECT token_hash FROM session WHERE user_id = $1 AND token_hash <> $2
          ORDER BY expires_at DESC, rowid DESC LIMIT -1 OFFSET $3)",
    )
    .bind(user.as_str())
    .bind(opened.hash())
    .bind(i64::try_from(MAX_SESSIONS - 1).unwrap_or(i64::MAX))
    .execute(executor)
    .await?;
    Ok(())
}

async fn remove<'e>(
    executor: impl Executor<'e, Database = Any>,
    token_hash: &str,
) -> Result<bool, StoreError> {
    let removed = sqlx::query("DELETE FROM session WHERE token_hash = $1")
        .bind(token_hash)
        .execute(executor)
        .await?;
    Ok(removed.rows_affected() > 0)
}
