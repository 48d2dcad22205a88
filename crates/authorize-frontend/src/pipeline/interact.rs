//! Putting a request aside while its user is asked something, and taking it up again.

use doorward_oauth2_types::auth0::{self, ScreenHint};
use doorward_proto::session::v1::transaction::Stage;
use doorward_proto::session::v1::{
    AddTransactionRequest, Answered, Confirming, Consenting, SigningIn, Transaction,
};
use doorward_proto::to_timestamp;
use doorward_service_kit::secret;
use jiff::SignedDuration;

use super::{BoundRequest, Next, PageState, Pending, Stop, VerifiedRedirect};
use crate::backends::BackendError;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;

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
        transaction_id: state.transaction_id,
        version: 0,
        parameters: params.store(),
        created_at: Some(to_timestamp(now)),
        expires_at: Some(to_timestamp(now + TRANSACTION_LIFE)),
        page_nonce: state.page_nonce,
        stage: Some(stage_that_asks(stop)),
        sign_in: None,
    });
    // All tabs of a browser share one cookie, so that thirty of them do not outgrow a header.
    let browser_token = browser.browser_token().map_or_else(secret, str::to_owned);
    deps.backends
        .sessions
        .add_transaction(AddTransactionRequest {
            transaction: Some(pending.to_message()),
            browser_token: browser_token.clone(),
            client_id: bound.client().client_id.clone(),
            client_address: browser.device.ip.clone(),
            is_new_browser: browser.browser_token().is_none(),
        })
        .await?;
    Ok((pending, browser_token))
}

/// The stage in which the user is asked what the request lacks.
fn stage_that_asks(stop: Stop) -> Stage {
    match stop {
        Stop::Consent { user_id, scopes } => Stage::Consenting(Consenting { scopes, user_id }),
        Stop::Confirm { user_id } => Stage::Confirming(Confirming { user_id }),
        Stop::SignIn { .. } | Stop::Refuse(_) => Stage::SigningIn(SigningIn::default()),
    }
}

/// The page that a sign-in begins with.
pub(crate) fn sign_in_page(bound: &BoundRequest) -> &'static str {
    match bound.get(auth0::SCREEN_HINT).map(ScreenHint::from) {
        Some(ScreenHint::Signup) => "/u/signup",
        _ => "/u/login/identifier",
    }
}

/// Where a pending transaction goes on.
pub(crate) fn page_after(pending: &Pending, bound: &BoundRequest) -> String {
    let path = match pending.stage() {
        Stage::SigningIn(stage) if stage.identifier.is_empty() => sign_in_page(bound),
        Stage::SigningIn(_) => "/u/login/password",
        Stage::Consenting(_) => "/u/consent",
        Stage::Confirming(_) => "/u/confirmation",
        Stage::SignedIn(_)
        | Stage::Consented(_)
        | Stage::Confirmed(_)
        | Stage::Declined(_)
        | Stage::Answered(_) => return resume_address(&pending.page_state()),
    };
    format!("{path}?state={}", pending.page_state())
}

/// Where every page of a sign-in ends.
pub(crate) fn resume_address(page: &PageState) -> String {
    format!("/authorize/resume?state={page}")
}

/// Sends the browser on to the page that asks what is missing. A sign-in whose session is gone, or no longer satisfies the
/// request, begins again.
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

/// The transaction at its next stage, and whether this brought it there: of two that move it on at once, one does, and
/// the other follows.
pub(crate) async fn advance(
    pending: &Pending,
    stage: Stage,
    browser: &Browser,
    deps: &Deps,
) -> Result<(Pending, bool), ShownError> {
    let advanced = pending.advanced(stage);
    let sessions = &deps.backends.sessions;
    if sessions.update_transaction(advanced.to_message()).await? {
        return Ok((advanced, true));
    }
    let current = Pending::find(&pending.page_state(), browser, deps).await?;
    Ok((current, false))
}

/// Whether the user is being asked already: then the page that they have open stays good.
fn is_same_page(wanted: &Stage, current: &Stage) -> bool {
    match (wanted, current) {
        (Stage::SigningIn(_), Stage::SigningIn(_)) => true,
        (wanted, current) => wanted == current,
    }
}

/// Ends a transaction, right before its answer leaves. False: it was ended, or moved on, by another request, whose answer
/// counts.
pub(super) async fn close(pending: &Pending, deps: &Deps) -> Result<bool, BackendError> {
    let answered = pending.advanced(Stage::Answered(Answered {}));
    let sessions = &deps.backends.sessions;
    sessions.update_transaction(answered.to_message()).await
}
