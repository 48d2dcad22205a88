//! Where sessions, transactions and access tokens are kept.
//!
//! Every method is atomic and durable when it returns. `None` and `false` are answers of the store: a store that does not
//! answer is [`StoreError::Unavailable`], a value that cannot be read back is [`StoreError::Failed`].

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
    AccessToken, NewTransaction, Progress, Secret, Session, SessionToken, SignIn, Transaction,
    User, UserId, Visit, Which,
};

pub use self::redis::RedisStore;
pub use self::sqlite::SqliteStore;

/// No sign-in takes longer from checking the password to opening the session.
const SIGN_IN: Duration = Duration::from_mins(10);

/// More sessions of one user than this are not kept: nobody has so many, and each call on all of them has to end in time.
const MAX_SESSIONS: usize = 1_000;

/// Everything that this service keeps.
pub trait Store: Sessions + Transactions + AccessTokens {}

impl<T: Sessions + Transactions + AccessTokens> Store for T {}

/// SSO sessions, and the copies of their users.
#[async_trait]
pub trait Sessions: Debug + Send + Sync {
    /// Keeps a new session under `token`, and the copy of its user unless a newer one is there. An earlier live session
    /// of the same user goes on as the new one, one of another user ends; the earlier token is dead either way. When
    /// this fails, the earlier session may live on, and nobody holds the token of a new one.
    async fn open_session(
        &self,
        token: &SessionToken,
        sign_in: &SignIn,
        now: Timestamp,
    ) -> Result<Session, StoreError>;

    /// A live session as the current limits leave it, and the copy of its user. Notes the visit, if that is worth a write;
    /// ends a session that has expired. One that a change of its user has ended is absent, but while the user is blocked
    /// it is found until it would have expired, and not used.
    async fn resolve_session(
        &self,
        token: &SessionToken,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<Option<(Session, User)>, StoreError>;

    /// Ends a session; false when there was none.
    async fn end_session(&self, token: &SessionToken) -> Result<bool, StoreError>;

    /// The live sessions of a user, the last used first.
    async fn list_sessions(
        &self,
        user: &UserId,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<Vec<Session>, StoreError>;

    /// Ends sessions of a user; tells how many were live. Those that cannot be read end too, unless only one shall.
    async fn revoke_sessions(
        &self,
        user: &UserId,
        which: &Which,
        now: Timestamp,
    ) -> Result<usize, StoreError>;

    /// Replaces the copies that are there and older; each by itself. A copy that has ended sessions is kept for
    /// ten minutes even if there is none: a sign-in that began before may still open one, which has ended then.
    async fn put_users(&self, users: &[User], now: Timestamp) -> Result<(), StoreError>;

    /// How far the changes of users were relayed; 0: nothing yet.
    async fn get_user_relay_position(&self) -> Result<u64, StoreError>;

    /// Moves the relay position forward, never back.
    async fn put_user_relay_position(&self, position: u64) -> Result<(), StoreError>;
}

/// Pending authorization requests.
#[async_trait]
pub trait Transactions: Debug + Send + Sync {
    /// Keeps a transaction within the [`crate::BudgetConfig`], and its application for longer if there is plenty of room. The
    /// oldest untouched transaction of a browser that has too many goes.
    async fn add_transaction(
        &self,
        new: NewTransaction,
        now: Timestamp,
    ) -> Result<Added, StoreError>;

    /// A transaction that has not expired. Whether the right browser asks is for the caller to see.
    async fn find_transaction(
        &self,
        id: &Secret,
        now: Timestamp,
    ) -> Result<Option<FoundTransaction>, StoreError>;

    /// The application of a transaction, also when that has expired.
    async fn find_transaction_client(
        &self,
        id: &Secret,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError>;

    /// Moves a transaction on and gives its new version; `None` when it is gone, or its version is not `read` any more.
    /// `expires_at` can be cut, and never prolonged; an untouched transaction ends early until its first submit.
    async fn update_transaction(
        &self,
        id: &Secret,
        read: u64,
        progress: Progress,
        now: Timestamp,
    ) -> Result<Option<u64>, StoreError>;
}

/// What became of something to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is kept.
    Kept,
    /// Its id is another one's, which stays.
    UsedBefore,
    /// The store has reached the mark of its kind.
    NoRoom,
    /// Its address has begun as many as it may.
    TooMany,
}

/// A transaction, and whose it is.
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
    /// Keeps an access token until it expires, within the [`crate::BudgetConfig`].
    async fn add_access_token(
        &self,
        token: &Secret,
        access_token: AccessToken,
        now: Timestamp,
    ) -> Result<Added, StoreError>;

    /// What a token stands for, unless it has expired.
    async fn find_access_token(
        &self,
        token: &Secret,
        now: Timestamp,
    ) -> Result<Option<AccessToken>, StoreError>;
}
