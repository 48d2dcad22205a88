//! Connections, and which applications may use them.

use std::collections::{BTreeMap, BTreeSet};

use doorward_service_kit::StoreError;
use doorward_service_kit::sql::merge_document;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AnyPool, Executor};

use super::record::Record;
use crate::domain::{ClientId, Connection, ConnectionWithClients};

macro_rules! select {
    ($($rest:literal)?) => {
        concat!("SELECT id, name, settings FROM connection ", $($rest)?)
    };
}

pub(super) async fn find(pool: &AnyPool, name: &str) -> Result<Option<Connection>, StoreError> {
    let query = sqlx::query(select!("WHERE name = $1")).bind(name);
    query
        .fetch_optional(pool)
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

pub(super) async fn list<'e>(
    database: impl Executor<'e, Database = Any>,
) -> Result<Vec<Connection>, StoreError> {
    sqlx::query(select!())
        .fetch_all(database)
        .await?
        .iter()
        .map(read)
        .collect()
}

pub(super) async fn list_enabled(
    pool: &AnyPool,
    client_id: &ClientId,
) -> Result<Vec<Connection>, StoreError> {
    let query = sqlx::query(
        "SELECT c.id, c.name, c.settings
         FROM connection c JOIN connection_client e ON e.connection_id = c.id
         WHERE e.client_id = $1",
    );
    query
        .bind(client_id.as_str())
        .fetch_all(pool)
        .await?
        .iter()
        .map(read)
        .collect()
}

pub(super) async fn list_with_clients(
    database: &mut AnyConnection,
) -> Result<Vec<ConnectionWithClients>, StoreError> {
    let rows = sqlx::query("SELECT connection_id, client_id FROM connection_client")
        .fetch_all(&mut *database)
        .await?;
    let mut clients: BTreeMap<String, BTreeSet<ClientId>> = BTreeMap::new();
    for row in rows.iter().map(Record) {
        let enabled = clients.entry(row.text("connection_id")?).or_default();
        enabled.insert(row.text("client_id")?.into());
    }
    let connections = list(database).await?.into_iter();
    let with_clients = connections.map(|connection| ConnectionWithClients {
        enabled_clients: clients.remove(connection.id.as_str()).unwrap_or_default(),
        connection,
    });
    Ok(with_clients.collect())
}

fn read(row: &AnyRow) -> Result<Connection, StoreError> {
    let row = Record(row);
    Ok(Connection {
        id: row.text("id")?.into(),
        name: row.text("name")?,
        settings: row.json("settings")?,
    })
}

pub(super) async fn put(
    database: &mut AnyConnection,
    with_clients: &ConnectionWithClients,
) -> Result<(), StoreError> {
    let ConnectionWithClients {
        connection,
        enabled_clients,
    } = with_clients;
    let stored = sqlx::query_scalar("SELECT settings FROM connection WHERE id = $1")
        .bind(connection.id.as_str())
        .fetch_optional(&mut *database)
        .await?;
    sqlx::query(
        "INSERT INTO connection (id, name, settings) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET settings = excluded.settings",
    )
    .bind(connection.id.as_str())
    .bind(&connection.name)
    .bind(merge_document(&connection.settings, stored)?)
    .execute(&mut *database)
    .await?;
    put_clients(database, connection.id.as_str(), enabled_clients).await
}

async fn put_clients(
    database: &mut AnyConnection,
    connection_id: &str,
    enabled_clients: &BTreeSet<ClientId>,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM connection_client WHERE connection_id = $1")
        .bind(connection_id)
        .execute(&mut *database)
        .await?;
    for client_id in enabled_clients {
        sqlx::query("INSERT INTO connection_client (connection_id, client_id) VALUES ($1, $2)")
            .bind(connection_id)
            .bind(client_id.as_str())
            .execute(&mut *database)
            .await?;
    }
    Ok(())
}
