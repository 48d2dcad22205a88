//! Typed and new passwords.

use std::fmt;

use doorward_proto::InvalidField;
use unicode_normalization::UnicodeNormalization;

use crate::Error;

const MAX_BYTES: usize = 1024;
const DEFAULT_MIN_CHARACTERS: u32 = 8;

/// A password of 1 to 1,024 bytes.
///
/// Keyboards and systems write `é` as one character or as two. Hashes are made of the composed form, NFC (NIST SP
/// 800-63B-4 §3.1.1.2). Hashes from elsewhere, and older ones, may be of another form.
#[derive(Clone, PartialEq, Eq)]
pub struct Password {
    /// The composed form first, then other forms that differ from it: as typed, and decomposed.
    forms: Vec<String>,
}

impl Password {
    /// A typed password; `None` if it is empty, or too long to hash cheaply: no user has such a password.
    #[must_use]
    pub fn typed(text: String) -> Option<Self> {
        (1..=MAX_BYTES)
            .contains(&text.len())
            .then(|| Self::of(text))
    }

    /// A new password with at least `min_characters` characters; 0 means 8.
    pub fn chosen(text: String, min_characters: u32) -> Result<Self, Error> {
        let least = match min_characters {
            0 => DEFAULT_MIN_CHARACTERS,
            given => given,
        };
        if text.nfc().take(least as usize).count() < least as usize {
            return Err(Error::PasswordTooShort(least));
        }
        Self::typed(text).ok_or_else(|| {
            let problem = "must have at most 1024 bytes";
            InvalidField::new("password", problem).into()
        })
    }

    fn of(typed: String) -> Self {
        let (composed, decomposed) = (typed.nfc().collect(), typed.nfd().collect());
        let mut forms = vec![composed];
        for form in [typed, decomposed] {
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        // Every form costs a computation, and texts of ASCII have one form only.
        Self { forms }
    }

    /// The form that hashes are made of.
    pub(super) fn normalized(&self) -> &str {
        self.forms.first().map_or("", String::as_str)
    }

    /// All forms that a hash may have been made of.
    pub(super) fn forms(&self) -> impl Iterator<Item = &str> {
        self.forms.iter().map(String::as_str)
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
    fn f12_accents_have_one_form() {
        let forms = |text: &str| {
            let password = Password::typed(text.to_owned()).unwrap();
            password.forms().map(str::to_owned).collect::<Vec<_>>()
        };
        let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}");
        assert_eq!(forms("plain"), ["plain"]);
        assert_eq!(forms(composed), [composed, decomposed]);
        assert_eq!(forms(decomposed), [composed, decomposed]);
        // Neither composed nor decomposed.
        let mixed = "\u{e9}e\u{301}";
        assert_eq!(forms(mixed).len(), 3);
        assert!(chosen("e\u{301}e\u{301}", 3).is_err(), "two characters");
    }

    #[test]
    fn length_counts_characters() {
        assert!(chosen("pässwörd", 0).is_ok());
        assert!(matches!(
            chosen("pässwör", 0),
            Err(Error::PasswordTooShort(8))
        ));
        assert!(chosen("abc", 3).is_ok());
        assert!(matches!(chosen("", 1), Err(Error::PasswordTooShort(1))));
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
