//! Client grants.

use doorward_oauth2_types::auth0::SubjectType;
use doorward_service_kit::StoreError;
use doorward_service_kit::sql::merge_document;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AnyPool, Executor};

use super::record::Record;
use crate::domain::{ClientGrant, ClientId};

pub(super) async fn list<'e>(
    database: impl Executor<'e, Database = Any>,
) -> Result<Vec<ClientGrant>, StoreError> {
    sqlx::query("SELECT client_id, audience, subject_type, scopes FROM client_grant")
        .fetch_all(database)
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Sorts in Rust: the order of texts depends on the database.
pub(super) async fn list_for_users(
    pool: &AnyPool,
    client_id: &ClientId,
) -> Result<Vec<ClientGrant>, StoreError> {
    let query = sqlx::query(
        "SELECT client_id, audience, subject_type, scopes FROM client_grant
         WHERE client_id = $1 AND subject_type = $2",
    );
    let rows = query
        .bind(client_id.as_str())
        .bind(SubjectType::User.as_str())
        .fetch_all(pool)
        .await?;
    let mut grants: Vec<_> = rows.iter().map(read).collect::<Result<_, _>>()?;
    grants.sort_by(|a, b| a.audience.cmp(&b.audience));
    Ok(grants)
}

fn read(row: &AnyRow) -> Result<ClientGrant, StoreError> {
    let row = Record(row);
    Ok(ClientGrant {
        client_id: row.text("client_id")?.into(),
        audience: row.text("audience")?,
        subject_type: row.value("subject_type")?,
        scopes: row.json("scopes")?,
    })
}

pub(super) async fn put(
    database: &mut AnyConnection,
    grant: &ClientGrant,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO client_grant (client_id, audience, subject_type, scopes) VALUES ($1, $2, $3, $4)
         ON CONFLICT (client_id, audience, subject_type) DO UPDATE SET scopes = excluded.scopes",
    )
    .bind(grant.client_id.as_str())
    .bind(&grant.audience)
    .bind(grant.subject_type.as_str())
    .bind(merge_document(&grant.scopes, None)?)
    .execute(database)
    .await?;
    Ok(())
}
