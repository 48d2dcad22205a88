//! Compares the user of the browser's session with the invited person.

use super::{LiveSession, LoginReason, Resolved, login_reason, resolve_session};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::OAuthError;
use crate::model::{Invitation, User};
use crate::pipeline::{Entered, Pending, ValidatedRequest, enter_organization};

/// The person in front of an invitation, as far as the browser's session shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Invitee {
    /// They have to sign in, or to create an account.
    Unknown,
    /// They have an account with the invited address, and have to prove its password.
    Unproved,
    /// The invited person, whose address is verified.
    SignedIn(Box<User>),
    /// The user of another account.
    Other(Box<User>),
}

/// Finds the organization with its invitation, and who is signed in by a session that satisfies the request.
///
/// # Errors
/// Those of [`enter_organization`].
pub(crate) async fn invitee(
    request: ValidatedRequest,
    browser: &Browser,
    pending: &Pending,
    deps: &Deps,
) -> Result<(Entered, Invitee), OAuthError> {
    let resolved = resolve_session(&request, browser, deps).await?;
    let entered = enter_organization(request, None, deps).await?;
    let invitee = match (resolved, entered.invitation()) {
        (Resolved::Live(live), Some(invitation)) => {
            let reason = login_reason(&entered, &live, Some(pending), deps.clock.now());
            judge(invitation, *live, reason)
        }
        _ => Invitee::Unknown,
    };
    Ok((entered, invitee))
}

/// A session that does not satisfy the request proves nothing, so its user signs in. So does one with an address that
/// was never verified: another person may have created that account, and their sessions must not outlive the
/// acceptance.
fn judge(
    invitation: &Invitation,
    LiveSession { user, .. }: LiveSession,
    reason: Option<LoginReason>,
) -> Invitee {
    let user = Box::new(user);
    match (reason, invitation.is_for(&user)) {
        // mutant: unverified-account-accepts-by-its-session
        (None, true) if user.has_verified_email() => Invitee::SignedIn(user),
        (_, true) => Invitee::Unproved,
        // mutant: invitation-accepted-by-another-account
        (None | Some(LoginReason::ConnectionNotEnabled), false) => Invitee::Other(user),
        _ => Invitee::Unknown,
    }
}
