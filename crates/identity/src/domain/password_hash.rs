//! How passwords are kept: Argon2id, and for imported users the hash of another system until their first sign-in.

use std::error::Error;
use std::fmt;

use argon2::password_hash::phc::{Output, Salt};
use argon2::{Algorithm, Argon2, Params, Version};

use super::{HashKind, HashMemory, ImportedHash, Password};

/// The time of a check: kibibytes times passes, about one second.
const MAX_ARGON2_COST: u64 = 1024 * 1024;
/// The memory of a check in kibibytes, 128 MiB.
const MAX_ARGON2_MEMORY: u32 = 128 * 1024;
/// The time of a check, about two seconds.
const MAX_BCRYPT_COST: u32 = 15;

/// A password can be checked against it, and not read from it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash {
    text: String,
    scheme: Scheme,
}

#[derive(Clone, PartialEq, Eq)]
enum Scheme {
    Bcrypt(u32),
    Argon2(Box<Argon2Hash>),
    Imported(Box<ImportedHash>),
}

#[derive(Clone, PartialEq, Eq)]
struct Argon2Hash {
    algorithm: Algorithm,
    version: Version,
    cost: Params,
    salt: Salt,
    output: Output,
}

/// Why an encoded hash is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnknownHash {
    /// Another algorithm, or damaged.
    #[error("is no hash of a supported algorithm in its encoded form")]
    Format,
    /// Each check would take seconds, or more memory than can be set aside.
    #[error(
        "costs too much to check: at most bcrypt cost 15, Argon2 128 MiB, and 1 GiB as memory times passes, PBKDF2 \
         2000000 rounds, scrypt 32 MiB, and 128 MiB as memory times parallelization"
    )]
    Cost,
}

/// Hashing failed. Not a result about the password.
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
    /// Reads an encoded hash, however much it takes to check.
    pub fn parse(text: &str) -> Result<Self, UnknownHash> {
        let scheme = if text.starts_with("$2a$") || text.starts_with("$2b$") {
            Scheme::Bcrypt(parse_bcrypt(text)?)
        } else if let Some(imported) = ImportedHash::from_store(text) {
            Scheme::Imported(Box::new(imported?))
        } else {
            Scheme::Argon2(Box::new(parse_argon2(text)?))
        };
        let text = text.to_owned();
        Ok(Self { text, scheme })
    }

    /// Reads an encoded hash that was made elsewhere. A stranger decides how often it is checked, so its cost is
    /// limited.
    pub fn parse_imported(text: &str) -> Result<Self, UnknownHash> {
        if let Some(imported) = ImportedHash::from_elsewhere(text) {
            return Ok(imported?.into());
        }
        // The same algorithm; PHP has its own name for it.
        let hash = match text.strip_prefix("$2y$") {
            Some(rest) => Self::parse(&format!("$2b${rest}"))?,
            None => Self::parse(text)?,
        };
        let affordable = match &hash.scheme {
            Scheme::Imported(hash) => return hash.check().map(|()| hash.as_ref().clone().into()),
            Scheme::Bcrypt(cost) => *cost <= MAX_BCRYPT_COST,
            Scheme::Argon2(hash) => {
                let (memory, passes) = (hash.cost.m_cost(), hash.cost.t_cost());
                memory <= MAX_ARGON2_MEMORY
                    && u64::from(memory) * u64::from(passes) <= MAX_ARGON2_COST
            }
        };
        affordable.then_some(hash).ok_or(UnknownHash::Cost)
    }

    /// Hashes a password by Argon2id with a fresh salt. Needs as many blocks as the cost has.
    pub fn new(
        password: &Password,
        cost: &Params,
        memory: &mut HashMemory,
    ) -> Result<Self, HashingFailed> {
        let (algorithm, version, salt) = (Algorithm::Argon2id, Version::V0x13, Salt::generate());
        let output = compute_argon2(password, algorithm, version, cost, &salt, memory)?;
        let hash = argon2::PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: cost.try_into().map_err(HashingFailed::new)?,
            salt: Some(salt),
            hash: Some(output),
        };
        Self::parse(&hash.to_string()).map_err(HashingFailed::new)
    }

    /// Whether it was made from this password. Needs as many blocks as [`PasswordHash::blocks`].
    pub fn matches(
        &self,
        password: &Password,
        memory: &mut HashMemory,
    ) -> Result<bool, HashingFailed> {
        match &self.scheme {
            Scheme::Imported(hash) => {
                #[cfg(test)]
                memory.computed.push(self.kind());
                Ok(hash.matches(password.as_str()))
            }
            // As bcrypt does everywhere, only the first 72 bytes count.
            Scheme::Bcrypt(_) => {
                #[cfg(test)]
                memory.computed.push(self.kind());
                bcrypt::verify(password.as_str(), &self.text).map_err(HashingFailed::new)
            }
            Scheme::Argon2(hash) => {
                let Argon2Hash {
                    algorithm,
                    version,
                    cost,
                    salt,
                    output,
                } = &**hash;
                let computed = compute_argon2(password, *algorithm, *version, cost, salt, memory)?;
                // Takes the same time wherever they differ.
                Ok(computed == *output)
            }
        }
    }

    /// Whether a new hash of the same password would be worth more.
    #[must_use]
    pub fn is_weaker_than(&self, wanted: &Params) -> bool {
        let Scheme::Argon2(hash) = &self.scheme else {
            return true;
        };
        hash.algorithm != Algorithm::Argon2id
            || hash.version != Version::V0x13
            || hash.cost.m_cost() < wanted.m_cost()
            || hash.cost.t_cost() < wanted.t_cost()
            || hash.output.len() < Params::DEFAULT_OUTPUT_LEN
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> HashKind {
        match &self.scheme {
            Scheme::Bcrypt(cost) => HashKind::bcrypt(*cost),
            Scheme::Imported(hash) => HashKind::imported(hash),
            Scheme::Argon2(hash) => {
                HashKind::argon2(hash.algorithm.as_str(), hash.version.into(), &hash.cost)
            }
        }
    }

    /// The memory that checking it needs, in blocks of 1 KiB.
    #[must_use]
    pub fn blocks(&self) -> usize {
        match &self.scheme {
            // scrypt takes memory of its own beside that of its slot, at most 32 MiB.
            Scheme::Bcrypt(_) | Scheme::Imported(_) => 0,
            Scheme::Argon2(hash) => hash.cost.block_count(),
        }
    }

    /// The encoded hash, for the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl From<ImportedHash> for PasswordHash {
    fn from(hash: ImportedHash) -> Self {
        Self {
            text: hash.to_string(),
            scheme: Scheme::Imported(Box::new(hash)),
        }
    }
}

