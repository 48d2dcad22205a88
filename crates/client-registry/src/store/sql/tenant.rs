//! The tenant's settings: one row, once anything differs from the defaults.

use doorward_service_kit::StoreError;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, Executor};

use super::record::{Record, flag, json};
use crate::domain::{SessionLifetimes, Tenant};

pub(super) async fn get<'e>(
    database: impl Executor<'e, Database = Any>,
) -> Result<Tenant, StoreError> {
    let row = sqlx::query(
        "SELECT friendly_name, picture_url, support_email, support_url, default_audience, default_directory,
            default_redirection_uri, allowed_logout_urls, absolute_minutes, idle_minutes,
            ephemeral_absolute_minutes, ephemeral_idle_minutes, persistent_session_cookie,
            enable_client_connections, authorization_response_iss_parameter_supported,
            skip_non_verifiable_callback_uri_confirmation_prompt, use_scope_descriptions_for_consent,
            enabled_locales, resource_parameter_profile, require_openid_scope,
            rp_logout_end_session_endpoint_discovery, oidc_logout_prompt_enabled
         FROM tenant",
    )
    .fetch_optional(database)
    .await?;
    row.as_ref().map_or_else(|| Ok(Tenant::default()), read)
}

fn read(row: &AnyRow) -> Result<Tenant, StoreError> {
    let row = Record(row);
    Ok(Tenant {
        friendly_name: row.text("friendly_name")?,
        picture_url: row.text("picture_url")?,
        support_email: row.text("support_email")?,
        support_url: row.text("support_url")?,
        default_audience: row.text("default_audience")?,
        default_directory: row.text("default_directory")?,
        default_redirection_uri: row.text("default_redirection_uri")?,
        allowed_logout_urls: row.list("allowed_logout_urls")?,
        session_lifetimes: SessionLifetimes {
            absolute_minutes: row.number("absolute_minutes")?,
            idle_minutes: row.number("idle_minutes")?,
            ephemeral_absolute_minutes: row.number("ephemeral_absolute_minutes")?,
            ephemeral_idle_minutes: row.number("ephemeral_idle_minutes")?,
            persistent: row.flag("persistent_session_cookie")?,
        },
        enable_client_connections: row.flag("enable_client_connections")?,
        authorization_response_iss_parameter_supported: row
            .flag("authorization_response_iss_parameter_supported")?,
        skip_non_verifiable_callback_uri_confirmation_prompt: row
            .flag("skip_non_verifiable_callback_uri_confirmation_prompt")?,
        use_scope_descriptions_for_consent: row.flag("use_scope_descriptions_for_consent")?,
        enabled_locales: row.list("enabled_locales")?,
        resource_parameter_profile: row.word("resource_parameter_profile")?,
        require_openid_scope: row.flag("require_openid_scope")?,
        rp_logout_end_session_endpoint_discovery: row
            .flag("rp_logout_end_session_endpoint_discovery")?,
        oidc_logout_prompt_enabled: row.flag("oidc_logout_prompt_enabled")?,
    })
}

pub(super) async fn put(database: &mut AnyConnection, tenant: &Tenant) -> Result<(), StoreError> {
    let lifetimes = &tenant.session_lifetimes;
    sqlx::query(
        "INSERT INTO tenant (singleton, friendly_name, picture_url, support_email, support_url, default_audience,
            default_directory, default_redirection_uri, allowed_logout_urls, absolute_minutes, idle_minutes,
            ephemeral_absolute_minutes, ephemeral_idle_minutes, persistent_session_cookie,
            enable_client_connections, authorization_response_iss_parameter_supported,
            skip_non_verifiable_callback_uri_confirmation_prompt, use_scope_descriptions_for_consent,
            enabled_locales, resource_parameter_profile, require_openid_scope,
            rp_logout_end_session_endpoint_discovery, oidc_logout_prompt_enabled)
         VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21, $22)
         ON CONFLICT (singleton) DO UPDATE SET
            friendly_name = excluded.friendly_name,
            picture_url = excluded.picture_url,
            support_email = excluded.support_email,
            support_url = excluded.support_url,
            default_audience = excluded.default_audience,
            default_directory = excluded.default_directory,
            default_redirection_uri = excluded.default_redirection_uri,
            allowed_logout_urls = excluded.allowed_logout_urls,
            absolute_minutes = excluded.absolute_minutes,
            idle_minutes = excluded.idle_minutes,
            ephemeral_absolute_minutes = excluded.ephemeral_absolute_minutes,
            ephemeral_idle_minutes = excluded.ephemeral_idle_minutes,
            persistent_session_cookie = excluded.persistent_session_cookie,
            enable_client_connections = excluded.enable_client_connections,
            authorization_response_iss_parameter_supported =
                excluded.authorization_response_iss_parameter_supported,
            skip_non_verifiable_callback_uri_confirmation_prompt =
                excluded.skip_non_verifiable_callback_uri_confirmation_prompt,
            use_scope_descriptions_for_consent = excluded.use_scope_descriptions_for_consent,
            enabled_locales = excluded.enabled_locales,
            resource_parameter_profile = excluded.resource_parameter_profile,
            require_openid_scope = excluded.require_openid_scope,
            rp_logout_end_session_endpoint_discovery = excluded.rp_logout_end_session_endpoint_discovery,
            oidc_logout_prompt_enabled = excluded.oidc_logout_prompt_enabled",
    )
    .bind(&tenant.friendly_name)
    .bind(&tenant.picture_url)
    .bind(&tenant.support_email)
    .bind(&tenant.support_url)
    .bind(&tenant.default_audience)
    .bind(&tenant.default_directory)
    .bind(&tenant.default_redirection_uri)
    .bind(json(&tenant.allowed_logout_urls)?)
    .bind(i64::from(lifetimes.absolute_minutes))
    .bind(i64::from(lifetimes.idle_minutes))
    .bind(i64::from(lifetimes.ephemeral_absolute_minutes))
    .bind(i64::from(lifetimes.ephemeral_idle_minutes))
    .bind(flag(lifetimes.persistent))
    .bind(flag(tenant.enable_client_connections))
    .bind(flag(tenant.authorization_response_iss_parameter_supported))
    .bind(flag(tenant.skip_non_verifiable_callback_uri_confirmation_prompt))
    .bind(flag(tenant.use_scope_descriptions_for_consent))
    .bind(json(&tenant.enabled_locales)?)
    .bind(tenant.resource_parameter_profile.as_str())
    .bind(flag(tenant.require_openid_scope))
    .bind(flag(tenant.rp_logout_end_session_endpoint_discovery))
    .bind(flag(tenant.oidc_logout_prompt_enabled))
    .execute(database)
    .await?;
    Ok(())
}
