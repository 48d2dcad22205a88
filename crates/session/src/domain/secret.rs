//! Secrets that callers make: transaction ids, browser tokens, opaque access tokens.

use std::fmt;

use aws_lc_rs::constant_time;
use doorward_proto::InvalidField;
use doorward_service_kit::{secret, token_hash};

/// Random text of a caller with at least 128 bits in base64url. Only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    const LENGTHS: std::ops::RangeInclusive<usize> = 22..=128;

    /// Checks the shape. `None` for text that no store can hold.
    #[must_use]
    pub fn parse(text: String) -> Option<Self> {
        let shape =
            Self::LENGTHS.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        // mutant: cookies-decoded (shape)
        shape.then_some(Self(text))
    }

    /// A secret to be stored, from the field of that name.
    pub fn require(text: String, field: &str) -> Result<Self, InvalidField> {
        Self::parse(text).ok_or_else(|| {
            InvalidField::new(field, "must have 22 to 128 printable ASCII characters")
        })
    }

    /// Hash under which it is stored.
    #[must_use]
    pub fn hash(&self) -> String {
        token_hash(&self.0)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Generates a random secret.
    pub(crate) fn generate() -> Self {
        Self(secret())
    }

    /// Compares with a stored hash in constant time.
    #[must_use]
    pub fn matches(&self, hash: &str) -> bool {
        constant_time::verify_slices_are_equal(self.hash().as_bytes(), hash.as_bytes()).is_ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        for good in ["a".repeat(22), "~".repeat(128)] {
            assert!(Secret::parse(good).is_some());
        }
        for bad in [
            String::new(),
            "a".repeat(21),
            "a".repeat(129),
            "é".repeat(22),
            " ".repeat(22),
        ] {
            assert!(Secret::parse(bad).is_none());
        }
    }

    #[test]
    fn only_its_own_hash_matches() {
        let secret = Secret::parse("a".repeat(32)).unwrap();
        assert!(secret.matches(&secret.hash()));
        assert!(!secret.matches(&token_hash("b")));
        assert!(!secret.matches(""));
        assert!(!format!("{secret:?}").contains('a'.to_string().repeat(3).as_str()));
    }
}
