//! Putting a request aside while its user signs in, and taking it up again.

use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::auth0::{self, ScreenHint};
use doorward_proto::session::v1::transaction::Stage;
use doorward_proto::session::v1::{Answered, SigningIn, Transaction};
use doorward_proto::to_timestamp;
use doorward_service_kit::secret;
use jiff::SignedDuration;

use super::{BoundRequest, PageState, Pending};
use crate::backends::BackendError;
use crate::browser::{Browser, browser_cookie};
use crate::deps::Deps;
use crate::error::ShownError;
use crate::http::redirect::found;

/// How long a sign-in may take.
pub(crate) const TRANSACTION_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// Keeps the request and sends the browser to the first page.
pub(super) async fn begin(
    bound: &BoundRequest,
    browser: &Browser,
    deps: &Deps,
) -> Result<Response, BackendError> {
    let state = PageState::generate();
    let now = deps.clock.now();
    let transaction = Transaction {
        transaction_id: state.transaction_id.clone(),
        version: 0,
        parameters: bound.params().store(),
        created_at: Some(to_timestamp(now)),
        expires_at: Some(to_timestamp(now + TRANSACTION_LIFE)),
        page_nonce: state.page_nonce.clone(),
        stage: Some(Stage::SigningIn(SigningIn::default())),
    };
    // All tabs of a browser share one cookie, so that thirty of them do not outgrow a header.
    let browser_token = browser.browser_token().map_or_else(secret, str::to_owned);
    deps.backends
        .sessions
        .add_transaction(transaction, &browser_token)
        .await?;
    let page = sign_in_page(bound);
    Ok((
        browser_cookie(&browser_token),
        found(&format!("{page}?state={state}")),
    )
        .into_response())
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
    let path = match (pending.sid(), pending.identifier()) {
        (Some(_), _) => "/authorize/resume",
        (None, "") => sign_in_page(bound),
        (None, _) => "/u/login/password",
    };
    format!("{path}?state={}", pending.page_state())
}

/// Sends the browser on to the page where its sign-in stands. One whose session is gone begins again.
pub(super) async fn go_on(
    mut pending: Pending,
    bound: &BoundRequest,
    deps: &Deps,
) -> Result<Response, ShownError> {
    if pending.sid().is_some() {
        pending = pending.advanced(Stage::SigningIn(SigningIn::default()));
        let transaction = pending.to_message();
        if !deps
            .backends
            .sessions
            .update_transaction(transaction)
            .await?
        {
            return Err(ShownError::lost_transaction());
        }
    }
    Ok(found(&page_after(&pending, bound)))
}

/// Marks the transaction as answered. The tokens are made, so that a failure here changes nothing for the user: the
/// record merely lives on until it expires.
pub(super) async fn finish(pending: Pending, sid: &str, deps: &Deps) {
    let stage = Stage::Answered(Answered {
        sid: sid.to_owned(),
    });
    let mut transaction = pending.to_message();
    transaction.stage = Some(stage);
    if let Err(error) = deps.backends.sessions.update_transaction(transaction).await {
        tracing::warn!(%error, "an answered transaction could not be closed");
    }
}
