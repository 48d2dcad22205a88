//! Finds the user, and checks that their sign-in is fresh enough, and good for the organization.

mod invitee;

use doorward_oauth2_types::ErrorCode;
use jiff::Timestamp;

use super::enter_organization::connection_not_enabled;
use super::{
    Entered, OrganizationTarget, Pending, Stop, ValidatedRequest, enter_organization,
    offered_connections,
};
use crate::backends::{BackendError, LiveSession, Resolved};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::OAuthError;
use crate::model::{FoundOrganization, Invitation, Session, SessionQuery, User};

pub(crate) use invitee::{Invitee, invitee};

/// A request whose user is known.
#[derive(Debug)]
pub(crate) struct Authenticated {
    entered: Entered,
    session: Session,
    user: User,
}

impl Authenticated {
    pub(crate) fn request(&self) -> &ValidatedRequest {
        self.entered.request()
    }

    /// The organization that the request names, with the membership of this user.
    pub(super) fn found(&self) -> Option<FoundOrganization> {
        self.entered.found().cloned()
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    pub(crate) fn user(&self) -> &User {
        &self.user
    }
}

/// Why the user has to sign in, although there is a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LoginReason {
    /// Another user has signed in for this request, in another tab.
    OtherUserSignedIn,
    SsoDisabled,
    PromptAsks,
    TooOld,
    OtherUserHinted,
    ConnectionNotEnabled,
    /// The invitation of the request was accepted by another user, or by this one without their address being noted as
    /// proved.
    InvitationNotSettled,
}

/// Finds the session of the browser, and checks that it satisfies the request. The organization is looked up together
/// with the membership of the session's user; an error of the organization comes before one of the session.
///
/// # Errors
/// - [`Stop::Invite`]: the request has an invitation that is open.
/// - [`Stop::NameOrganization`], with `prompt=none` `interaction_required`: the user has to name the organization.
/// - `invalid_request`, `access_denied`: the organization cannot be used, see [`enter_organization`], or has no
///   connection to sign in by.
/// - [`Stop::SignIn`], with `prompt=none` `login_required`: there is no session, or it does not satisfy the request.
/// - `login_required`: the user has just signed in for this request, and is not the one in `id_token_hint`.
/// - `unauthorized`: the user is blocked.
/// - `access_denied`: the user has just signed in by a connection that the organization does not have any more.
/// - `temporarily_unavailable`, `server_error`: a backend failed; never `login_required`.
pub(crate) async fn authenticate(
    request: ValidatedRequest,
    browser: &Browser,
    pending: Option<&Pending>,
    deps: &Deps,
) -> Result<Authenticated, Stop> {
    if *request.organization_target() == OrganizationTarget::AskedFirst {
        return Err(Stop::NameOrganization);
    }
    let resolved = resolve_session(&request, browser, deps).await?;
    let user_id = resolved.user_id().map(str::to_owned);
    let entered = enter_organization(request, user_id.as_deref(), deps).await?;
    if entered.invitation().is_some_and(Invitation::is_open) {
        return Err(ask_to_sign_in(Stop::Invite, &entered, deps).await);
    }
    let live = match resolved {
        Resolved::Live(live) => *live,
        Resolved::Absent(absence) => {
            return Err(ask_to_sign_in(absence.into(), &entered, deps).await);
        }
    };
    let is_own = pending.is_some_and(|pending| pending.has_led_to(&live.session));
    let LiveSession { session, user } =
        match login_reason(&entered, &live, pending, deps.clock.now()) {
            None => live,
            // They have just signed in, and are not the hinted user: asking again would never end.
            Some(LoginReason::OtherUserHinted) if is_own => {
                return Err(OAuthError::login_required().into());
            }
            Some(LoginReason::ConnectionNotEnabled) if is_own && entered.found().is_some() => {
                return Err(connection_not_enabled().into());
            }
            Some(reason) => {
                tracing::debug!(?reason, "the user has to sign in");
                let offered = offered_account(entered.request(), &live.user);
                return Err(ask_to_sign_in(Stop::SignIn { offered }, &entered, deps).await);
            }
        };
    // mutant: blocked-user-keeps-session
    if user.blocked {
        return Err(OAuthError::new(ErrorCode::Unauthorized, "user is blocked").into());
    }
    Ok(Authenticated {
        entered,
        session,
        user,
    })
}

