//! Stores a request while its user is asked something, and resumes it.

use doorward_oauth2_types::auth0::{self, ScreenHint};
use doorward_service_kit::secret;
use jiff::SignedDuration;

use super::{BoundRequest, Next, PageAddress, PageState, Pending, Stop, VerifiedRedirect};
use crate::backends::BackendError;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::model::{NewTransaction, Stage, Transaction};
use crate::paths::PagePath;

/// How long a sign-in may take.
pub(crate) const TRANSACTION_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// Keeps the request and sends the browser to the page that asks what is missing.
pub(super) async fn begin(
    stop: Stop,
    redirect: VerifiedRedirect,
    bound: &BoundRequest,
    browser: &Browser,
    deps: &Deps,
) -> Next {
    if browser.is_cross_site_post && browser.browser_token().is_none() {
        return Next::Repeat(redirect, bound.params().clone());
    }
    match keep(stop, bound, browser, deps).await {
        Ok((pending, browser_token)) => Next::FirstPage {
            address: page_after(&pending, bound),
            browser_token,
        },
        Err(error) => Next::Answer(redirect, Err(error.into())),
    }
}

/// Stores the request as a transaction of this browser; returns it with the value of the browser's cookie.
async fn keep(
    stop: Stop,
    bound: &BoundRequest,
    browser: &Browser,
    deps: &Deps,
) -> Result<(Pending, String), BackendError> {
    let state = PageState::generate();
    let now = deps.clock.now();
    let params = match &stop {
        Stop::SignIn { offered } => bound.params().offering(offered.as_deref()),
        _ => bound.params().clone(),
    };
    let pending = Pending::new(Transaction {
        id: state.transaction_id,
        version: 0,
        parameters: params.store(),
        created_at: now,
        expires_at: now + TRANSACTION_LIFE,
        page_nonce: state.page_nonce,
        stage: stage_that_asks(stop),
        sign_in: None,
        organization_choice: None,
    });
    // All tabs of a browser share one cookie, so that thirty of them do not outgrow a header.
    // mutant: only-the-last-tab-continues
    let browser_token = browser.browser_token().map_or_else(secret, str::to_owned);
    deps.backends
        .sessions
        .add_transaction(NewTransaction {
            transaction: pending.transaction(),
            browser_token: browser_token.clone(),
            client_id: bound.client().client_id.clone(),
            // mutant: every-browser-counted-as-one-address
            client_address: browser.device.ip.clone(),
            is_new_browser: browser.browser_token().is_none(),
        })
        .await?;
    Ok((pending, browser_token))
}

/// The stage in which the user is asked what the request lacks.
fn stage_that_asks(stop: Stop) -> Stage {
    match stop {
        Stop::NameOrganization => Stage::NamingOrganization { email: None },
        Stop::PickOrganization { user_id } => Stage::PickingOrganization { user_id },
        Stop::Consent { user_id, scopes } => Stage::Consenting { user_id, scopes },
        Stop::Confirm { user_id } => Stage::Confirming { user_id },
        Stop::Invite => Stage::Inviting,
        Stop::SignIn { .. } | Stop::Refuse(_) => Stage::SigningIn { identifier: None },
    }
}

/// The page that a sign-in begins with. Most people who are invited have no account yet.
fn first_page(bound: &BoundRequest) -> PagePath {
    let is_invited = bound.get(auth0::INVITATION).is_some();
    match bound.get(auth0::SCREEN_HINT).map(ScreenHint::from) {
        Some(ScreenHint::Signup) => PagePath::Signup,
        None if is_invited => PagePath::Signup,
        _ => PagePath::LoginIdentifier,
    }
}

/// The page at which a pending transaction goes on.
pub(crate) fn page_after(pending: &Pending, bound: &BoundRequest) -> PageAddress {
    let path = page_of(pending.stage(), first_page(bound));
    PageAddress::new(path, pending.page_state())
}

/// The page of a stage; `first` is the one that a sign-in begins with.
fn page_of(stage: &Stage, first: PagePath) -> PagePath {
    match stage {
        Stage::SigningIn { identifier: None } => first,
        Stage::SigningIn { .. } => PagePath::LoginPassword,
        Stage::NamingOrganization { email: None } => PagePath::Organization,
        Stage::NamingOrganization { .. } => PagePath::PreOrganizationPicker,
        Stage::PickingOrganization { .. } => PagePath::OrganizationPicker,
        Stage::Consenting { .. } => PagePath::Consent,
        Stage::Confirming { .. } => PagePath::Confirmation,
        Stage::Inviting => PagePath::Invitation,
        Stage::SignedIn
        | Stage::OrganizationChosen
        | Stage::Accepted { .. }
        | Stage::Consented { .. }
        | Stage::Confirmed { .. }
        | Stage::Declined { .. }
        | Stage::Answered => PagePath::Resume,
    }
}

