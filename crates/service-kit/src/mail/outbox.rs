//! Mails that wait in a table of the caller's database, encrypted.

mod rows;
mod state;
#[cfg(test)]
pub(super) mod testing;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::{Any, AnyConnection, Executor};

use super::Mail;
use crate::{KeyEncryptionKey, StoreError, alphanumeric};

use rows::Row;
pub(super) use rows::{Claimed, Rows};
pub use state::{MailProgress, MailState};

/// 130 random bits. The id is a part of the `Message-ID`.
const ID_LENGTH: usize = 22;
/// Time after which a mail is given up.
const GIVE_UP: Duration = Duration::from_hours(48);

/// The table `mail` of a service's database. The service creates the table with a migration of its own.
#[derive(Clone)]
pub struct Outbox {
    key: Arc<KeyEncryptionKey>,
}

impl Outbox {
    /// An outbox that encrypts its mails with a key of the service.
    #[must_use]
    pub fn new(key: Arc<KeyEncryptionKey>) -> Self {
        Self { key }
    }

    /// Adds a mail in the caller's transaction, and returns its id. It is sent once the transaction is committed.
    pub async fn put(
        &self,
        connection: &mut AnyConnection,
        mail: &Mail,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        let id = alphanumeric(ID_LENGTH);
        let give_up_at = mail
            .useless_after
            .map_or(now + GIVE_UP, |end| end.min(now + GIVE_UP));
        let row = Row {
            id: &id,
            sealed_content: &self.seal(&id, mail)?,
            created_at: now,
            give_up_at,
        };
        row.insert(connection).await?;
        Ok(id)
    }

    /// Deletes a mail that was not sent yet; otherwise does nothing. A mail that is being sent may still arrive.
    pub async fn withdraw(connection: &mut AnyConnection, mail_id: &str) -> Result<(), StoreError> {
        rows::withdraw(connection, mail_id).await
    }

    /// The states of mails, by id. Mails that were withdrawn, or sent more than 90 days ago, are absent.
    pub async fn states<'e>(
        &self,
        executor: impl Executor<'e, Database = Any>,
        mail_ids: &[String],
    ) -> Result<HashMap<String, MailState>, StoreError> {
        rows::states(executor, mail_ids).await
    }

    fn seal(&self, id: &str, mail: &Mail) -> Result<String, StoreError> {
        let content = serde_json::to_vec(mail).map_err(StoreError::corrupt)?;
        // mutant: mails-stored-in-clear
        let sealed = self.key.seal(&context(id), &content);
        sealed.map_err(StoreError::corrupt)
    }

    /// Decrypts the content of a claimed mail. `None` if it was encrypted with another key.
    pub(super) fn open(&self, claimed: &Claimed) -> Option<Mail> {
        let (context, sealed) = (context(&claimed.id), &claimed.sealed_content);
        self.key.open(&context, sealed, |content| {
            serde_json::from_slice(content).ok()
        })
    }
}

/// No row can pass for another, and no other secret of the service for a mail.
fn context(id: &str) -> String {
    format!("mail {id}")
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outbox")
    }
}