/// A page to sign in at needs a connection to show.
async fn ask_to_sign_in(stop: Stop, entered: &Entered, deps: &Deps) -> Stop {
    if entered.request().prompt().none() {
        return stop;
    }
    match Box::pin(offered_connections(entered, deps)).await {
        Ok(_) => stop,
        Err(error) => error.into(),
    }
}

async fn resolve_session(
    request: &ValidatedRequest,
    browser: &Browser,
    deps: &Deps,
) -> Result<Resolved, BackendError> {
    let query = SessionQuery {
        client_id: Some(request.client().client_id.as_str()),
        max_age_seconds: max_age_to_count(request),
        user_id: request.hinted_sub().filter(|_| request.prompt().none()),
        ..browser.session_query(request.tenant())
    };
    deps.backends.sessions.resolve(query).await
}

/// A silent request whose answer is `login_required` is no use of the session. One that leads to a page is.
fn max_age_to_count(request: &ValidatedRequest) -> Option<u64> {
    if !request.prompt().none() {
        None
    } else if request.client().sso_disabled {
        Some(0)
    } else {
        request.max_age()
    }
}

fn login_reason(
    entered: &Entered,
    LiveSession { session, user }: &LiveSession,
    pending: Option<&Pending>,
    now: Timestamp,
) -> Option<LoginReason> {
    let request = entered.request();
    if pending.is_some_and(|pending| pending.is_of_another(user)) {
        Some(LoginReason::OtherUserSignedIn)
    // mutant: hinted-user-not-compared
    } else if request.hinted_sub().is_some_and(|sub| sub != user.user_id) {
        Some(LoginReason::OtherUserHinted)
    } else if is_unsettled(entered, user) {
        Some(LoginReason::InvitationNotSettled)
    // mutant: connection-of-session-not-checked
    } else if !entered.is_enabled(&session.connection) {
        Some(LoginReason::ConnectionNotEnabled)
    } else if pending.is_some_and(|pending| pending.has_led_to(session)) {
        // The sign-in that a request has led to is as fresh as it can ask for.
        None
    } else {
        freshness_reason(request, session, now)
    }
}

/// Whether the invitation of the request was accepted by another user, or by this one without being noted as proved.
fn is_unsettled(entered: &Entered, user: &User) -> bool {
    let accepted = entered.invitation().filter(|it| !it.is_open());
    accepted.is_some_and(|it| !it.is_settled_by(user))
}

/// Why a session from before the request does not satisfy it.
fn freshness_reason(
    request: &ValidatedRequest,
    session: &Session,
    now: Timestamp,
) -> Option<LoginReason> {
    if request.client().sso_disabled {
        Some(LoginReason::SsoDisabled)
    } else if request.prompt().login() || request.prompt().select_account() {
        Some(LoginReason::PromptAsks)
    } else if request
        .max_age()
        .is_some_and(|max_age| age(session, now) >= max_age)
    {
        Some(LoginReason::TooOld)
    } else {
        None
    }
}

/// The account that `prompt=select_account` offers: the one of the session (OIDC Core §3.1.2.1).
fn offered_account(request: &ValidatedRequest, user: &User) -> Option<String> {
    let email = user.email()?;
    let is_offered = request.prompt().select_account();
    is_offered.then(|| email.to_owned())
}

/// Seconds since the user last proved a credential.
fn age(session: &Session, now: Timestamp) -> u64 {
    let authenticated_at = session.authenticated_at.as_second();
    u64::try_from(now.as_second().saturating_sub(authenticated_at)).unwrap_or(0)
}

#[cfg(test)]
mod tests;
