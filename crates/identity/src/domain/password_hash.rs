//! How passwords are kept: Argon2id, and for imported users bcrypt or another Argon2 until their first sign-in.

use std::error::Error;
use std::fmt;

use argon2::password_hash::Error as Argon2Error;
use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
};

use super::Password;

/// Nobody waits longer for an imported hash, and none takes more memory: kibibytes times passes, about one second.
const MAX_ARGON2_COST: u64 = 1024 * 1024;
/// The same for bcrypt: about two seconds.
const MAX_BCRYPT_COST: u32 = 15;

/// A password can be checked against it, and not read from it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash {
    text: String,
    scheme: Scheme,
}

#[derive(Clone, PartialEq, Eq)]
enum Scheme {
    Bcrypt,
    Argon2(Box<argon2::PasswordHash>),
}

/// Why an encoded hash is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnknownHash {
    /// Another algorithm, or damaged.
    #[error("is neither a bcrypt ($2a$, $2b$) nor an Argon2 hash in its encoded form")]
    Format,
    /// Each check would take seconds or gigabytes.
    #[error("costs too much to check: at most bcrypt cost 15, Argon2 1 GiB times passes")]
    Cost,
}

/// Hashing broke down; says nothing about the password.
#[derive(Debug, thiserror::Error)]
#[error("a password cannot be hashed")]
pub struct HashingFailed(#[source] Box<dyn Error + Send + Sync>);

impl HashingFailed {
    /// Names the cause.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl PasswordHash {
    /// Reads an encoded hash.
    pub fn parse(text: &str) -> Result<Self, UnknownHash> {
        let scheme = if text.starts_with("$2a$") || text.starts_with("$2b$") {
            check_bcrypt(text)?;
            Scheme::Bcrypt
        } else {
            Scheme::Argon2(Box::new(parse_argon2(text)?))
        };
        let text = text.to_owned();
        Ok(Self { text, scheme })
    }

    /// Hashes a password by Argon2id with a fresh salt.
    pub fn new(password: &Password, cost: &Params) -> Result<Self, HashingFailed> {
        let hash = Argon2::from(cost)
            .hash_password(password.as_bytes())
            .map_err(HashingFailed::new)?;
        Ok(Self {
            text: hash.to_string(),
            scheme: Scheme::Argon2(Box::new(hash)),
        })
    }

    /// Whether it was made from this password.
    pub fn matches(&self, password: &Password) -> Result<bool, HashingFailed> {
        match &self.scheme {
            // As bcrypt does everywhere, only the first 72 bytes count.
            Scheme::Bcrypt => {
                bcrypt::verify(password.as_bytes(), &self.text).map_err(HashingFailed::new)
            }
            Scheme::Argon2(hash) => {
                match Argon2::default().verify_password(password.as_bytes(), &**hash) {
                    Ok(()) => Ok(true),
                    Err(Argon2Error::PasswordInvalid) => Ok(false),
                    Err(error) => Err(HashingFailed::new(error)),
                }
            }
        }
    }

    /// Whether a new hash of the same password would be worth more.
    #[must_use]
    pub fn is_weaker_than(&self, wanted: &Params) -> bool {
        let Scheme::Argon2(hash) = &self.scheme else {
            return true;
        };
        let weaker = |cost: Params| {
            cost.m_cost() < wanted.m_cost()
                || cost.t_cost() < wanted.t_cost()
                || cost.output_len() < Some(Params::DEFAULT_OUTPUT_LEN)
        };
        hash.algorithm != ARGON2ID_IDENT
            || hash.version != Some(Version::V0x13.into())
            || Params::try_from(&**hash).map_or(true, weaker)
    }

    /// The encoded hash, for the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn check_bcrypt(text: &str) -> Result<(), UnknownHash> {
    let parts: bcrypt::HashParts = text.parse().map_err(|_| UnknownHash::Format)?;
    match parts.get_cost() {
        ..4 => Err(UnknownHash::Format),
        4..=MAX_BCRYPT_COST => Ok(()),
        _ => Err(UnknownHash::Cost),
    }
}

fn parse_argon2(text: &str) -> Result<argon2::PasswordHash, UnknownHash> {
    let mut hash = argon2::PasswordHash::new(text).map_err(|_| UnknownHash::Format)?;
    let cost = Params::try_from(&hash).map_err(|_| UnknownHash::Format)?;
    // Encoded hashes older than the version field were made by version 0x10.
    let version = *hash.version.get_or_insert(Version::V0x10.into());
    let known =
        Algorithm::try_from(hash.algorithm.as_str()).is_ok() && Version::try_from(version).is_ok();
    if !known || hash.salt.is_none() || hash.hash.is_none() {
        return Err(UnknownHash::Format);
    }
    if u64::from(cost.m_cost()) * u64::from(cost.t_cost()) > MAX_ARGON2_COST {
        return Err(UnknownHash::Cost);
    }
    Ok(hash)
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash [redacted]")
    }
}

#[cfg(test)]
mod tests;
