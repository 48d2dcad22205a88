//! Admits a user who has proved who they are, and accepts the invitation of their request. The ticket is spent if and
//! only if the user is a member; what comes after that is repeated with the form.

use doorward_oauth2_types::ErrorCode;
use metrics::counter;

use super::Entered;
use super::run_post_login_hook::ask_before_acceptance;
use crate::backends::{AcceptVerdict, BackendError};
use crate::deps::Deps;
use crate::error::OAuthError;
use crate::metrics::INVITATIONS_ACCEPTED;
use crate::model::{Acceptance, User};

/// The error when another account accepts an invitation; Auth0 has the same.
fn account_not_allowed() -> OAuthError {
    let description = "the specified account is not allowed to accept the current invitation";
    OAuthError::new(ErrorCode::AccessDenied, description)
}

/// Admits a user who has proved a credential, or has a session with the invited and verified address. With an
/// invitation it makes them a member and notes that their address is proved, which ends older sessions unless it was.
/// Returns the user as they are then, for the session to open.
///
/// # Errors
/// - `unauthorized`: the user is blocked.
/// - `invalid_request`: the invitation cannot be used any more.
/// - `login_required`: the request hints at another user, who could not be answered with the membership.
/// - `access_denied`: the post-login hook denies the sign-in; or the invitation is for another address or connection,
///   the organization has as many members as it may have, or the user would have too many roles there.
pub(crate) async fn admit(
    entered: &Entered,
    user: User,
    deps: &Deps,
) -> Result<Result<User, OAuthError>, BackendError> {
    // mutant: blocked-user-signs-in
    if user.blocked {
        return Ok(Err(OAuthError::new(
            ErrorCode::Unauthorized,
            "user is blocked",
        )));
    }
    let (Some(organization), Some(ticket)) = (entered.organization(), entered.request().ticket())
    else {
        return Ok(Ok(user));
    };
    let hinted = entered.request().hinted_sub();
    // mutant: hinted-user-not-compared-before-an-acceptance
    if hinted.is_some_and(|sub| sub != user.user_id) {
        return Ok(Err(OAuthError::login_required()));
    }
    let asked = ask_before_acceptance(entered.request(), organization, &user, deps);
    if let Err(denied) = Box::pin(asked).await {
        return Ok(Err(denied));
    }
    let organization = &*organization.id;
    let acceptance = Acceptance {
        ticket,
        organization_id: organization,
        client_id: &entered.request().client().client_id,
        user: &user,
    };
    let metadata = match deps.backends.invitations.accept(acceptance).await? {
        AcceptVerdict::Accepted(metadata) => metadata,
        refused => return Ok(Err(refusal(&refused, organization))),
    };
    counter!(INVITATIONS_ACCEPTED).increment(1);
    let email = user.email().unwrap_or_default();
    // mutant: accepted-address-not-confirmed
    let confirmed = deps
        .backends
        .identity
        .confirm_email(&user.user_id, email, metadata);
    Ok(Ok(confirmed.await?))
}

fn refusal(refused: &AcceptVerdict, organization: &str) -> OAuthError {
    let error = match refused {
        AcceptVerdict::Accepted(_) | AcceptVerdict::NotUsable => {
            OAuthError::invitation_not_usable()
        }
        AcceptVerdict::OtherAddress => account_not_allowed(),
        AcceptVerdict::ConnectionNotEnabled => OAuthError::new(
            ErrorCode::AccessDenied,
            "connection is not enabled for the organization",
        ),
        AcceptVerdict::OrganizationFull => OAuthError::new(
            ErrorCode::AccessDenied,
            "the organization has as many members as it may have",
        ),
        AcceptVerdict::TooManyRoles => OAuthError::new(
            ErrorCode::AccessDenied,
            "the user would have too many roles in the organization",
        ),
    };
    let description = error.description.as_ref();
    tracing::info!(
        event = "fi",
        organization,
        description,
        "invitation not accepted"
    );
    error
}

/// Spends the ticket of an invitation that another account has opened.
pub(crate) async fn burn_invitation(
    entered: &Entered,
    deps: &Deps,
) -> Result<OAuthError, BackendError> {
    let request = entered.request();
    if let (Some(organization), Some(ticket)) = (entered.organization(), request.ticket()) {
        let (organization, client_id) = (&*organization.id, &*request.client().client_id);
        let invitations = &deps.backends.invitations;
        invitations.burn(ticket, organization, client_id).await?;
        tracing::info!(
            event = "fi",
            organization,
            "invitation ended by another account"
        );
    }
    Ok(account_not_allowed())
}
