//! In which order users changed.

use doorward_service_kit::StoreError;
use sqlx::{Any, AnyPool, Row, Transaction, any::AnyRow};

use super::super::Changes;
use super::numbers::{to_bigint, to_unsigned};
use super::users::{self, select_users};
use crate::domain::UserId;

/// Positions that only this transaction may give to its changes; those that it leaves stay unused.
#[derive(Debug)]
pub(super) struct Positions {
    next: u64,
}

impl Positions {
    /// Locks the counter until the transaction ends: positions are taken and become visible in the same order. Comes
    /// first in a transaction, so that no two of them wait for each other.
    pub(super) async fn take(
        transaction: &mut Transaction<'static, Any>,
        count: usize,
    ) -> Result<Self, StoreError> {
        let count = i64::try_from(count).map_err(StoreError::corrupt)?;
        let row =
            sqlx::query("UPDATE change_counter SET position = position + $1 RETURNING position")
                .bind(count)
                .fetch_one(&mut **transaction)
                .await?;
        let last: i64 = row.try_get("position")?;
        let next = to_unsigned(last - count + 1)?;
        Ok(Self { next })
    }

    /// Gives the next position to a user, in the place of an earlier one.
    pub(super) async fn note(
        &mut self,
        transaction: &mut Transaction<'static, Any>,
        id: &UserId,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO user_change (user_id, position) VALUES ($1, $2)
             ON CONFLICT (user_id) DO UPDATE SET position = excluded.position",
        )
        .bind(id.as_str())
        .bind(to_bigint(self.next)?)
        .execute(&mut **transaction)
        .await?;
        self.next += 1;
        Ok(())
    }
}

pub(super) async fn list(pool: &AnyPool, after: u64, limit: u32) -> Result<Changes, StoreError> {
    let rows = sqlx::query(select_users!(
        ", c.position FROM user_change c JOIN app_user u ON u.user_id = c.user_id
         WHERE c.position > $1 ORDER BY c.position LIMIT $2"
    ))
    // No position is that great, so nothing comes after it.
    .bind(i64::try_from(after).unwrap_or(i64::MAX))
    .bind(i64::from(limit))
    .fetch_all(pool)
    .await?;
    Ok(Changes {
        position: rows.last().map_or(Ok(after), position)?,
        users: rows.iter().map(users::read).collect::<Result<_, _>>()?,
    })
}

pub(super) async fn newest(pool: &AnyPool) -> Result<u64, StoreError> {
    let row = sqlx::query("SELECT position FROM change_counter")
        .fetch_one(pool)
        .await?;
    position(&row)
}

fn position(row: &AnyRow) -> Result<u64, StoreError> {
    to_unsigned(row.try_get("position")?)
}
