//! The algorithm and settings of a password hash, which determine the cost of checking it.

use std::fmt;

use argon2::{Algorithm, Params, Version};

use super::{ImportedHash, PasswordHash, UnknownHash};

/// 16 bytes of salt and 32 bytes of output, in base64.
const ARGON2_TAIL: &str = "c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// The same in bcrypt's base64: 22 and 31 characters.
const BCRYPT_TAIL: &str = ".....................................................";

/// An encoded hash up to its salt. Two hashes of one kind take the same work and memory to check.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HashKind(String);

impl HashKind {
    /// The kind of new hashes: Argon2id, version 0x13, at this cost.
    #[must_use]
    pub fn native(cost: &Params) -> Self {
        Self::argon2(Algorithm::Argon2id.as_str(), Version::V0x13.into(), cost)
    }

    pub(super) fn argon2(algorithm: &str, version: u32, cost: &Params) -> Self {
        let (memory, passes, lanes) = (cost.m_cost(), cost.t_cost(), cost.p_cost());
        Self(format!(
            "${algorithm}$v={version}$m={memory},t={passes},p={lanes}$"
        ))
    }

    pub(super) fn imported(hash: &ImportedHash) -> Self {
        Self(hash.kind())
    }

    /// `$2a$` and `$2b$` take the same work.
    pub(super) fn bcrypt(cost: u32) -> Self {
        Self(format!("$2b${cost:02}$"))
    }

    /// Reads the kind from the store.
    pub fn parse(text: &str) -> Result<Self, UnknownHash> {
        let kind = Self(text.to_owned());
        let read = kind.stand_in()?.kind();
        (read == kind).then_some(kind).ok_or(UnknownHash::Format)
    }

    /// A hash of this kind that belongs to no user and that no known password matches.
    pub fn stand_in(&self) -> Result<PasswordHash, UnknownHash> {
        if let Some(hash) = ImportedHash::stand_in(&self.0) {
            return Ok(hash.into());
        }
        let tail = if self.0.starts_with("$argon2") {
            ARGON2_TAIL
        } else {
            BCRYPT_TAIL
        };
        PasswordHash::parse(&format!("{}{tail}", self.0))
    }

    /// The text for the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HashKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_the_hash_without_salt_and_output() {
        for (hash, kind) in [
            (
                "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=19$m=256,t=2,p=1$",
            ),
            (
                "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
                "$argon2i$v=16$m=256,t=2,p=1$",
            ),
            (
                "$2b$04$abcdefghijklmnopqrstuuGlHvwkLLiG8qNhNYBuyZ8GVyDv5qAiu",
                "$2b$04$",
            ),
            (
                "$2a$11$abcdefghijklmnopqrstuuGlHvwkLLiG8qNhNYBuyZ8GVyDv5qAiu",
                "$2b$11$",
            ),
        ] {
            assert_eq!(PasswordHash::parse(hash).unwrap().kind().as_str(), kind);
        }
    }

    #[test]
    fn a_stand_in_is_of_its_kind() {
        for text in [
            "$argon2id$v=19$m=256,t=2,p=1$",
            "$argon2i$v=16$m=256,t=2,p=4$",
            "$2b$04$",
        ] {
            let kind = HashKind::parse(text).unwrap();
            assert_eq!(kind.stand_in().unwrap().kind(), kind);
        }
        for text in [
            "",
            "$2b$",
            "$2b$04",
            "$argon2id$v=19$",
            "$argon2x$v=19$m=256,t=2,p=1$",
        ] {
            assert!(HashKind::parse(text).is_err(), "{text}");
        }
    }
}
