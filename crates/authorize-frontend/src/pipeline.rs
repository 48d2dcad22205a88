//! An authorization request, step by step. Each step takes one state and gives the next; what a state proves is
//! guaranteed by its fields being private to the step that makes it.
//!
//! | state | proves |
//! |---|---|
//! | [`RawParams`] | decodable, and small enough to look at |
//! | [`VerifiedRedirect`], [`BoundRequest`] | the client exists and `redirect_uri` is registered: errors may be sent there |
//! | [`ValidatedRequest`] | the parameters fit each other and the client |
//! | [`Entered`] | the organization exists, and is open to the client |
//! | [`Authenticated`] | a sign-in that satisfies the request |
//! | [`Joined`] | the user is a member of the organization, or uses the personal account |
//! | [`Permitted`] | the scope is no more than the user may be given |
//! | [`Approved`] | the tenant's post-login hook, if there is one, lets the sign-in pass |
//! | [`Consented`] | the user agreed to what will be issued, or need not be asked |
//! | [`Confirmed`] | the user knows which application is answered, or need not be asked |
//! | [`Issued`] | the tokens exist |

mod admit;
mod authenticate;
mod bind_client;
mod confirm;
mod enter_organization;
mod interact;
mod issue;
mod join_organization;
mod next;
mod obtain_consent;
mod over;
mod page_address;
mod parse_params;
mod permit;
mod requested_answer;
mod run_post_login_hook;
mod stop;
mod transaction;
mod validate_request;

use doorward_oauth2_types::{ErrorCode, auth0};
use metrics::counter;

use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::{OAuthError, ShownError};
use crate::metrics::SILENT_AUTHENTICATIONS;
use crate::workload::{Overloaded, Party, Priority, Work};

pub(crate) use admit::{admit, burn_invitation};
pub(crate) use authenticate::{Authenticated, Invitee, authenticate, invitee};
pub(crate) use bind_client::{BoundRequest, VerifiedRedirect, bind_client};
pub(crate) use confirm::{Confirmed, confirm};
pub(crate) use enter_organization::{Entered, enter_organization, is_open, offered_connections};
pub(crate) use interact::{TRANSACTION_LIFE, advance, page_after};
pub(crate) use issue::{Issued, issue};
pub(crate) use join_organization::{
    Joined, join_organization, organization_to_pick, organizations_to_pick, role_ids,
};
pub(crate) use next::Next;
pub(crate) use obtain_consent::{Consented, consent_to, given_scopes, obtain_consent};
pub(crate) use over::no_such_transaction;
pub(crate) use page_address::PageAddress;
pub(crate) use parse_params::RawParams;
pub(crate) use permit::{Permitted, permit};
pub(crate) use run_post_login_hook::{Approved, run_post_login_hook};
pub(crate) use stop::Stop;
pub(crate) use transaction::{PageState, Pending};
pub(crate) use validate_request::{OrganizationTarget, ValidatedRequest, validate_request};

/// Answers a new authorization request.
pub(crate) async fn authorize(
    raw: RawParams,
    browser: &Browser,
    deps: &Deps,
) -> Result<Next, ShownError> {
    // Until here an error is a page, never a redirect; from here on it is an answer to the application.
    let (redirect, bound) = bind_client(raw, browser, deps).await?;
    let priority = if bound.is_silent() {
        Priority::Silent
    } else {
        Priority::Interactive
    };
    let work = take_on(&bound, priority, deps);
    let next = match to_issued(&redirect, &bound, browser, None, &work, deps).await {
        Ok(issued) => Next::Answer(redirect, Ok(issued)),
        Err(Stop::Refuse(error)) => Next::Answer(redirect, Err(error)),
        Err(stop) => interact::begin(stop, redirect, &bound, browser, deps).await,
    };
    end(work, &next);
    Ok(next)
}

/// Takes a request on, as one of its client, and of the organization that it names.
fn take_on(bound: &BoundRequest, priority: Priority, deps: &Deps) -> Result<Work, Overloaded> {
    let client_id = &*bound.client().client_id;
    let organization = bound.get(auth0::ORGANIZATION);
    let organization = organization.map(|name| Party::organization(client_id, name));
    let parties = [Some(Party::client(client_id)), organization];
    deps.workload.begin(priority, parties)
}

fn end(work: Result<Work, Overloaded>, next: &Next) {
    let Ok(work) = work else { return };
    let error = match next {
        Next::Answer(_, Err(error)) => Some(error.code),
        _ => None,
    };
    work.end(error == Some(ErrorCode::TemporarilyUnavailable));
}

