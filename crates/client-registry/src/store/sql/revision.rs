//! The number that rises with each change.

use doorward_service_kit::StoreError;
use sqlx::{Any, AnyConnection, Executor};

use super::record::Record;

pub(super) async fn get<'e>(
    database: impl Executor<'e, Database = Any>,
) -> Result<u64, StoreError> {
    let row = sqlx::query("SELECT number FROM revision")
        .fetch_one(database)
        .await?;
    Record(&row).number("number")
}

pub(super) async fn raise(database: &mut AnyConnection) -> Result<(), StoreError> {
    sqlx::query("UPDATE revision SET number = number + 1")
        .execute(database)
        .await?;
    Ok(())
}
