//! APIs.

use doorward_service_kit::StoreError;
use doorward_service_kit::sql::merge_document;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AnyPool, Executor};

use super::record::Record;
use crate::domain::ResourceServer;

macro_rules! select {
    ($($rest:literal)?) => {
        concat!("SELECT id, identifier, name, settings FROM resource_server ", $($rest)?)
    };
}

pub(super) async fn find(
    pool: &AnyPool,
    identifier: &str,
) -> Result<Option<ResourceServer>, StoreError> {
    let query = sqlx::query(select!("WHERE identifier = $1")).bind(identifier);
    query
        .fetch_optional(pool)
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

pub(super) async fn list<'e>(
    database: impl Executor<'e, Database = Any>,
) -> Result<Vec<ResourceServer>, StoreError> {
    sqlx::query(select!())
        .fetch_all(database)
        .await?
        .iter()
        .map(read)
        .collect()
}

fn read(row: &AnyRow) -> Result<ResourceServer, StoreError> {
    let row = Record(row);
    Ok(ResourceServer {
        id: row.text("id")?.into(),
        identifier: row.text("identifier")?,
        name: row.text("name")?,
        settings: row.json("settings")?,
    })
}

pub(super) async fn put(
    database: &mut AnyConnection,
    server: &ResourceServer,
) -> Result<(), StoreError> {
    let stored = sqlx::query_scalar("SELECT settings FROM resource_server WHERE id = $1")
        .bind(server.id.as_str())
        .fetch_optional(&mut *database)
        .await?;
    sqlx::query(
        "INSERT INTO resource_server (id, identifier, name, settings) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, settings = excluded.settings",
    )
    .bind(server.id.as_str())
    .bind(&server.identifier)
    .bind(&server.name)
    .bind(merge_document(&server.settings, stored)?)
    .execute(database)
    .await?;
    Ok(())
}
