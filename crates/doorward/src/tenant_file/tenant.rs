//! `tenant`: settings of the whole tenant.

use doorward_client_registry::check;
use doorward_client_registry::domain::rule;
use doorward_oauth2_types::auth0::ResourceParameterProfile;
use doorward_proto::client_registry::v1::TenantPatch;

use crate::document::Object;

pub(super) fn read(tenant: &mut Object) -> TenantPatch {
    let flags = flags(tenant);
    let patch = TenantPatch {
        friendly_name: tenant.text("friendly_name"),
        picture_url: tenant.text_that("picture_url", rule::https_url),
        support_email: tenant.text_that("support_email", rule::email),
        support_url: tenant.text_that("support_url", rule::web_url),
        default_audience: tenant.text("default_audience"),
        default_directory: tenant.text("default_directory"),
        default_redirection_uri: tenant
            .text_that("default_redirection_uri", rule::default_redirection_uri),
        allowed_logout_urls: tenant.texts_that("allowed_logout_urls", rule::logout_url),
        session_lifetime_minutes: minutes(tenant, "session_lifetime"),
        idle_session_lifetime_minutes: minutes(tenant, "idle_session_lifetime"),
        ephemeral_session_lifetime_minutes: minutes(tenant, "ephemeral_session_lifetime"),
        idle_ephemeral_session_lifetime_minutes: minutes(tenant, "idle_ephemeral_session_lifetime"),
        persistent_session_cookie: persistent_cookie(tenant),
        rp_logout_end_session_endpoint_discovery: flag_of(
            tenant,
            "oidc_logout",
            "rp_logout_end_session_endpoint_discovery",
        ),
        oidc_logout_prompt_enabled: flag_of(tenant, "sessions", "oidc_logout_prompt_enabled"),
        skip_non_verifiable_callback_uri_confirmation_prompt: tenant
            .flag("skip_non_verifiable_callback_uri_confirmation_prompt"),
        enabled_locales: tenant.texts_that("enabled_locales", rule::language_tag),
        resource_parameter_profile: tenant
            .wire_enum::<ResourceParameterProfile>("resource_parameter_profile"),
        allow_organization_name_in_authentication_api: tenant
            .flag("allow_organization_name_in_authentication_api")
            .or(flags.allow_organization_name_in_authentication_api),
        ..flags
    };
    tenant.require(check::tenant(patch.clone()));
    patch
}

/// Reads a lifetime. The file may give it in hours, in minutes, or both: then the minutes count.
fn minutes(tenant: &mut Object, key: &str) -> Option<u32> {
    let place = tenant.place(key);
    let in_minutes = format!("{key}_in_minutes");
    let (hours, minutes) = (tenant.scaled(key, 60.0), tenant.count(&in_minutes));
    if hours.is_some() && minutes.is_some() && hours != minutes {
        let why = format!("ignored, because {in_minutes} has another value");
        tenant.report().note(&place, why);
    }
    minutes.or(hours)
}

fn persistent_cookie(tenant: &mut Object) -> Option<bool> {
    let mut cookie = tenant.object("session_cookie")?;
    let persistent = cookie.choice("mode", &[("persistent", true), ("non-persistent", false)]);
    cookie.finish();
    persistent
}

/// Reads a setting that is the only one of an object.
fn flag_of(tenant: &mut Object, key: &str, flag: &str) -> Option<bool> {
    let mut object = tenant.object(key)?;
    let value = object.flag(flag);
    object.finish();
    value
}

fn flags(tenant: &mut Object) -> TenantPatch {
    let Some(mut flags) = tenant.object("flags") else {
        return TenantPatch::default();
    };
    let patch = TenantPatch {
        enable_client_connections: flags.flag("enable_client_connections"),
        authorization_response_iss_parameter_supported: flags
            .flag("authorization_response_iss_parameter_supported"),
        use_scope_descriptions_for_consent: flags.flag("use_scope_descriptions_for_consent"),
        require_openid_scope: flags.flag("require_openid_scope"),
        allow_organization_name_in_authentication_api: flags
            .flag("allow_organization_name_in_authentication_api"),
        include_tenant_roles_in_organizations: flags.flag("include_tenant_roles_in_organizations"),
        consume_invitation_on_mismatch: flags.flag("consume_invitation_on_mismatch"),
        numeric_updated_at: flags.flag("numeric_updated_at"),
        ..TenantPatch::default()
    };
    flags.pass("disable_clickjack_protection_headers", &[false.into()]);
    flags.finish();
    patch
}
