//! The tenant's settings: one row, once anything differs from the defaults.

use doorward_service_kit::StoreError;
use doorward_service_kit::sql::merge_document;
use sqlx::{Any, AnyConnection, Executor};

use super::record::Record;
use crate::domain::Tenant;

pub(super) async fn get<'e>(
    database: impl Executor<'e, Database = Any>,
) -> Result<Tenant, StoreError> {
    let row = sqlx::query("SELECT settings FROM tenant")
        .fetch_optional(database)
        .await?;
    row.as_ref()
        .map_or_else(|| Ok(Tenant::default()), |row| Record(row).json("settings"))
}

pub(super) async fn put(database: &mut AnyConnection, tenant: &Tenant) -> Result<(), StoreError> {
    let stored = sqlx::query_scalar("SELECT settings FROM tenant")
        .fetch_optional(&mut *database)
        .await?;
    sqlx::query(
        "INSERT INTO tenant (singleton, settings) VALUES (1, $1)
         ON CONFLICT (singleton) DO UPDATE SET settings = excluded.settings",
    )
    .bind(merge_document(tenant, stored)?)
    .execute(database)
    .await?;
    Ok(())
}