/// Takes a pending request up again after a page: what may have changed meanwhile is checked again.
pub(crate) async fn resume(
    pending: Pending,
    browser: &Browser,
    deps: &Deps,
) -> Result<Next, ShownError> {
    let (redirect, bound) = bind_client(pending.parameters(), browser, deps).await?;
    // mutant: answered-transaction-resumed
    if pending.is_answered() {
        return Err(over::answered(&redirect, &bound, browser, deps).await);
    }
    // The user has typed all that they were asked for.
    let work = take_on(&bound, Priority::Silent, deps);
    let outcome = match pending.refusal() {
        Some(error) => Err(Stop::Refuse(error)),
        None => to_issued(&redirect, &bound, browser, Some(&pending), &work, deps).await,
    };
    let next = match outcome {
        Ok(issued) => answer(&pending, redirect, &bound, Ok(issued), browser, deps).await,
        Err(Stop::Refuse(error)) => {
            answer(&pending, redirect, &bound, Err(error), browser, deps).await
        }
        Err(stop) => interact::go_on(stop, pending, &bound, browser, deps).await,
    }?;
    end(work, &next);
    Ok(next)
}

/// Answers the application, which ends a pending request: `state` is spent by then, so that there is no second answer.
/// The store says so before anything leaves. An error that passes by itself ends nothing, so that the user need not
/// type again.
pub(crate) async fn answer(
    pending: &Pending,
    redirect: VerifiedRedirect,
    bound: &BoundRequest,
    outcome: Result<Issued, OAuthError>,
    browser: &Browser,
    deps: &Deps,
) -> Result<Next, ShownError> {
    if outcome.as_ref().is_err_and(OAuthError::is_passing) {
        return Ok(Next::Answer(redirect, outcome));
    }
    match interact::close(pending, deps).await {
        // mutant: transaction-answered-twice
        Ok(true) => Ok(Next::Answer(redirect, outcome)),
        Ok(false) => {
            let current = Pending::find(&pending.page_state(), browser, deps).await?;
            Ok(Next::Page(page_after(&current, bound)))
        }
        Err(error) => Ok(Next::Answer(redirect, Err(error.into()))),
    }
}

async fn to_issued(
    redirect: &VerifiedRedirect,
    bound: &BoundRequest,
    browser: &Browser,
    pending: Option<&Pending>,
    work: &Result<Work, Overloaded>,
    deps: &Deps,
) -> Result<Issued, Stop> {
    let answered = match work {
        Ok(_) => take_steps(redirect, bound, browser, pending, deps).await,
        Err(overloaded) => Err(Stop::Refuse((*overloaded).into())),
    };
    if bound.is_silent() {
        note_silent_authentication(&answered);
    }
    answered
}

async fn take_steps(
    redirect: &VerifiedRedirect,
    bound: &BoundRequest,
    browser: &Browser,
    pending: Option<&Pending>,
    deps: &Deps,
) -> Result<Issued, Stop> {
    let request = validate_request(bound, pending, deps).await?;
    let no_page = request.prompt().none();
    // On the heap: the states of all steps are in it.
    let granted = Box::pin(async {
        let authenticated = authenticate(request, browser, pending, deps).await?;
        let joined = join_organization(authenticated, deps).await?;
        let permitted = permit(joined, deps).await?;
        let approved = run_post_login_hook(permitted, deps).await?;
        let consented = obtain_consent(approved, pending)?;
        let confirmed = confirm(consented, redirect, pending)?;
        Ok(Box::pin(issue(confirmed, deps)).await?)
    });
    let granted: Result<Issued, Stop> = granted.await;
    // mutant: prompt-none-shows-pages
    if !no_page {
        return granted;
    }
    granted.map_err(|stop| stop.without_a_page(browser))
}

/// Counts a silent authentication, and logs it with the code that Auth0's tenant logs have for it.
fn note_silent_authentication(answered: &Result<Issued, Stop>) {
    let (outcome, reason) = match answered {
        Ok(_) => {
            tracing::debug!(event = "ssa", "silent authentication");
            ("yes", "none")
        }
        Err(Stop::Refuse(error)) => {
            let description = error.description.as_ref();
            tracing::debug!(event = "fsa", description, "silent authentication failed");
            let outcome = if error.is_passing() {
                "cannot_tell"
            } else {
                "no"
            };
            (outcome, error.code.as_str())
        }
        Err(_) => return,
    };
    counter!(SILENT_AUTHENTICATIONS, "outcome" => outcome, "reason" => reason).increment(1);
}
