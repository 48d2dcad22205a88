//! Finishes a sign-in: updates its transaction and opens its session, after a form was sent with a right credential.
//!
//! The transaction is updated first. Of several submits of the same form, at the same time and to any replica, one
//! updates it, so that one opens a session, and a transaction that is over opens none. A transaction and a user are in
//! different slots of a Redis Cluster: after a crash between the two steps the user signs in again.

use std::time::Duration;

use doorward_service_kit::StoreError;
use jiff::Timestamp;

use crate::domain::{
    Device, FinishedSignIn, NewSession, OrganizationChoice, Progress, Secret, Session,
    SessionToken, SessionUse, Stage, SubmittedForm, after,
};
use crate::store::{FoundTransaction, Store};

/// How long, and how often, a repeat waits for the first submit to open the session. Less than the deadline of any
/// caller.
const PAUSE: Duration = Duration::from_millis(10);
const LOOKS: u32 = 15;

/// Expiry that an update asks for. The store keeps an earlier one.
const LIFE: Duration = Duration::from_hours(1);

/// The session of a finished sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenedSession {
    /// Value of the session cookie.
    pub(crate) token: SessionToken,
    /// The session.
    pub(crate) session: Session,
    /// Nonce of the current page of the transaction.
    pub(crate) page_nonce: String,
}

/// State of the transaction when a form arrives.
enum FormState {
    /// Unchanged since the form was made.
    First,
    /// The same user has finished this sign-in before.
    Repeat(FinishedSignIn),
    /// The transaction is over, or another user has signed in.
    Over,
}

/// Updates the transaction and opens its session, or finds the session that an earlier submit of the same form opened.
/// `None` if the transaction is over or gone, or led to a session of another user, or to one that has ended since.
pub(crate) async fn finish_sign_in(
    store: &dyn Store,
    submitted: &SubmittedForm,
    new_session: &NewSession,
    now: Timestamp,
) -> Result<Option<OpenedSession>, StoreError> {
    let Some(found) = store.find_transaction(&submitted.id, now).await? else {
        return Ok(None);
    };
    match form_state(&found, submitted, new_session) {
        FormState::First => {}
        // mutant: repeat-opens-second-session (standing)
        FormState::Repeat(_) => return repeat(store, submitted, new_session, now).await,
        FormState::Over => return Ok(None),
    }
    let finished = FinishedSignIn {
        user_id: new_session.user.id(),
        sid: new_session.sid.clone(),
        token_salt: Secret::generate(),
        opened: false,
    };
    let choice = found.transaction.progress.organization_choice;
    let moved = progress(submitted, finished.clone(), choice.clone(), now);
    let moved = store.update_transaction(&submitted.id, submitted.read, moved, now);
    // mutant: repeat-opens-second-session (moved)
    let Some(version) = moved.await? else {
        return repeat(store, submitted, new_session, now).await;
    };
    // mutant: session-keeps-its-token-at-sign-in (token)
    let token = token(submitted, &finished);
    let session = store.open_session(&token, new_session, now).await?;
    let opened = FinishedSignIn {
        sid: session.sid.clone(),
        opened: true,
        ..finished
    };
    let progress = progress(submitted, opened, choice, now);
    record_opened(store, submitted, version, progress, now).await?;
    Ok(Some(OpenedSession {
        token,
        session,
        page_nonce: submitted.page_nonce.clone(),
    }))
}

fn form_state(
    found: &FoundTransaction,
    submitted: &SubmittedForm,
    new_session: &NewSession,
) -> FormState {
    if !submitted.browser.matches(&found.browser_hash) {
        return FormState::Over;
    }
    let progress = &found.transaction.progress;
    let is_asked = matches!(progress.stage, Stage::SigningIn { .. });
    let may_repeat = !is_asked && progress.stage != Stage::Answered;
    match &progress.sign_in {
        // mutant: password-accepted-after-answer (standing)
        None if is_asked && found.transaction.version == submitted.read => FormState::First,
        Some(finished) if may_repeat && finished.user_id == new_session.user.id() => {
            FormState::Repeat(finished.clone())
        }
        _ => FormState::Over,
    }
}

/// Finds the live session of an earlier submit, which may be about to open it.
async fn repeat(
    store: &dyn Store,
    submitted: &SubmittedForm,
    new_session: &NewSession,
    now: Timestamp,
) -> Result<Option<OpenedSession>, StoreError> {
    for look in 1..=LOOKS {
        let Some(found) = store.find_transaction(&submitted.id, now).await? else {
            return Ok(None);
        };
        let FormState::Repeat(finished) = form_state(&found, submitted, new_session) else {
            return Ok(None);
        };
        if !finished.opened && look < LOOKS {
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        let token = token(submitted, &finished);
        // mutant: ended-session-opened-again
        let Some(session) = find_live(store, &token, new_session, now).await? else {
            return Ok(None);
        };
        // A browser has one session, and its cookie is about to be replaced.
        if let Some(previous) = new_session.previous.as_ref().filter(|it| **it != token) {
            store.end_session(previous).await?;
        }
        let page_nonce = found.transaction.progress.page_nonce;
        return Ok(Some(OpenedSession {
            token,
            session,
            page_nonce,
        }));
    }
    Ok(None)
}

/// Records that the session is open, and its `sid`, which is that of a continued session. Does nothing if the
/// transaction was updated meanwhile.
async fn record_opened(
    store: &dyn Store,
    submitted: &SubmittedForm,
    version: u64,
    progress: Progress,
    now: Timestamp,
) -> Result<(), StoreError> {
    let update = store.update_transaction(&submitted.id, version, progress, now);
    update.await.map(|_| ())
}

fn progress(
    submitted: &SubmittedForm,
    finished: FinishedSignIn,
    organization_choice: Option<OrganizationChoice>,
    now: Timestamp,
) -> Progress {
    Progress {
        expires_at: after(now, LIFE),
        page_nonce: submitted.page_nonce.clone(),
        stage: Stage::SignedIn,
        // mutant: sign-in-not-recorded
        sign_in: Some(finished),
        organization_choice,
    }
}

fn token(submitted: &SubmittedForm, finished: &FinishedSignIn) -> SessionToken {
    SessionToken::derive(&finished.user_id, &submitted.browser, &finished.token_salt)
}

/// Finds the session without using it.
async fn find_live(
    store: &dyn Store,
    token: &SessionToken,
    new_session: &NewSession,
    now: Timestamp,
) -> Result<Option<Session>, StoreError> {
    let look = SessionUse {
        limits: new_session.limits,
        ephemeral_limits: new_session.limits,
        max_age: Some(Duration::ZERO),
        client_id: String::new(),
        device: Device::default(),
    };
    let found = store.resolve_session(token, &look, now).await?;
    Ok(found.and_then(|(session, user)| (!session.is_revoked_by(&user)).then_some(session)))
}
