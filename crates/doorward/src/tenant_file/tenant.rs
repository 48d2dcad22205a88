//! `tenant`: settings that hold for everything.

use doorward_proto::client_registry::v1::TenantPatch;

use crate::document::{Ignored, Object, Result};

pub(super) fn read(mut tenant: Object, ignored: &mut Ignored) -> Result<TenantPatch> {
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
        enable_client_connections: client_connections(&mut tenant, ignored)?,
    };
    tenant.finish(ignored);
    Ok(patch)
}

/// Lifetimes stand in the file in hours, in minutes, or both: then the minutes count.
fn minutes(tenant: &mut Object, key: &str, ignored: &mut Ignored) -> Result<Option<u32>> {
    let place = tenant.place(key);
    let in_minutes = format!("{key}_in_minutes");
    let (hours, minutes) = (tenant.scaled(key, 60.0)?, tenant.count(&in_minutes)?);
    if hours.is_some() && minutes.is_some() && hours != minutes {
        ignored.note(&place, format!("ignored, for {in_minutes} says otherwise"));
    }
    Ok(minutes.or(hours))
}

fn persistent_cookie(tenant: &mut Object, ignored: &mut Ignored) -> Result<Option<bool>> {
    let Some(mut cookie) = tenant.object("session_cookie")? else {
        return Ok(None);
    };
    let persistent = cookie.word("mode", &[("persistent", true), ("non-persistent", false)])?;
    cookie.finish(ignored);
    Ok(persistent)
}

fn client_connections(tenant: &mut Object, ignored: &mut Ignored) -> Result<Option<bool>> {
    let Some(mut flags) = tenant.object("flags")? else {
        return Ok(None);
    };
    let enabled = flags.flag("enable_client_connections")?;
    flags.pass("disable_clickjack_protection_headers", &[false.into()]);
    flags.finish(ignored);
    Ok(enabled)
}
