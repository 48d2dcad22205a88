//! Applications.

use doorward_service_kit::StoreError;
use doorward_service_kit::sql::merge_document;
use serde::Deserialize;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AnyPool, Executor};

use super::record::Record;
use crate::domain::{AllowedOrigins, Client, ClientId};

macro_rules! select {
    ($($rest:literal)?) => {
        concat!("SELECT client_id, name, settings FROM client ", $($rest)?)
    };
}

pub(super) async fn find(pool: &AnyPool, id: &ClientId) -> Result<Option<Client>, StoreError> {
    let query = sqlx::query(select!("WHERE client_id = $1")).bind(id.as_str());
    query
        .fetch_optional(pool)
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

pub(super) async fn list<'e>(
    database: impl Executor<'e, Database = Any>,
) -> Result<Vec<Client>, StoreError> {
    sqlx::query(select!())
        .fetch_all(database)
        .await?
        .iter()
        .map(read)
        .collect()
}

/// The settings that decide about cross-origin calls.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Origins {
    allowed_origins: Vec<String>,
    callbacks: Vec<String>,
}

pub(super) async fn allowed_origins(pool: &AnyPool) -> Result<AllowedOrigins, StoreError> {
    let rows = sqlx::query("SELECT settings FROM client")
        .fetch_all(pool)
        .await?;
    let mut origins = AllowedOrigins::default();
    for row in rows.iter().map(Record) {
        let client: Origins = row.json("settings")?;
        origins.add_client(&client.allowed_origins, &client.callbacks);
    }
    Ok(origins)
}

fn read(row: &AnyRow) -> Result<Client, StoreError> {
    let row = Record(row);
    Ok(Client {
        client_id: row.text("client_id")?.into(),
        name: row.text("name")?,
        settings: row.json("settings")?,
    })
}

pub(super) async fn put(database: &mut AnyConnection, client: &Client) -> Result<(), StoreError> {
    let stored = sqlx::query_scalar("SELECT settings FROM client WHERE client_id = $1")
        .bind(client.client_id.as_str())
        .fetch_optional(&mut *database)
        .await?;
    sqlx::query(
        "INSERT INTO client (client_id, name, settings) VALUES ($1, $2, $3)
         ON CONFLICT (client_id) DO UPDATE SET name = excluded.name, settings = excluded.settings",
    )
    .bind(client.client_id.as_str())
    .bind(&client.name)
    .bind(merge_document(&client.settings, stored)?)
    .execute(database)
    .await?;
    Ok(())
}
