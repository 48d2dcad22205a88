//! `tenant`: settings of the whole tenant.

use doorward_oauth2_types::auth0::ResourceParameterProfile;
use doorward_proto::client_registry::v1::TenantPatch;

use crate::document::{Ignored, Object, Result};

pub(super) fn read(mut tenant: Object, ignored: &mut Ignored) -> Result<TenantPatch> {
    let flags = flags(&mut tenant, ignored)?;
    let patch = TenantPatch {
        friendly_name: tenant.text("friendly_name")?,
        picture_url: tenant.text("picture_url")?,
        support_email: tenant.text("support_email")?,
        support_url: tenant.text("support_url")?,
        default_audience: tenant.text("default_audience")?,
        default_directory: tenant.text("default_directory")?,
        default_redirection_uri: tenant.text("default_redirection_uri")?,
        allowed_logout_urls: tenant.texts("allowed_logout_urls")?,
        session_lifetime_minutes: minutes(&mut tenant, "session_lifetime", ignored)?,
        idle_session_lifetime_minutes: minutes(&mut tenant, "idle_session_lifetime", ignored)?,
        ephemeral_session_lifetime_minutes: minutes(
            &mut tenant,
            "ephemeral_session_lifetime",
            ignored,
        )?,
        idle_ephemeral_session_lifetime_minutes: minutes(
            &mut tenant,
            "idle_ephemeral_session_lifetime",
            ignored,
        )?,
        persistent_session_cookie: persistent_cookie(&mut tenant, ignored)?,
        rp_logout_end_session_endpoint_discovery: flag_of(
            &mut tenant,
            "oidc_logout",
            "rp_logout_end_session_endpoint_discovery",
            ignored,
        )?,
        oidc_logout_prompt_enabled: flag_of(
            &mut tenant,
            "sessions",
            "oidc_logout_prompt_enabled",
            ignored,
        )?,
        skip_non_verifiable_callback_uri_confirmation_prompt: tenant
            .flag("skip_non_verifiable_callback_uri_confirmation_prompt")?,
        enabled_locales: tenant.texts("enabled_locales")?,
        resource_parameter_profile: tenant
            .wire_enum::<ResourceParameterProfile>("resource_parameter_profile")?,
        allow_organization_name_in_authentication_api: tenant
            .flag("allow_organization_name_in_authentication_api")?
            .or(flags.allow_organization_name_in_authentication_api),
        ..flags
    };
    tenant.finish(ignored);
    Ok(patch)
}

/// Reads a lifetime. The file may give it in hours, in minutes, or both: then the minutes count.
fn minutes(tenant: &mut Object, key: &str, ignored: &mut Ignored) -> Result<Option<u32>> {
    let place = tenant.place(key);
    let in_minutes = format!("{key}_in_minutes");
    let (hours, minutes) = (tenant.scaled(key, 60.0)?, tenant.count(&in_minutes)?);
    if hours.is_some() && minutes.is_some() && hours != minutes {
        ignored.note(
            &place,
            format!("ignored, because {in_minutes} has another value"),
        );
    }
    Ok(minutes.or(hours))
}

fn persistent_cookie(tenant: &mut Object, ignored: &mut Ignored) -> Result<Option<bool>> {
    let Some(mut cookie) = tenant.object("session_cookie")? else {
        return Ok(None);
    };
    let persistent = cookie.choice("mode", &[("persistent", true), ("non-persistent", false)])?;
    cookie.finish(ignored);
    Ok(persistent)
}

/// Reads a setting that is the only one of an object.
fn flag_of(
    tenant: &mut Object,
    key: &str,
    flag: &str,
    ignored: &mut Ignored,
) -> Result<Option<bool>> {
    let Some(mut object) = tenant.object(key)? else {
        return Ok(None);
    };
    let value = object.flag(flag)?;
    object.finish(ignored);
    Ok(value)
}

fn flags(tenant: &mut Object, ignored: &mut Ignored) -> Result<TenantPatch> {
    let Some(mut flags) = tenant.object("flags")? else {
        return Ok(TenantPatch::default());
    };
    let patch = TenantPatch {
        enable_client_connections: flags.flag("enable_client_connections")?,
        authorization_response_iss_parameter_supported: flags
            .flag("authorization_response_iss_parameter_supported")?,
        use_scope_descriptions_for_consent: flags.flag("use_scope_descriptions_for_consent")?,
        require_openid_scope: flags.flag("require_openid_scope")?,
        allow_organization_name_in_authentication_api: flags
            .flag("allow_organization_name_in_authentication_api")?,
        include_tenant_roles_in_organizations: flags
            .flag("include_tenant_roles_in_organizations")?,
        consume_invitation_on_mismatch: flags.flag("consume_invitation_on_mismatch")?,
        numeric_updated_at: flags.flag("numeric_updated_at")?,
        ..TenantPatch::default()
    };
    flags.pass("disable_clickjack_protection_headers", &[false.into()]);
    flags.finish(ignored);
    Ok(patch)
}
