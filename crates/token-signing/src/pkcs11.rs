//! A PKCS#11 token: makes private keys, holds them and signs with them. They never leave it.

mod connection;
mod error;
mod key;
mod key_encryption_key;
mod mechanism;
mod object;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;
use doorward_oauth2_types::SigningAlg;
use jiff::Timestamp;

use crate::Error;
use crate::config::Pkcs11Config;
use crate::domain::{Certificate, KeyId, StoredKey};
use connection::Connection;
use key::NewKey;
use mechanism::Mechanisms;

pub use error::TokenError;
pub(crate) use key::TokenKey;
pub(crate) use key_encryption_key::TokenKeyEncryptionKey;
pub(crate) use object::TokenObject;

/// A token, connected. All calls block.
pub(crate) struct Token {
    connection: Connection,
    mechanisms: Mechanisms,
    /// The label of all objects that belong to the database of this service.
    label: String,
    /// Held while a key is made: `SoftHSM` fails if two threads do that at the same time.
    making: Mutex<()>,
}

impl Token {
    /// Connects to the token. `mark` names the database of this service: several services may share a token.
    pub(crate) fn connect(config: Pkcs11Config, mark: &str) -> Result<Self, TokenError> {
        let connection = Connection::open(config)?;
        Ok(Self {
            mechanisms: Mechanisms::of(&connection)?,
            connection,
            label: format!("doorward {mark}"),
            making: Mutex::default(),
        })
    }

    /// How many calls are made at the same time.
    pub(crate) fn sessions(&self) -> usize {
        self.connection.max_sessions()
    }

    /// Whether the token makes keys for an algorithm, and signs with them.
    pub(crate) fn can_sign(&self, alg: SigningAlg) -> bool {
        self.mechanisms.can_sign(alg)
    }

    /// Whether the token can encrypt data keys.
    pub(crate) fn can_wrap(&self) -> bool {
        self.mechanisms.can_wrap()
    }

    /// Makes a private key in the token, and its certificate.
    pub(crate) fn make(
        &self,
        (kid, alg): (&KeyId, SigningAlg),
        common_name: &str,
        now: Timestamp,
    ) -> Result<Certificate, Error> {
        let _turn = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let id = object::id(kid, alg, now);
        let key = NewKey::make(self, &id, alg)?;
        Ok(Certificate::make(&key, common_name, now)?)
    }

    /// The private key of a row.
    pub(crate) fn key(self: &Arc<Self>, stored: &StoredKey) -> TokenKey {
        TokenKey::new(Arc::clone(self), object::id_of(stored), stored.alg)
    }

    /// Runs `work` with a private key, and once more if that fails.
    fn with_key<T>(
        &self,
        id: &str,
        work: impl Fn(&Session, ObjectHandle) -> Result<T, TokenError>,
    ) -> Result<T, TokenError> {
        let template = object::private_key(&self.label, id);
        self.connection
            .with_retry(|session| work(session.session(), session.find(id, &template)?))
    }

    /// Lets the next call see what other processes have made: modules keep lists of objects, and that of `SoftHSM` may
    /// lack some.
    pub(crate) fn renew(&self) {
        self.connection.renew();
    }

    /// The private keys in the token that belong to this database.
    pub(crate) fn objects(&self) -> Result<Vec<TokenObject>, TokenError> {
        self.connection
            .with_retry(|session| object::list(session, &self.label))
    }

    /// Destroys a private key. One that is gone is no error.
    pub(crate) fn destroy(&self, object: &TokenObject) -> Result<(), TokenError> {
        self.connection
            .with_retry(|session| object::destroy(session, &self.label, object))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token {:?}", self.label)
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
