//! Storage of sessions, transactions and access tokens.
//!
//! Every method is atomic and durable when it returns. `None` and `false` are answers of the store: a store that does
//! not answer is [`StoreError::Unavailable`], a value that cannot be read back is [`StoreError::Failed`].
//!
//! The rules of sessions stand twice: in [`crate::domain`], which SQLite and the parts of Redis in Rust call, and in
//! the Lua functions that Redis runs. `contract/agreement.rs` runs generated operations on both and on the domain
//! alone, and compares every answer, so that a rule changed in one place fails.
//!
//! | rule | Rust | Lua (`redis/functions/`) |
//! |---|---|---|
//! | a session ends at its absolute or idle limit | `Session::is_live` | `is_live` in `session.lua` |
//! | lower current limits apply at once, by persistence | `Session::under`, `SessionUse::limits_for` | `resolve_session`, `is_live` |
//! | a use is written after the grace, for a new application, unless `max_age` is not satisfied | `Session::used` | `resolve_session`, `note_device` |
//! | an expired session ends for good when it is used | `Session::used` (`Used::Ended`) | `resolve_session`, `remove` |
//! | a change of the user revokes older sessions | `Session::is_revoked_by`, `is_active` | `is_revoked` in `session.lua` |
//! | a revoked session is shown while its user is blocked, and not used | `Session::shown`, `used` | `resolve_session` (only *not used*) |
//! | a sign-in continues an active session of the same user | `NewSession::open` | `open_session` |
//! | a revocation selects by `sid` and counts active sessions | `Revocation::includes`, `Session::is_active` | `revoke_sessions` |
//! | a list has active sessions under the current limits | `Session::listed` | none: listed in Rust |
//! | the newest copy of a user stays; a revoking copy is kept for ten minutes | `put_user`, `replace_user`, `put_revoking_user` in `sqlite/sessions.rs` | `put_user`, `open_session`, `remove` |

#[cfg(test)]
mod contract;
mod record;
mod redis;
mod sqlite;

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use jiff::Timestamp;

use crate::domain::{
    AccessToken, CounterKey, NewSession, NewTransaction, Progress, Revocation, Secret, Session,
    SessionToken, SessionUse, Transaction, User, UserId,
};

pub use self::redis::RedisStore;
pub use self::sqlite::SqliteStore;

/// Maximum time of a sign-in from checking the password to opening the session.
const SIGN_IN: Duration = Duration::from_mins(10);

/// Maximum number of sessions of one user, because each call on all of them has to end in time.
const MAX_SESSIONS: usize = 1_000;

/// All data of this service.
pub trait Store: Sessions + Transactions + AccessTokens + Counters {}

impl<T: Sessions + Transactions + AccessTokens + Counters> Store for T {}

/// SSO sessions, and the copies of their users.
#[async_trait]
pub trait Sessions: Debug + Send + Sync {
    /// Adds a session under `token`, and the copy of its user unless a newer one is stored. An earlier active session
    /// of the same user is continued; a session of another user ends. The earlier token is invalid either way. If this
    /// fails, the earlier session may stay, and no caller has the token of a new one.
    async fn open_session(
        &self,
        token: &SessionToken,
        new_session: &NewSession,
        now: Timestamp,
    ) -> Result<Session, StoreError>;

    /// Returns a live session under the current limits, and the copy of its user. Writes the use, unless the last
    /// written one is recent; ends a session that has expired. A revoked session is `None`, but while its user is
    /// blocked it is returned until it expires, and not used.
    async fn resolve_session(
        &self,
        token: &SessionToken,
        session_use: &SessionUse,
        now: Timestamp,
    ) -> Result<Option<(Session, User)>, StoreError>;

    /// Ends a session. Returns false if there was none.
    async fn end_session(&self, token: &SessionToken) -> Result<bool, StoreError>;

