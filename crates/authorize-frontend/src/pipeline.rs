//! An authorization request, step by step. Each step takes one state and gives the next; what a state proves is
//! guaranteed by its fields being private to the step that makes it.
//!
//! | state | proves |
//! |---|---|
//! | [`RawParams`] | decodable, and small enough to look at |
//! | [`VerifiedRedirect`], [`BoundRequest`] | the client exists and `redirect_uri` is registered: errors may be sent there |
//! | [`ValidatedRequest`] | the parameters fit each other and the client |
//! | [`Authenticated`] | a sign-in that satisfies the request |
//! | [`Permitted`] | the scope is no more than the user may be given |
//! | [`Consented`] | the user agreed to what will be issued, or need not be asked |
//! | [`Confirmed`] | the user knows which application is answered, or need not be asked |
//! | [`Issued`] | the tokens exist |

mod authenticate;
mod bind_client;
mod confirm;
mod interact;
mod issue;
mod obtain_consent;
mod parse_params;
mod permit;
mod respond;
mod transaction;
mod validate_request;

use axum::response::Response;

use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::{OAuthError, ShownError, Stop};

pub(crate) use authenticate::{Authenticated, authenticate};
pub(crate) use bind_client::{BoundRequest, VerifiedRedirect, bind_client};
pub(crate) use confirm::{Confirmed, confirm};
pub(crate) use interact::{TRANSACTION_LIFE, advance, page_after};
pub(crate) use issue::{Issued, granted_claims, issue};
pub(crate) use obtain_consent::{Consented, consent_to, given_scopes, obtain_consent};
pub(crate) use parse_params::RawParams;
pub(crate) use permit::{Permitted, permit, tells_permissions};
pub(crate) use respond::{respond, respond_error};
pub(crate) use transaction::{PageState, Pending, no_such_transaction};
pub(crate) use validate_request::{ValidatedRequest, is_strict_third_party, validate_request};

/// Answers a new authorization request.
pub(crate) async fn authorize(
    raw: RawParams,
    browser: &Browser,
    deps: &Deps,
) -> Result<Response, ShownError> {
    // Until here an error is a page, never a redirect; from here on it is an answer to the application.
    let (redirect, bound) = bind_client(raw, browser, deps).await?;
    match to_issued(&redirect, &bound, browser, None, deps).await {
        Ok(issued) => Ok(respond(&redirect, Ok(issued))),
        Err(Stop::Refuse(error)) => Ok(respond(&redirect, Err(error))),
        Err(stop) => Ok(interact::begin(stop, &redirect, &bound, browser, deps)
            .await
            .unwrap_or_else(|error| respond_error(&redirect, error.into()))),
    }
}

/// Takes a pending request up again after a page: what may have changed meanwhile is checked again.
pub(crate) async fn resume(
    pending: Pending,
    browser: &Browser,
    deps: &Deps,
) -> Result<Response, ShownError> {
    let (redirect, bound) = bind_client(pending.parameters(), browser, deps).await?;
    if let Some(error) = pending.refusal() {
        return Ok(respond_error(&redirect, error));
    }
    match to_issued(&redirect, &bound, browser, Some(&pending), deps).await {
        Ok(issued) => {
            interact::finish(&pending, issued.sid(), deps).await;
            Ok(respond(&redirect, Ok(issued)))
        }
        Err(Stop::Refuse(error)) => Ok(refuse(&pending, &redirect, error, deps).await),
        Err(stop) => interact::go_on(stop, pending, &bound, browser, deps).await,
    }
}

/// Answers a pending request with an error, which ends it.
pub(crate) async fn refuse(
    pending: &Pending,
    redirect: &VerifiedRedirect,
    error: OAuthError,
    deps: &Deps,
) -> Response {
    interact::close(pending, &error, deps).await;
    respond_error(redirect, error)
}

async fn to_issued(
    redirect: &VerifiedRedirect,
    bound: &BoundRequest,
    browser: &Browser,
    pending: Option<&Pending>,
    deps: &Deps,
) -> Result<Issued, Stop> {
    let request = validate_request(bound, deps).await?;
    let no_page = request.prompt().none();
    let granted = async {
        let authenticated = authenticate(request, browser, pending, deps).await?;
        let permitted = permit(authenticated, deps).await?;
        let consented = obtain_consent(permitted, pending)?;
        let confirmed = confirm(consented, redirect, pending)?;
        Ok(issue(confirmed, deps).await?)
    };
    let granted: Result<Issued, Stop> = granted.await;
    if !no_page {
        return granted;
    }
    let answered = granted.map_err(|stop| stop.without_a_page(browser));
    log_silent_authentication(&answered);
    answered
}

/// With the codes that Auth0's tenant logs have for it.
fn log_silent_authentication(answered: &Result<Issued, Stop>) {
    match answered {
        Ok(_) => tracing::debug!(event = "ssa", "silent authentication"),
        Err(Stop::Refuse(error)) => {
            let description = error.description.as_ref();
            tracing::debug!(event = "fsa", description, "silent authentication failed");
        }
        Err(_) => {}
    }
}
