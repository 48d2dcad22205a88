//! The rows of the table `mail`.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Executor, Row as _, any::AnyRow};

use super::{MailProgress, MailState};
use crate::StoreError;
use crate::sql::Database;

/// How long the row of a mail is kept that is not queued any more.
const KEEP: Duration = Duration::from_hours(90 * 24);

const DUE: &str =
    "SELECT 1 AS due FROM mail WHERE state = 'queued' AND next_attempt_at <= $1 LIMIT 1";

/// If two workers find the same row, the second waits for the first, reads the row again, and claims nothing.
const CLAIM: &str = "UPDATE mail
    SET claim = $1, next_attempt_at = $2, last_attempt_at = $3, attempts = attempts + 1
    WHERE id = (
        SELECT id FROM mail WHERE state = 'queued' AND next_attempt_at <= $3
        ORDER BY next_attempt_at, id LIMIT 1
    ) AND state = 'queued' AND next_attempt_at <= $3
    RETURNING id, sealed_content, created_at, attempts";

/// Mails whose time is over, but for those that a worker is sending.
const GIVE_UP: &str = "UPDATE mail SET state = 'failed', sealed_content = '',
    last_error = CASE last_error WHEN '' THEN 'the time for sending it was over' ELSE last_error END
    WHERE state = 'queued' AND give_up_at <= $1 AND next_attempt_at <= $1";

const COUNT_QUEUED: &str = "SELECT COUNT(*) AS queued FROM mail WHERE state = 'queued'";

/// A mail to add.
#[derive(Debug)]
pub(in super::super) struct Row<'a> {
    pub(in super::super) id: &'a str,
    pub(in super::super) sealed_content: &'a str,
    pub(in super::super) created_at: Timestamp,
    pub(in super::super) give_up_at: Timestamp,
}

impl Row<'_> {
    pub(super) async fn insert(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO mail (id, state, sealed_content, created_at, next_attempt_at, give_up_at,
                               claim, attempts, last_error)
             VALUES ($1, 'queued', $2, $3, $3, $4, '', 0, '')",
        )
        .bind(self.id)
        .bind(self.sealed_content)
        .bind(self.created_at.as_millisecond())
        .bind(self.give_up_at.as_millisecond())
        .execute(connection)
        .await?;
        Ok(())
    }
}

pub(super) async fn withdraw(connection: &mut AnyConnection, id: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM mail WHERE id = $1 AND state = 'queued'")
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn states<'e>(
    executor: impl Executor<'e, Database = Any>,
    ids: &[String],
) -> Result<HashMap<String, MailState>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<_> = (1..=ids.len()).map(|place| format!("${place}")).collect();
    let query = format!(
        "SELECT id, state, attempts, last_attempt_at, last_error FROM mail WHERE id IN ({})",
        places.join(", ")
    );
    // Only numbers are formatted into it.
    let query = sqlx::query(AssertSqlSafe(query));
    let query = ids.iter().fold(query, |query, id| query.bind(id.as_str()));
    let rows = query.fetch_all(executor).await?;
    rows.iter().map(read_state).collect()
}

fn read_state(row: &AnyRow) -> Result<(String, MailState), StoreError> {
    let progress: String = row.try_get("state")?;
    let progress = MailProgress::parse(&progress);
    let attempts: i64 = row.try_get("attempts")?;
    let last_attempt_at: Option<i64> = row.try_get("last_attempt_at")?;
    let last_error: String = row.try_get("last_error")?;
    let state = MailState {
        progress: progress.ok_or_else(|| StoreError::corrupt("unknown state of a mail"))?,
        attempts: attempts.try_into().map_err(StoreError::corrupt)?,
        last_attempt_at: last_attempt_at.map(timestamp).transpose()?,
        last_error: Some(last_error).filter(|error| !error.is_empty()),
    };
    Ok((row.try_get("id")?, state))
}

fn timestamp(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(StoreError::corrupt)
}

/// A mail that this worker alone may send, until its claim ends.
#[derive(Debug)]
pub(in super::super) struct Claimed {
    pub(in super::super) id: String,
    pub(in super::super) sealed_content: String,
    pub(in super::super) created_at: Timestamp,
    /// Number of attempts, with the one that begins now.
    pub(in super::super) attempts: u32,
    claim: String,
}

/// The table as the worker uses it.
#[derive(Debug)]
pub(in super::super) struct Rows(pub(in super::super) Database);