    /// Returns the active sessions of a user, the last used first.
    async fn list_sessions(
        &self,
        user: &UserId,
        session_use: &SessionUse,
        now: Timestamp,
    ) -> Result<Vec<Session>, StoreError>;

    /// Ends sessions of a user. Returns how many were active. Sessions that cannot be read end too, except for
    /// [`Revocation::Only`].
    async fn revoke_sessions(
        &self,
        user: &UserId,
        revocation: &Revocation,
        now: Timestamp,
    ) -> Result<usize, StoreError>;

    /// Replaces older copies, each atomically. Skips users without a copy, except that a revoking copy is added and
    /// kept for ten minutes: a sign-in that began before it may open a session later, which must be revoked then.
    async fn put_users(&self, users: &[User], now: Timestamp) -> Result<(), StoreError>;

    /// Position up to which changes of users were relayed. 0: none yet.
    async fn get_user_relay_position(&self) -> Result<u64, StoreError>;

    /// Moves the relay position forward, never back.
    async fn put_user_relay_position(&self, position: u64) -> Result<(), StoreError>;
}

/// Pending authorization requests.
#[async_trait]
pub trait Transactions: Debug + Send + Sync {
    /// Adds a transaction within the [`crate::BudgetConfig`], and keeps its application for longer if there is enough
    /// room. Removes the oldest untouched transaction of a browser that has too many.
    async fn add_transaction(
        &self,
        new: NewTransaction,
        now: Timestamp,
    ) -> Result<AddOutcome, StoreError>;

    /// Returns a transaction that has not expired. The caller compares the browser.
    async fn find_transaction(
        &self,
        id: &Secret,
        now: Timestamp,
    ) -> Result<Option<FoundTransaction>, StoreError>;

    /// Returns the application of a transaction, also after the transaction has expired.
    async fn find_transaction_client(
        &self,
        id: &Secret,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError>;

    /// Updates a transaction and returns its new version. `None` if it has expired, or its version is not `read` any
    /// more. `expires_at` can be lowered, never raised; an untouched transaction ends early until its first submit.
    async fn update_transaction(
        &self,
        id: &Secret,
        read: u64,
        progress: Progress,
        now: Timestamp,
    ) -> Result<Option<u64>, StoreError>;
}

/// Outcome of adding a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddOutcome {
    /// The value was added.
    Kept,
    /// The id is in use. The earlier value stays.
    UsedBefore,
    /// The store has reached the limit for this kind of data.
    NoRoom,
    /// The address has begun the maximum number of sign-ins.
    TooMany,
}

/// A transaction, and the browser that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundTransaction {
    /// The transaction.
    pub transaction: Transaction,
    /// Hash of the token of the browser that began it.
    pub browser_hash: String,
}

/// Opaque access tokens.
#[async_trait]
pub trait AccessTokens: Debug + Send + Sync {
    /// Adds an access token within the [`crate::BudgetConfig`].
    async fn add_access_token(
        &self,
        token: &Secret,
        access_token: AccessToken,
        now: Timestamp,
    ) -> Result<AddOutcome, StoreError>;

    /// Returns the rights of a token, unless it has expired.
    async fn find_access_token(
        &self,
        token: &Secret,
        now: Timestamp,
    ) -> Result<Option<AccessToken>, StoreError>;
}

/// Counts of attempts. Their rules are in [`crate::domain::attempts`]; the store only compares and replaces.
#[async_trait]
pub trait Counters: Debug + Send + Sync {
    /// Returns a record that has not expired.
    async fn find_counter(
        &self,
        key: &CounterKey,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError>;

    /// Replaces a record, or adds it if `read` is `None`, within the [`crate::BudgetConfig`]. `UsedBefore` if the
    /// record is not `read` any more: then it stays as it is.
    async fn swap_counter(
        &self,
        key: &CounterKey,
        read: Option<&[u8]>,
        record: &[u8],
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<AddOutcome, StoreError>;
}
