//! `prompt`: which pages the user must see.

use std::fmt;
use std::str::FromStr;

use crate::words::words;

/// The value of `prompt`. The default shows only necessary pages.
///
/// See [OpenID Connect Core 1.0, section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Prompt {
    /// `none`: no page. A request that needs one gets an error.
    None,
    /// Pages may be shown, and the pages below must be.
    Interactive {
        /// `login`: authenticate again, also with a session.
        login: bool,
        /// `consent`: ask for consent, even if it was given.
        consent: bool,
        /// `select_account`: let the user choose the account.
        select_account: bool,
    },
}

/// A `prompt` with `none` and another word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("prompt none must stand alone")]
pub struct InvalidPrompt;

impl Prompt {
    /// Whether no page may be shown.
    #[must_use]
    pub fn none(self) -> bool {
        self == Self::None
    }

    /// Whether the user must authenticate again.
    #[must_use]
    pub fn login(self) -> bool {
        matches!(self, Self::Interactive { login: true, .. })
    }

    /// Whether the user must be asked for consent.
    #[must_use]
    pub fn consent(self) -> bool {
        matches!(self, Self::Interactive { consent: true, .. })
    }

    /// Whether the user must choose an account.
    #[must_use]
    pub fn select_account(self) -> bool {
        matches!(
            self,
            Self::Interactive {
                select_account: true,
                ..
            }
        )
    }
}

impl Default for Prompt {
    fn default() -> Self {
        Self::Interactive {
            login: false,
            consent: false,
            select_account: false,
        }
    }
}

/// Ignores unknown words, like Auth0; but `none` must be alone, also without unknown words.
impl FromStr for Prompt {
    type Err = InvalidPrompt;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        let has = |wanted| words(value).any(|word| word == wanted);
        if !has("none") {
            return Ok(Self::Interactive {
                login: has("login"),
                consent: has("consent"),
                select_account: has("select_account"),
            });
        }
        // mutant: prompt-none-with-others-accepted
        if words(value).all(|word| word == "none") {
            Ok(Self::None)
        } else {
            Err(InvalidPrompt)
        }
    }
}

/// Writes the known words; nothing for the default.
impl fmt::Display for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [
            (self.none(), "none"),
            (self.login(), "login"),
            (self.consent(), "consent"),
            (self.select_account(), "select_account"),
        ];
        let said: Vec<_> = words
            .into_iter()
            .filter(|(said, _)| *said)
            .map(|(_, word)| word)
            .collect();
        f.write_str(&said.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understood_words() {
        let cases = [
            ("", ""),
            ("none", "none"),
            (" none ", "none"),
            ("login", "login"),
            ("consent login", "login consent"),
            (
                "select_account consent login",
                "login consent select_account",
            ),
            ("login login", "login"),
            ("create", ""),
            ("create login", "login"),
            ("Login NONE", ""),
        ];
        for (value, expected) in cases {
            assert_eq!(
                value.parse::<Prompt>().unwrap().to_string(),
                expected,
                "{value:?}"
            );
        }
    }

    #[test]
    fn accessors() {
        let prompt: Prompt = "login select_account".parse().unwrap();
        assert!(prompt.login() && prompt.select_account());
        assert!(!prompt.consent() && !prompt.none());
        let silent: Prompt = "none".parse().unwrap();
        assert!(silent.none() && !silent.login() && !silent.consent() && !silent.select_account());
        assert_eq!("".parse(), Ok(Prompt::default()));
    }

    #[test]
    fn sec_040_none_stands_alone() {
        for value in [
            "none login",
            "consent none",
            "none select_account",
            "none create",
            "none None",
        ] {
            assert_eq!(value.parse::<Prompt>(), Err(InvalidPrompt), "{value}");
        }
    }
}