/// Sends the browser on to the page that asks what is missing. A sign-in whose session is gone, or no longer satisfies
/// the request, begins again.
pub(super) async fn go_on(
    stop: Stop,
    mut pending: Pending,
    bound: &BoundRequest,
    browser: &Browser,
    deps: &Deps,
) -> Result<Next, ShownError> {
    let stage = stage_that_asks(stop);
    if !is_same_page(&stage, pending.stage()) {
        pending = advance(&pending, stage, browser, deps).await?.0;
    }
    Ok(Next::Page(page_after(&pending, bound)))
}

/// Moves the transaction to its next stage. Returns it, and whether this call moved it: of two calls at once, one does,
/// and the other gets what the first has stored.
pub(crate) async fn advance(
    pending: &Pending,
    stage: Stage,
    browser: &Browser,
    deps: &Deps,
) -> Result<(Pending, bool), ShownError> {
    let advanced = pending.advanced(stage);
    let sessions = &deps.backends.sessions;
    if sessions.update_transaction(advanced.transaction()).await? {
        return Ok((advanced, true));
    }
    let current = Pending::find(&pending.page_state(), browser, deps).await?;
    Ok((current, false))
}

/// Whether the user is being asked this already: then the page that they have open stays valid.
fn is_same_page(wanted: &Stage, current: &Stage) -> bool {
    match (wanted, current) {
        // A sign-in for an invitation begins after its page.
        (Stage::SigningIn { .. } | Stage::Inviting, Stage::SigningIn { .. })
        | (Stage::NamingOrganization { .. }, Stage::NamingOrganization { .. }) => true,
        (wanted, current) => wanted == current,
    }
}

/// Ends a transaction, right before its answer is sent. Returns false when another request has ended it or moved it on:
/// then that one's answer counts.
pub(super) async fn close(pending: &Pending, deps: &Deps) -> Result<bool, BackendError> {
    let answered = pending.advanced(Stage::Answered);
    let sessions = &deps.backends.sessions;
    sessions.update_transaction(answered.transaction()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user_id() -> String {
        "auth0|alice".to_owned()
    }

    #[test]
    fn a_stop_leads_to_the_page_that_asks() {
        let offered = None;
        for (stop, expected) in [
            (Stop::SignIn { offered }, PagePath::Signup),
            (
                Stop::Consent {
                    user_id: user_id(),
                    scopes: Vec::new(),
                },
                PagePath::Consent,
            ),
            (Stop::NameOrganization, PagePath::Organization),
            (
                Stop::PickOrganization { user_id: user_id() },
                PagePath::OrganizationPicker,
            ),
            (Stop::Confirm { user_id: user_id() }, PagePath::Confirmation),
            (Stop::Invite, PagePath::Invitation),
        ] {
            let stage = stage_that_asks(stop);
            assert_eq!(page_of(&stage, PagePath::Signup), expected, "{stage:?}");
        }
    }

    #[test]
    fn a_stage_that_asks_nothing_goes_on_to_its_end() {
        let typed = Stage::SigningIn {
            identifier: Some("alice@example.com".to_owned()),
        };
        let first = PagePath::LoginIdentifier;
        assert_eq!(page_of(&typed, first), PagePath::LoginPassword);
        let named = Stage::NamingOrganization {
            email: Some("alice@example.com".to_owned()),
        };
        assert_eq!(page_of(&named, first), PagePath::PreOrganizationPicker);
        for stage in [
            Stage::SignedIn,
            Stage::OrganizationChosen,
            Stage::Consented { user_id: user_id() },
            Stage::Confirmed { user_id: user_id() },
            Stage::Accepted { user_id: user_id() },
            Stage::Declined {
                error_description: "no".to_owned(),
            },
            Stage::Answered,
        ] {
            assert_eq!(page_of(&stage, first), PagePath::Resume, "{stage:?}");
        }
    }

    #[test]
    fn an_open_page_stays_good_only_for_the_same_question() {
        let consenting = |scope: &str| Stage::Consenting {
            user_id: user_id(),
            scopes: vec![scope.to_owned()],
        };
        let signing_in = |identifier: Option<&str>| Stage::SigningIn {
            identifier: identifier.map(str::to_owned),
        };
        let naming = |email: Option<&str>| Stage::NamingOrganization {
            email: email.map(str::to_owned),
        };
        for (wanted, current, expected) in [
            (signing_in(None), signing_in(Some("a")), true),
            (consenting("a"), consenting("a"), true),
            (naming(None), naming(Some("a")), true),
            (naming(None), signing_in(None), false),
            (consenting("a"), consenting("b"), false),
            (signing_in(None), Stage::SignedIn, false),
            (Stage::Inviting, signing_in(None), true),
            (signing_in(None), Stage::Inviting, false),
        ] {
            assert_eq!(is_same_page(&wanted, &current), expected, "{wanted:?}");
        }
    }
}