impl Rows {
    /// Claims the mail that has waited longest, if any is due, until `until`. Gives up those whose time is over.
    pub(in super::super) async fn claim(
        &self,
        claim: String,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Claimed>, StoreError> {
        // Without the write lock, which SQLite has only one of.
        let due = sqlx::query(DUE).bind(now.as_millisecond());
        if due.fetch_optional(self.0.reader()).await?.is_none() {
            return Ok(None);
        }
        let mut transaction = self.0.begin_write().await?;
        let over = sqlx::query(GIVE_UP).bind(now.as_millisecond());
        over.execute(&mut *transaction).await?;
        let claimed = sqlx::query(CLAIM)
            .bind(claim.as_str())
            .bind(until.as_millisecond())
            .bind(now.as_millisecond())
            .fetch_optional(&mut *transaction)
            .await?;
        let claimed = claimed.map(|row| read_claimed(&row, claim)).transpose()?;
        transaction.commit().await?;
        Ok(claimed)
    }

    /// The number of mails that are not sent yet.
    pub(in super::super) async fn count_queued(&self) -> Result<u32, StoreError> {
        let row = sqlx::query(COUNT_QUEUED).fetch_one(self.0.reader()).await?;
        let queued: i64 = row.try_get("queued")?;
        Ok(u32::try_from(queued).unwrap_or(u32::MAX))
    }

    /// Makes a claim last until `until`.
    pub(in super::super) async fn renew(
        &self,
        claimed: &Claimed,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let query = "UPDATE mail SET next_attempt_at = $1 WHERE id = $2 AND claim = $3 AND state = 'queued'";
        let query = sqlx::query(query)
            .bind(until.as_millisecond())
            .bind(claimed.id.as_str())
            .bind(claimed.claim.as_str());
        self.write(query).await
    }

    /// Records that a mail server has accepted a mail, and deletes its content. It does not need the
    /// claim: the mail is sent in any case.
    pub(in super::super) async fn sent(&self, claimed: &Claimed) -> Result<(), StoreError> {
        let query = "UPDATE mail SET state = 'sent', sealed_content = '', last_error = '' WHERE id = $1 AND state = 'queued'";
        self.write(sqlx::query(query).bind(claimed.id.as_str()))
            .await
    }

    /// Records a failed attempt, and when the next one may begin.
    pub(in super::super) async fn retry(
        &self,
        claimed: &Claimed,
        next: Timestamp,
        error: &str,
    ) -> Result<(), StoreError> {
        let query = "UPDATE mail SET next_attempt_at = $1, last_error = $2 WHERE id = $3 AND claim = $4 AND state = 'queued'";
        let query = sqlx::query(query)
            .bind(next.as_millisecond())
            .bind(error)
            .bind(claimed.id.as_str())
            .bind(claimed.claim.as_str());
        self.write(query).await
    }

    /// Records that a mail cannot be sent, and deletes its content.
    pub(in super::super) async fn give_up(
        &self,
        claimed: &Claimed,
        error: &str,
    ) -> Result<(), StoreError> {
        let query = "UPDATE mail SET state = 'failed', sealed_content = '', last_error = $1 WHERE id = $2 AND claim = $3 AND state = 'queued'";
        let query = sqlx::query(query)
            .bind(error)
            .bind(claimed.id.as_str())
            .bind(claimed.claim.as_str());
        self.write(query).await
    }

    /// Deletes rows that are of no use any more.
    pub(in super::super) async fn forget_old(&self, now: Timestamp) -> Result<(), StoreError> {
        let query = "DELETE FROM mail WHERE state <> 'queued' AND created_at < $1";
        let query = sqlx::query(query).bind((now - KEEP).as_millisecond());
        self.write(query).await
    }

    async fn write(
        &self,
        query: sqlx::query::Query<'_, Any, sqlx::any::AnyArguments>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.0.begin_write().await?;
        query.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}

fn read_claimed(row: &AnyRow, claim: String) -> Result<Claimed, StoreError> {
    let attempts: i64 = row.try_get("attempts")?;
    Ok(Claimed {
        id: row.try_get("id")?,
        sealed_content: row.try_get("sealed_content")?,
        created_at: timestamp(row.try_get("created_at")?)?,
        attempts: attempts.try_into().map_err(StoreError::corrupt)?,
        claim,
    })
}
