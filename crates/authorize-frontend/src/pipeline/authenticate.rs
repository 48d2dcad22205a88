//! Finds the user, and checks that their sign-in is fresh enough.

use doorward_oauth2_types::{ErrorCode, StandardClaim};
use jiff::Timestamp;

use super::{Pending, Stop, ValidatedRequest};
use crate::backends::{BackendError, LiveSession, Resolved};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::OAuthError;
use crate::model::{Session, SessionQuery, User};

/// A request whose user is known.
#[derive(Debug)]
pub(crate) struct Authenticated {
    request: ValidatedRequest,
    session: Session,
    user: User,
}

impl Authenticated {
    pub(crate) fn request(&self) -> &ValidatedRequest {
        &self.request
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
}

/// Finds the session of the browser, and checks that it satisfies the request.
///
/// # Errors
/// - [`Stop::SignIn`], with `prompt=none` `login_required`: there is no session, or it does not satisfy the request.
/// - `login_required`: the user has just signed in for this request, and is not the one in `id_token_hint`.
/// - `unauthorized`: the user is blocked.
/// - `access_denied`: the user is not a member of the organization.
/// - `temporarily_unavailable`, `server_error`: a backend failed; never `login_required`.
pub(crate) async fn authenticate(
    request: ValidatedRequest,
    browser: &Browser,
    pending: Option<&Pending>,
    deps: &Deps,
) -> Result<Authenticated, Stop> {
    let live = match resolve_session(&request, browser, deps).await? {
        Resolved::Live(live) => *live,
        Resolved::Absent(absence) => return Err(absence.into()),
    };
    let is_own = pending.is_some_and(|pending| pending.has_led_to(&live.session));
    let LiveSession { session, user } =
        match login_reason(&request, &live, pending, deps.clock.now()) {
            None => live,
            // They have just signed in, and are not the hinted user: asking again would never end.
            Some(LoginReason::OtherUserHinted) if is_own => {
                return Err(OAuthError::login_required().into());
            }
            Some(reason) => {
                tracing::debug!(?reason, "the user has to sign in");
                let offered = offered_account(&request, &live.user);
                return Err(Stop::SignIn { offered });
            }
        };
    // mutant: blocked-user-keeps-session
    if user.blocked {
        return Err(OAuthError::new(ErrorCode::Unauthorized, "user is blocked").into());
    }
    check_membership(&request, &user, deps).await?;
    Ok(Authenticated {
        request,
        session,
        user,
    })
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
    request: &ValidatedRequest,
    LiveSession { session, user }: &LiveSession,
    pending: Option<&Pending>,
    now: Timestamp,
) -> Option<LoginReason> {
    if pending.is_some_and(|pending| pending.is_of_another(user)) {
        Some(LoginReason::OtherUserSignedIn)
    // mutant: hinted-user-not-compared
    } else if request.hinted_sub().is_some_and(|sub| sub != user.user_id) {
        Some(LoginReason::OtherUserHinted)
    // mutant: connection-of-session-not-checked
    } else if !request.is_enabled(&session.connection) {
        Some(LoginReason::ConnectionNotEnabled)
    } else if pending.is_some_and(|pending| pending.has_led_to(session)) {
        // The sign-in that a request has led to is as fresh as it can ask for.
        None
    } else {
        freshness_reason(request, session, now)
    }
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
    let email = user.claims.text(StandardClaim::Email)?;
    let is_offered = request.prompt().select_account();
    is_offered.then(|| email.to_owned())
}

/// Seconds since the user last proved a credential.
fn age(session: &Session, now: Timestamp) -> u64 {
    let authenticated_at = session.authenticated_at.as_second();
    u64::try_from(now.as_second().saturating_sub(authenticated_at)).unwrap_or(0)
}

async fn check_membership(
    request: &ValidatedRequest,
    user: &User,
    deps: &Deps,
) -> Result<(), OAuthError> {
    let Some(organization_id) = request.organization_id() else {
        return Ok(());
    };
    // mutant: organization-membership-not-checked
    if deps
        .backends
        .organizations
        .is_member(organization_id, &user.user_id)
        .await?
    {
        return Ok(());
    }
    let user_id = &user.user_id;
    Err(OAuthError::new(
        ErrorCode::AccessDenied,
        format!("user {user_id} is not part of the {organization_id} organization"),
    ))
}

#[cfg(test)]
mod tests;
