//! APIs.

use doorward_service_kit::StoreError;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AnyPool, Executor};

use super::record::{Record, flag, json};
use crate::domain::ResourceServer;

macro_rules! select {
    ($($rest:literal)?) => {
        concat!(
            "SELECT id, identifier, name, scopes, signing_alg, token_lifetime_seconds, token_lifetime_for_web_seconds,
                skip_consent_for_verifiable_first_party_clients, token_dialect, allow_offline_access,
                enforce_policies, user_access
             FROM resource_server ",
            $($rest)?
        )
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
        scopes: row.list("scopes")?,
        signing_alg: row.word("signing_alg")?,
        token_lifetime_seconds: row.number("token_lifetime_seconds")?,
        token_lifetime_for_web_seconds: row.number("token_lifetime_for_web_seconds")?,
        skip_consent_for_verifiable_first_party_clients: row
            .flag("skip_consent_for_verifiable_first_party_clients")?,
        token_dialect: row.word("token_dialect")?,
        allow_offline_access: row.flag("allow_offline_access")?,
        enforce_policies: row.flag("enforce_policies")?,
        user_access: row.word("user_access")?,
    })
}

pub(super) async fn put(
    database: &mut AnyConnection,
    server: &ResourceServer,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO resource_server (id, identifier, name, scopes, signing_alg, token_lifetime_seconds,
            token_lifetime_for_web_seconds, skip_consent_for_verifiable_first_party_clients, token_dialect,
            allow_offline_access, enforce_policies, user_access)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (id) DO UPDATE SET
            name = excluded.name,
            scopes = excluded.scopes,
            signing_alg = excluded.signing_alg,
            token_lifetime_seconds = excluded.token_lifetime_seconds,
            token_lifetime_for_web_seconds = excluded.token_lifetime_for_web_seconds,
            skip_consent_for_verifiable_first_party_clients =
                excluded.skip_consent_for_verifiable_first_party_clients,
            token_dialect = excluded.token_dialect,
            allow_offline_access = excluded.allow_offline_access,
            enforce_policies = excluded.enforce_policies,
            user_access = excluded.user_access",
    )
    .bind(server.id.as_str())
    .bind(&server.identifier)
    .bind(&server.name)
    .bind(json(&server.scopes)?)
    .bind(server.signing_alg.as_str())
    .bind(i64::from(server.token_lifetime_seconds))
    .bind(i64::from(server.token_lifetime_for_web_seconds))
    .bind(flag(server.skip_consent_for_verifiable_first_party_clients))
    .bind(server.token_dialect.as_str())
    .bind(flag(server.allow_offline_access))
    .bind(flag(server.enforce_policies))
    .bind(server.user_access.as_str())
    .execute(database)
    .await?;
    Ok(())
}
