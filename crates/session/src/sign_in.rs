//! Where a transaction and a session meet: a form was sent with a right credential.
//!
//! The transaction moves first. It moves once, whoever else sends the same form at the same time and to whichever
//! replica, so that one submit opens a session and a transaction that is over opens none. A transaction and a user lie in
//! different slots of a Redis Cluster: after a crash between the two steps the user signs in again.

use std::time::Duration;

use doorward_service_kit::StoreError;
use jiff::Timestamp;

use crate::domain::{
    Device, FinishedSignIn, Progress, Secret, Session, SessionToken, SignIn, Stage, Submitted,
    Visit, after,
};
use crate::store::{FoundTransaction, Store};

/// How long, and how often, a repeat waits for the first submit to open the session. Shorter than any caller's deadline.
const PAUSE: Duration = Duration::from_millis(10);
const LOOKS: u32 = 15;

/// The latest end that an update may ask for: the store keeps an earlier one.
const LIFE: Duration = Duration::from_hours(1);

/// The session of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opened {
    /// Value of the session cookie.
    pub(crate) token: SessionToken,
    /// The session.
    pub(crate) session: Session,
    /// Of the page that the transaction is at.
    pub(crate) page_nonce: String,
}

/// What a submit finds.
enum Standing {
    /// The transaction as the form was made for it.
    First,
    /// The same user has finished this sign-in before.
    Repeat(FinishedSignIn),
    /// It is over, or somebody else's by now.
    Over,
}

/// Moves the transaction on and opens its session, or finds the one that an earlier submit of the same form has opened.
/// `None` when the transaction is over, gone, or led to another user's session, or to one that has ended since.
pub(crate) async fn finish_sign_in(
    store: &dyn Store,
    submitted: &Submitted,
    sign_in: &SignIn,
    now: Timestamp,
) -> Result<Option<Opened>, StoreError> {
    let Some(found) = store.find_transaction(&submitted.id, now).await? else {
        return Ok(None);
    };
    match standing(&found, submitted, sign_in) {
        Standing::First => {}
        Standing::Repeat(_) => return repeat(store, submitted, sign_in, now).await,
        Standing::Over => return Ok(None),
    }
    let finished = FinishedSignIn {
        user_id: sign_in.user.id(),
        sid: sign_in.sid.clone(),
        token_salt: Secret::generate(),
        opened: false,
    };
    let moved = progress(submitted, finished.clone(), now);
    let moved = store.update_transaction(&submitted.id, submitted.read, moved, now);
    let Some(version) = moved.await? else {
        return repeat(store, submitted, sign_in, now).await;
    };
    let token = token(submitted, &finished);
    let session = store.open_session(&token, sign_in, now).await?;
    settle(store, submitted, version, finished, &session, now).await?;
    Ok(Some(Opened {
        token,
        session,
        page_nonce: submitted.page_nonce.clone(),
    }))
}

fn standing(found: &FoundTransaction, submitted: &Submitted, sign_in: &SignIn) -> Standing {
    if !submitted.browser.matches(&found.browser_hash) {
        return Standing::Over;
    }
    let progress = &found.transaction.progress;
    let is_asked = matches!(progress.stage, Stage::SigningIn { .. });
    let may_repeat = !is_asked && progress.stage != Stage::Answered;
    match &progress.sign_in {
        None if is_asked && found.transaction.version == submitted.read => Standing::First,
        Some(finished) if may_repeat && finished.user_id == sign_in.user.id() => {
            Standing::Repeat(finished.clone())
        }
        _ => Standing::Over,
    }
}

/// The session of an earlier submit, while it lives. The first submit may be about to open it.
async fn repeat(
    store: &dyn Store,
    submitted: &Submitted,
    sign_in: &SignIn,
    now: Timestamp,
) -> Result<Option<Opened>, StoreError> {
    for look in 1..=LOOKS {
        let Some(found) = store.find_transaction(&submitted.id, now).await? else {
            return Ok(None);
        };
        let Standing::Repeat(finished) = standing(&found, submitted, sign_in) else {
            return Ok(None);
        };
        if !finished.opened && look < LOOKS {
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        let token = token(submitted, &finished);
        let Some(session) = find_live(store, &token, sign_in, now).await? else {
            return Ok(None);
        };
        // A browser has one session: its cookie is about to be replaced.
        if let Some(previous) = sign_in.previous.as_ref().filter(|it| **it != token) {
            store.end_session(previous).await?;
        }
        let page_nonce = found.transaction.progress.page_nonce;
        return Ok(Some(Opened {
            token,
            session,
            page_nonce,
        }));
    }
    Ok(None)
}

/// Notes that the session is open, and its `sid`: an earlier session of the same user may have gone on. Whoever has moved
/// the transaction meanwhile knows more.
async fn settle(
    store: &dyn Store,
    submitted: &Submitted,
    version: u64,
    finished: FinishedSignIn,
    session: &Session,
    now: Timestamp,
) -> Result<(), StoreError> {
    let settled = FinishedSignIn {
        sid: session.sid.clone(),
        opened: true,
        ..finished
    };
    let progress = progress(submitted, settled, now);
    let update = store.update_transaction(&submitted.id, version, progress, now);
    update.await.map(|_| ())
}

fn progress(submitted: &Submitted, finished: FinishedSignIn, now: Timestamp) -> Progress {
    Progress {
        expires_at: after(now, LIFE),
        page_nonce: submitted.page_nonce.clone(),
        stage: Stage::SignedIn,
        sign_in: Some(finished),
    }
}

fn token(submitted: &Submitted, finished: &FinishedSignIn) -> SessionToken {
    SessionToken::derive(&finished.user_id, &submitted.browser, &finished.token_salt)
}

/// Looking is no use of the session.
async fn find_live(
    store: &dyn Store,
    token: &SessionToken,
    sign_in: &SignIn,
    now: Timestamp,
) -> Result<Option<Session>, StoreError> {
    let look = Visit {
        limits: sign_in.limits,
        ephemeral_limits: sign_in.limits,
        max_age: Some(Duration::ZERO),
        client_id: String::new(),
        device: Device::default(),
    };
    let found = store.resolve_session(token, &look, now).await?;
    Ok(found.and_then(|(session, user)| (!session.is_revoked_by(&user)).then_some(session)))
}
