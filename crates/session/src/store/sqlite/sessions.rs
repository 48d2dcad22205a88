//! Sessions and the copies of their users.

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use jiff::Timestamp;
use sqlx::{Any, Executor, Row};

use super::{SqliteStore, clear_away, from_sql, to_sql};
use crate::domain::{Session, SessionToken, SignIn, User, UserId, Visit, Visited};
use crate::store::Sessions;
use crate::store::record::{decode_session, decode_user, encode_session, encode_user};

const CLEAR_AWAY: &str = "DELETE FROM session WHERE token_hash IN
    (SELECT token_hash FROM session WHERE expires_at <= $1 LIMIT 8)";

#[async_trait]
impl Sessions for SqliteStore {
    async fn open_session(
        &self,
        token: &SessionToken,
        sign_in: &SignIn,
        now: Timestamp,
    ) -> Result<Session, StoreError> {
        let mut transaction = self.database.begin_write().await?;
        clear_away(&mut transaction, CLEAR_AWAY, now).await?;
        let mut session = sign_in.session(now);
        let earlier = match &sign_in.previous {
            Some(previous) => find(&mut *transaction, previous).await?,
            None => None,
        };
        // One that cannot be read must not keep its user from signing in again.
        if let Some(Ok(earlier)) = earlier.map(|earlier| earlier.session())
            && earlier.user_id == session.user_id
            && earlier.is_live(now)
        {
            session = session.continuing(earlier);
        }
        put_user(&mut *transaction, &sign_in.user).await?;
        put_session(&mut *transaction, token, &session).await?;
        if let Some(previous) = &sign_in.previous {
            remove(&mut *transaction, previous).await?;
        }
        transaction.commit().await?;
        Ok(session)
    }

    async fn resolve_session(
        &self,
        token: &SessionToken,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<Option<(Session, User)>, StoreError> {
        let Some(found) = find(self.database.pool(), token).await? else {
            return Ok(None);
        };
        // Most uses change nothing, and need not wait for those who write.
        let session = match found.session()?.visited(visit, now) {
            Visited::Unchanged(session) => Some(session),
            Visited::Changed(_) | Visited::Ended => self.note_visit(token, visit, now).await?,
        };
        let Some(session) = session else {
            return Ok(None);
        };
        let limits = visit.limits_for(&session);
        Ok(Some((session.under(limits), decode_user(&found.user)?)))
    }

    async fn end_session(&self, token: &SessionToken) -> Result<bool, StoreError> {
        remove(self.database.pool(), token).await
    }

    async fn put_users(&self, users: &[User]) -> Result<(), StoreError> {
        let mut transaction = self.database.begin_write().await?;
        for user in users {
            sqlx::query(
                "UPDATE user SET version = $2, record = $3 WHERE user_id = $1 AND version < $2",
            )
            .bind(user.id().as_str())
            .bind(to_sql(user.version()))
            .bind(encode_user(user))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    async fn get_user_relay_position(&self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT position FROM user_relay")
            .fetch_one(self.database.pool())
            .await?;
        from_sql(row.try_get("position")?)
    }

    async fn put_user_relay_position(&self, position: u64) -> Result<(), StoreError> {
        sqlx::query("UPDATE user_relay SET position = $1 WHERE position < $1")
            .bind(to_sql(position))
            .execute(self.database.pool())
            .await?;
        Ok(())
    }
}

impl SqliteStore {
    /// Looks again, for somebody may have written meanwhile, and writes.
    async fn note_visit(
        &self,
        token: &SessionToken,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let mut transaction = self.database.begin_write().await?;
        let Some(found) = find(&mut *transaction, token).await? else {
            return Ok(None);
        };
        let session = match found.session()?.visited(visit, now) {
            Visited::Unchanged(session) => Some(session),
            Visited::Changed(session) => {
                put_session(&mut *transaction, token, &session).await?;
                Some(session)
            }
            Visited::Ended => {
                remove(&mut *transaction, token).await?;
                None
            }
        };
        transaction.commit().await?;
        Ok(session)
    }
}

struct Found {
    user_id: UserId,
    session: String,
    user: Vec<u8>,
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
    let row = sqlx::query(
        "SELECT session.user_id, session.record AS session, user.record AS user FROM session
         JOIN user ON user.user_id = session.user_id WHERE token_hash = $1",
    )
    .bind(token.hash())
    .fetch_optional(executor)
    .await?;
    row.map(|row| {
        Ok(Found {
            user_id: row.try_get::<String, _>("user_id")?.into(),
            session: row.try_get("session")?,
            user: row.try_get("user")?,
        })
    })
    .transpose()
}

async fn put_user<'e>(
    executor: impl Executor<'e, Database = Any>,
    user: &User,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO user (user_id, version, record) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET version = excluded.version, record = excluded.record
         WHERE user.version < excluded.version",
    )
    .bind(user.id().as_str())
    .bind(to_sql(user.version()))
    .bind(encode_user(user))
    .execute(executor)
    .await?;
    Ok(())
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

async fn remove<'e>(
    executor: impl Executor<'e, Database = Any>,
    token: &SessionToken,
) -> Result<bool, StoreError> {
    let removed = sqlx::query("DELETE FROM session WHERE token_hash = $1")
        .bind(token.hash())
        .execute(executor)
        .await?;
    Ok(removed.rows_affected() > 0)
}
