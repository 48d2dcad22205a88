//! Applications.

use doorward_service_kit::StoreError;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AnyPool, Executor};

use super::record::{Record, flag, json};
use crate::domain::{Client, ClientId, allows_origin};

macro_rules! select {
    ($($rest:literal)?) => {
        concat!(
            "SELECT client_id, name, app_type, logo_uri, is_first_party, grant_types, callbacks, allowed_logout_urls,
                web_origins, allowed_origins, initiate_login_uri, id_token_lifetime_seconds, id_token_signing_alg,
                organization_usage, organization_require_behavior, sso_disabled, token_endpoint_auth_method,
                skip_non_verifiable_callback_uri_confirmation_prompt, third_party_security_mode
             FROM client ",
            $($rest)?
        )
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

pub(super) async fn any_allows_origin(pool: &AnyPool, origin: &str) -> Result<bool, StoreError> {
    let rows = sqlx::query("SELECT allowed_origins, callbacks FROM client")
        .fetch_all(pool)
        .await?;
    for row in rows.iter().map(Record) {
        if allows_origin(
            &row.list("allowed_origins")?,
            &row.list("callbacks")?,
            origin,
        ) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn read(row: &AnyRow) -> Result<Client, StoreError> {
    let row = Record(row);
    Ok(Client {
        client_id: row.text("client_id")?.into(),
        name: row.text("name")?,
        app_type: row.word("app_type")?,
        logo_uri: row.text("logo_uri")?,
        is_first_party: row.flag("is_first_party")?,
        grant_types: row.list("grant_types")?,
        callbacks: row.list("callbacks")?,
        allowed_logout_urls: row.list("allowed_logout_urls")?,
        web_origins: row.list("web_origins")?,
        allowed_origins: row.list("allowed_origins")?,
        initiate_login_uri: row.text("initiate_login_uri")?,
        id_token_lifetime_seconds: row.number("id_token_lifetime_seconds")?,
        id_token_signing_alg: row.word("id_token_signing_alg")?,
        organization_usage: row.word("organization_usage")?,
        organization_require_behavior: row.word("organization_require_behavior")?,
        sso_disabled: row.flag("sso_disabled")?,
        token_endpoint_auth_method: row.word("token_endpoint_auth_method")?,
        skip_non_verifiable_callback_uri_confirmation_prompt: row
            .flag_if_any("skip_non_verifiable_callback_uri_confirmation_prompt")?,
        third_party_security_mode: row.word("third_party_security_mode")?,
    })
}

pub(super) async fn put(database: &mut AnyConnection, client: &Client) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO client (client_id, name, app_type, logo_uri, is_first_party, grant_types, callbacks,
            allowed_logout_urls, web_origins, allowed_origins, initiate_login_uri, id_token_lifetime_seconds,
            id_token_signing_alg, organization_usage, organization_require_behavior, sso_disabled,
            token_endpoint_auth_method, skip_non_verifiable_callback_uri_confirmation_prompt,
            third_party_security_mode)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
            $18, $19)
         ON CONFLICT (client_id) DO UPDATE SET
            name = excluded.name,
            app_type = excluded.app_type,
            logo_uri = excluded.logo_uri,
            is_first_party = excluded.is_first_party,
            grant_types = excluded.grant_types,
            callbacks = excluded.callbacks,
            allowed_logout_urls = excluded.allowed_logout_urls,
            web_origins = excluded.web_origins,
            allowed_origins = excluded.allowed_origins,
            initiate_login_uri = excluded.initiate_login_uri,
            id_token_lifetime_seconds = excluded.id_token_lifetime_seconds,
            id_token_signing_alg = excluded.id_token_signing_alg,
            organization_usage = excluded.organization_usage,
            organization_require_behavior = excluded.organization_require_behavior,
            sso_disabled = excluded.sso_disabled,
            token_endpoint_auth_method = excluded.token_endpoint_auth_method,
            skip_non_verifiable_callback_uri_confirmation_prompt =
                excluded.skip_non_verifiable_callback_uri_confirmation_prompt,
            third_party_security_mode = excluded.third_party_security_mode",
    )
    .bind(client.client_id.as_str())
    .bind(&client.name)
    .bind(client.app_type.as_str())
    .bind(&client.logo_uri)
    .bind(flag(client.is_first_party))
    .bind(json(&client.grant_types)?)
    .bind(json(&client.callbacks)?)
    .bind(json(&client.allowed_logout_urls)?)
    .bind(json(&client.web_origins)?)
    .bind(json(&client.allowed_origins)?)
    .bind(&client.initiate_login_uri)
    .bind(i64::from(client.id_token_lifetime_seconds))
    .bind(client.id_token_signing_alg.as_str())
    .bind(client.organization_usage.as_str())
    .bind(client.organization_require_behavior.as_str())
    .bind(flag(client.sso_disabled))
    .bind(client.token_endpoint_auth_method.as_str())
    .bind(
        client
            .skip_non_verifiable_callback_uri_confirmation_prompt
            .map(flag),
    )
    .bind(client.third_party_security_mode.as_str())
    .execute(database)
    .await?;
    Ok(())
}
