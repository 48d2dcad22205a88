//! Where a user goes on who comes back to a sign-in that is over: from the history, a bookmark, or a form sent again.

use doorward_oauth2_types::redirect_uri::MatchedRedirectUri;
use url::Url;

use super::{BoundRequest, VerifiedRedirect};
use crate::backends::BackendError;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::{Continuation, ShownError, SignedInAlready};
use crate::model::{Client, Tenant};
use crate::paths::PagePath;

/// The error for a sign-in whose application has had its answer; there is no second one.
pub(super) async fn answered(
    redirect: &VerifiedRedirect,
    bound: &BoundRequest,
    browser: &Browser,
    deps: &Deps,
) -> ShownError {
    let (client, tenant) = (bound.client(), bound.tenant());
    let continuation = continuation(client, tenant, Some(redirect.uri()), browser, deps);
    start_again_or(continuation.await)
}

/// The error for a sign-in that is not kept any more, and whose application is known.
pub(super) async fn lost(client_id: &str, browser: &Browser, deps: &Deps) -> ShownError {
    let registry = &deps.backends.registry;
    let continuation = async {
        let tenant = registry.tenant().await?;
        let found = registry.client(client_id).await?;
        match &found {
            Some(client) => continuation(client, &tenant, None, browser, deps).await,
            None => Ok(login_route([&tenant.default_redirection_uri], deps)),
        }
    };
    start_again_or(continuation.await)
}

/// The error for a transaction that is gone, and whose application is unknown: the tenant may have a place to begin
/// again.
pub(crate) async fn no_such_transaction(deps: &Deps) -> ShownError {
    let tenant = deps.backends.registry.tenant().await;
    let continuation = tenant.map(|tenant| login_route([&tenant.default_redirection_uri], deps));
    start_again_or(continuation)
}

fn start_again_or(continuation: Result<Option<Continuation>, BackendError>) -> ShownError {
    match continuation {
        Ok(continuation) => ShownError {
            continuation,
            ..ShownError::lost_transaction()
        },
        Err(error) => error.into(),
    }
}

/// Finds where the user can sign in again: at the application, else where the tenant configured. Without such a place,
/// a signed-in user gets a page that shows so.
async fn continuation(
    client: &Client,
    tenant: &Tenant,
    callback: Option<&MatchedRedirectUri>,
    browser: &Browser,
    deps: &Deps,
) -> Result<Option<Continuation>, BackendError> {
    let routes = [&client.initiate_login_uri, &tenant.default_redirection_uri];
    let route = login_route(routes, deps);
    if route.is_some() {
        return Ok(route);
    }
    let sessions = &deps.backends.sessions;
    let user = sessions
        .signed_in_user(browser.session_query(tenant))
        .await?;
    Ok(user.map(|user| {
        Continuation::SignedIn(Box::new(SignedInAlready {
            user,
            application: client.name.clone(),
            address: application_address(client, callback),
        }))
    }))
}

/// The first page that begins a sign-in. `iss` says who sends the person (OpenID Connect Core §4). Our own landing page
/// of invitations begins none without a ticket.
fn login_route<const N: usize>(routes: [&Option<Url>; N], deps: &Deps) -> Option<Continuation> {
    let mut routes = routes.into_iter().flatten();
    let is_ours = |url: &Url| {
        deps.issuer
            .has_page(url, PagePath::InvitationStart.as_str())
    };
    let mut url = routes.find(|url| !is_ours(url))?.clone();
    url.query_pairs_mut()
        .append_pair("iss", deps.issuer.as_str());
    Some(Continuation::LoginRoute(url.into()))
}

/// The start page of a web application, from the origin of its callback. A link needs as much trust as a redirect, and
/// a native application no longer listens on its port.
fn application_address(client: &Client, callback: Option<&MatchedRedirectUri>) -> Option<String> {
    if client.is_native() || client.is_strict_third_party() {
        return None;
    }
    let callback = callback.or(client.only_callback.as_ref())?;
    callback.origin().map(|origin| format!("{origin}/"))
}
