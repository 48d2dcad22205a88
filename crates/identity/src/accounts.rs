//! Operations on users and their passwords, over the store, the hasher and the clock.

use std::sync::Arc;

use doorward_proto::InvalidField;
use doorward_service_kit::{Clock, StoreError, with_causes};
use jiff::Timestamp;

use crate::Error;
use crate::domain::{
    AddedMetadata, Connection, Consent, Email, ImportEntry, Password, PasswordHash, Tally, User,
    UserId, refuse_repeats, refuse_too_many_kinds,
};
use crate::hashing::{Hasher, PasswordCheck};
use crate::store::{Account, Store};

/// More in one transaction would keep other changes waiting for too long.
const MAX_IMPORT: usize = 1000;

#[derive(Debug)]
pub(crate) struct Accounts {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    hasher: Hasher,
}

/// A user to create, by sign-up or by a command.
pub(crate) struct NewUser {
    pub(crate) connection: Connection,
    pub(crate) email: Email,
    pub(crate) email_verified: bool,
    pub(crate) password: Password,
}

impl Accounts {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, hasher: Hasher) -> Self {
        Self {
            store,
            clock,
            hasher,
        }
    }

    /// Returns the user with this email and password, who may be blocked. Always does the same work, so that timing
    /// does not reveal whether the user exists.
    pub(crate) async fn verify_password(
        &self,
        connections: &[String],
        identifier: &str,
        password: String,
    ) -> Result<User, Error> {
        // Decided before the lookup, so that it does not depend on the account.
        let password = Password::typed(password).ok_or(Error::WrongCredentials)?;
        let account = match Email::parse(identifier) {
            Ok(email) => self.store.find_account(connections, &email).await?,
            Err(_) => None,
        };
        let hash = account.as_ref().and_then(|account| account.hash.clone());
        let kinds = self.store.list_hash_kinds().await?;
        match (self.hasher.check(password, hash, &kinds).await?, account) {
            (PasswordCheck::Right(upgraded_hash), Some(account)) => {
                self.keep(&account, upgraded_hash).await;
                Ok(account.user)
            }
            _ => Err(Error::WrongCredentials),
        }
    }

    /// Stores an upgraded hash. A failure does not fail the sign-in: the next one tries again.
    async fn keep(&self, account: &Account, upgraded_hash: Option<PasswordHash>) {
        let (Some(old), Some(new)) = (&account.hash, upgraded_hash) else {
            return;
        };
        if let Err(error) = self.store.replace_hash(&account.user.id, old, &new).await {
            tracing::warn!(
                error = with_causes(&error),
                "cannot store an upgraded password hash"
            );
        }
    }

    /// Creates a user. Hashes before the lookup, so that timing does not reveal whether the email is taken.
    pub(crate) async fn create(&self, new: NewUser) -> Result<User, Error> {
        let hash = self.hasher.hash(new.password).await?;
        let user = User {
            email_verified: new.email_verified,
            ..User::new(UserId::generate(), new.connection, new.email, self.now())
        };
        // mutant: account-taken-over-by-a-sign-up
        self.store.add_user(&user, &hash).await?;
        Ok(user)
    }

    pub(crate) async fn import(
        &self,
        connection: &Connection,
        entries: &[ImportEntry],
    ) -> Result<Tally, Error> {
        if entries.len() > MAX_IMPORT {
            let problem = format!("must have at most {MAX_IMPORT} entries");
            return Err(InvalidField::new("users", problem).into());
        }
        refuse_repeats(entries)?;
        refuse_too_many_kinds(entries, self.store.list_hash_kinds().await?)?;
        self.store.import(connection, entries, self.now()).await
    }

    /// Finds a user. A malformed id is `None`.
    pub(crate) async fn find(&self, user_id: &str) -> Result<Option<User>, StoreError> {
        match UserId::parse(user_id) {
            Ok(id) => self.store.find_user(&id).await,
            Err(_) => Ok(None),
        }
    }

    pub(crate) async fn list_by_email(&self, email: &str) -> Result<Vec<User>, StoreError> {
        match Email::parse(email) {
            Ok(email) => self.store.list_by_email(&email).await,
            Err(_) => Ok(Vec::new()),
        }
    }

    pub(crate) async fn add_consent(&self, user_id: &str, consent: Consent) -> Result<User, Error> {
        consent.validate()?;
        self.store.add_consent(&known(user_id)?, consent).await
    }

    /// Removes the consents for one application. An empty `client_id` means all applications.
    pub(crate) async fn remove_consents(
        &self,
        user_id: &str,
        client_id: &str,
    ) -> Result<usize, Error> {
        let client_id = Some(client_id).filter(|id| !id.is_empty());
        self.store
            .remove_consents(&known(user_id)?, client_id)
            .await
    }

    pub(crate) async fn set_roles(&self, user_id: &str, roles: &[String]) -> Result<User, Error> {
        self.store.set_user_roles(&known(user_id)?, roles).await
    }

    pub(crate) async fn set_blocked(&self, user_id: &str, blocked: bool) -> Result<User, Error> {
        self.store.set_blocked(&known(user_id)?, blocked).await
    }

    pub(crate) async fn confirm_email(
        &self,
        user_id: &str,
        email: &Email,
        added: AddedMetadata,
    ) -> Result<User, Error> {
        let id = known(user_id)?;
        self.store
            .confirm_email(&id, email, added, self.now())
            .await
    }

    pub(crate) async fn set_password(
        &self,
        user_id: &str,
        password: Password,
    ) -> Result<User, Error> {
        let id = known(user_id)?;
        let hash = self.hasher.hash(password).await?;
        self.store.set_password(&id, &hash).await
    }

    /// Current time in whole milliseconds, as stores keep it.
    fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

/// The id of a user that must exist. A malformed id is `UserNotFound`.
fn known(user_id: &str) -> Result<UserId, Error> {
    UserId::parse(user_id).map_err(|_| Error::UserNotFound(user_id.to_owned()))
}

#[cfg(test)]
mod tests;
