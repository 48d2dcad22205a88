//! `/v2/logout`: ends the session of this browser, for all applications.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::redirect_uri::match_logout_url;
use http::HeaderMap;
use metrics::counter;

use super::cookies::expired_session_cookie;
use super::errors::page;
use super::fetch_metadata::check_page;
use super::html::{Policy, html};
use super::redirect::found;
use crate::audit::Audit;
use crate::backends::BackendError;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::metrics::LOGOUTS;
use crate::model::{Client, Tenant};
use crate::urlencoded::Pairs;
use crate::views::{Language, LoggedOut};

/// A confirmed logout is true: when the store does not answer, no user is told that they are signed out.
pub(super) async fn logout(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    headers: HeaderMap,
    query: Pairs,
) -> Result<Response, ShownError> {
    check_page(&headers)?;
    let client = find_client(&query, &deps).await;
    if let Ok(Some(client)) = &client
        && client.is_strict_third_party()
    {
        return Err(not_allowed());
    }
    // Also during an outage of the registry: a logout needs only the session store.
    let client_id = client.as_ref().ok().and_then(Option::as_ref);
    let client_id = client_id.map_or("", |client| &client.client_id);
    // mutant: unconfirmed-logout-is-a-success
    end_session(client_id, &browser, &deps).await?;
    // A wrong address does not keep the session alive, so it is answered last.
    let answer = match target(&query, client, &deps).await {
        Ok(Some(url)) => found(&url),
        Ok(None) => {
            let tenant = deps.backends.registry.tenant().await?;
            logged_out(&tenant, browser.language(None, &tenant))
        }
        Err(error) => error.into_response(),
    };
    Ok((expired_session_cookie(), answer).into_response())
}

/// The application that is signed out of. One that is unknown is as good as none.
async fn find_client(query: &Pairs, deps: &Deps) -> Result<Named, BackendError> {
    match query.get("client_id") {
        Some(client_id) => deps.backends.registry.client(client_id).await,
        None => Ok(None),
    }
}

type Named = Option<Arc<Client>>;

/// A third-party application in strict mode has no logout endpoints. Its request does nothing, and so the session lives
/// on: an application that registered itself may not sign users out of everything else. That an unregistered address
/// does end the session is another matter: there, the application may ask for it.
pub(super) fn not_allowed() -> ShownError {
    ShownError::invalid_request("Logout is not allowed for this client")
}

/// Where to go: the address that was asked for, if it is registered; else the application's first one.
async fn target(
    query: &Pairs,
    client: Result<Named, BackendError>,
    deps: &Deps,
) -> Result<Option<String>, ShownError> {
    let client = client?;
    let tenant = deps.backends.registry.tenant().await?;
    let registered = match &client {
        // mutant: logout-urls-of-tenant-for-applications
        Some(client) => &client.allowed_logout_urls,
        None => &tenant.allowed_logout_urls,
    };
    let Some(requested) = query.get("returnTo") else {
        let default = client.as_deref().and_then(Client::default_logout_url);
        return Ok(default.map(str::to_owned));
    };
    match match_logout_url(requested, registered) {
        // mutant: logout-url-not-checked
        Some(url) => Ok(Some(url.as_str().to_owned())),
        None => Err(ShownError::invalid_request(format!(
            "The \"returnTo\" querystring parameter \"{requested}\" is not defined as a valid URL in \"Allowed Logout URLs\""
        ))),
    }
}

/// Ends the session of this browser, if it has one; an error means that it may live on. Of several cookies none signs
/// anybody in, but what is told afterwards has to be true of each.
pub(super) async fn end_session(
    client_id: &str,
    browser: &Browser,
    deps: &Deps,
) -> Result<(), ShownError> {
    // mutant: logout-needs-browser-cookie
    let audit = Audit::of(client_id, browser);
    for session_token in &browser.session_tokens {
        // mutant: session-not-ended-at-logout, session-ended-after-answer
        let ended = deps.backends.sessions.end(session_token).await;
        ended.map_err(|error| {
            audit.sign_out_unconfirmed();
            ShownError::unconfirmed_sign_out(error)
        })?;
        audit.signed_out();
        counter!(LOGOUTS).increment(1);
    }
    Ok(())
}

/// The page for a logout that has nowhere to go.
pub(super) fn logged_out(tenant: &Tenant, language: Language) -> Response {
    let view = LoggedOut {
        page: page(tenant, language, None),
    };
    let policy = Policy {
        logo_urls: &[tenant.picture_url.as_deref()],
        isolated: true,
        ..Policy::default()
    };
    html(&view, &policy)
}
