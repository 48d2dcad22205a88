//! Typed and new passwords.

use std::fmt;

use doorward_proto::InvalidField;

use super::common_passwords::is_common;
use crate::Error;

const MAX_BYTES: usize = 1024;
const DEFAULT_MIN_CHARACTERS: u32 = 8;

/// A password of 1 to 1,024 bytes, exactly as it was typed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// A typed password; `None` if it is empty, or too long to hash cheaply: no user has such a password.
    #[must_use]
    pub fn typed(text: String) -> Option<Self> {
        (1..=MAX_BYTES).contains(&text.len()).then_some(Self(text))
    }

    /// A new password with at least `min_characters` characters (0 means 8) that is not a common one.
    pub fn chosen(text: String, min_characters: u32) -> Result<Self, Error> {
        let least = match min_characters {
            0 => DEFAULT_MIN_CHARACTERS,
            given => given,
        };
        if text.chars().take(least as usize).count() < least as usize {
            return Err(Error::PasswordTooShort(least));
        }
        // mutant: common-password-accepted
        if is_common(&text) {
            return Err(Error::PasswordTooCommon);
        }
        Self::typed(text).ok_or_else(|| {
            let problem = "must have at most 1024 bytes";
            InvalidField::new("password", problem).into()
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password [redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(text: &str, min_characters: u32) -> Result<Password, Error> {
        Password::chosen(text.to_owned(), min_characters)
    }

    #[test]
    fn length_counts_characters() {
        assert!(chosen("pässwörd", 0).is_ok());
        assert!(matches!(
            chosen("pässwör", 0),
            Err(Error::PasswordTooShort(8))
        ));
        assert!(chosen("aé9", 3).is_ok());
        assert!(matches!(chosen("", 1), Err(Error::PasswordTooShort(1))));
    }

    #[test]
    fn common_passwords_are_refused_after_short_ones() {
        assert!(matches!(
            chosen("Password1", 0),
            Err(Error::PasswordTooCommon)
        ));
        assert!(matches!(
            chosen("password", 9),
            Err(Error::PasswordTooShort(9))
        ));
        assert!(chosen("Password1 of alice", 0).is_ok());
        assert!(Password::typed("password".to_owned()).is_some());
    }

    #[test]
    fn the_limit_counts_bytes() {
        assert!(chosen(&"x".repeat(1024), 0).is_ok());
        assert!(matches!(
            chosen(&"é".repeat(513), 0),
            Err(Error::Invalid(_))
        ));
        assert!(Password::typed("x".repeat(1025)).is_none());
        assert!(Password::typed(String::new()).is_none());
    }
}