fn compute_argon2(
    password: &Password,
    algorithm: Algorithm,
    version: Version,
    cost: &Params,
    salt: &Salt,
    memory: &mut HashMemory,
) -> Result<Output, HashingFailed> {
    #[cfg(test)]
    memory
        .computed
        .push(HashKind::argon2(algorithm.as_str(), version.into(), cost));
    let len = cost.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let argon2 = Argon2::new(algorithm, version, cost.clone());
    let mut output = [0; Output::MAX_LENGTH];
    let output = output
        .get_mut(..len)
        .ok_or_else(|| HashingFailed::new("the output is too long"))?;
    argon2
        .hash_password_into_with_memory(password.as_str().as_bytes(), salt, output, memory.blocks())
        .map_err(HashingFailed::new)?;
    Output::new(output).map_err(HashingFailed::new)
}

fn parse_bcrypt(text: &str) -> Result<u32, UnknownHash> {
    let parts: bcrypt::HashParts = text.parse().map_err(|_| UnknownHash::Format)?;
    match parts.get_cost() {
        cost @ 4..=31 => Ok(cost),
        _ => Err(UnknownHash::Format),
    }
}

fn parse_argon2(text: &str) -> Result<Argon2Hash, UnknownHash> {
    let hash = argon2::PasswordHash::new(text).map_err(|_| UnknownHash::Format)?;
    let cost = Params::try_from(&hash).map_err(|_| UnknownHash::Format)?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str());
    // Encoded hashes older than the version field were made by version 0x10.
    let version = hash.version.map_or(Ok(Version::V0x10), Version::try_from);
    Ok(Argon2Hash {
        algorithm: algorithm.map_err(|_| UnknownHash::Format)?,
        version: version.map_err(|_| UnknownHash::Format)?,
        cost,
        salt: hash.salt.ok_or(UnknownHash::Format)?,
        output: hash.hash.ok_or(UnknownHash::Format)?,
    })
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash [redacted]")
    }
}

#[cfg(test)]
mod tests;
