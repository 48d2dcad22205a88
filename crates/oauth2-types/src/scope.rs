//! `scope`: what the client asks to be allowed.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use crate::StandardClaim;
use crate::words::words;

/// An ordered set of scope tokens. Duplicates collapse and the order of the request is kept.
///
/// See [RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope(Vec<String>);

/// A scope with a character that RFC 6749 §3.3 does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("scope has a character that is not allowed")]
pub struct InvalidScope;

impl Scope {
    /// Makes a scope of these tokens. Each is checked as in a request.
    pub fn from_tokens<T: AsRef<str>>(
        tokens: impl IntoIterator<Item = T>,
    ) -> Result<Self, InvalidScope> {
        // A request may name hundreds: looking through the list for each would take a time that grows with its square.
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut seen = HashSet::with_capacity(tokens.len());
        let mut scope = Vec::with_capacity(tokens.len());
        for token in tokens.iter().map(AsRef::as_ref) {
            if !is_scope_token(token) {
                return Err(InvalidScope);
            }
            if seen.insert(token) {
                scope.push(token.to_owned());
            }
        }
        Ok(Self(scope))
    }

    /// Whether it has this token. Letter case counts.
    #[must_use]
    pub fn contains(&self, token: &str) -> bool {
        self.0.iter().any(|own| own == token)
    }

    /// The tokens, in the order of the request.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Removes the tokens for which `keep` returns false. The others keep their order.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.0.retain(|token| keep(token));
    }

    /// Whether it has no token.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The standard claims it asks for, in the order of the table: OpenID Connect Core §5.4, and Auth0's scopes that
    /// name a single claim.
    pub fn claims(&self) -> impl Iterator<Item = StandardClaim> {
        StandardClaim::ALL
            .iter()
            .copied()
            .filter(|claim| self.asks_for(*claim))
    }

    /// Whether it asks for this claim.
    #[must_use]
    pub fn asks_for(&self, claim: StandardClaim) -> bool {
        self.iter().any(|token| claim.is_asked_for_by(token))
    }
}

/// Checks the grammar of one `scope-token` ([RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)): at
/// least one character, and only those that a scope may have.
#[must_use]
pub fn is_scope_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_scope_character)
}

/// `NQCHAR` of RFC 6749: printable ASCII without the space, the quotation mark and the backslash.
fn is_scope_character(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'"' && byte != b'\\'
}

impl FromStr for Scope {
    type Err = InvalidScope;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        Self::from_tokens(words(value))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scope(value: &str) -> Scope {
        value.parse().unwrap()
    }

    #[test]
    fn order_is_kept_and_duplicates_collapse() {
        let cases = [
            ("", ""),
            ("  ", ""),
            ("openid", "openid"),
            ("profile  openid profile", "profile openid"),
            (
                "read:a write:a https://api.example.test/x",
                "read:a write:a https://api.example.test/x",
            ),
            ("OpenID openid", "OpenID openid"),
        ];
        for (value, expected) in cases {
            assert_eq!(scope(value).to_string(), expected, "{value:?}");
        }
    }

    #[test]
    fn characters_outside_the_grammar() {
        for value in [
            "a\"b", "a\\b", "a\tb", "a\nb", "é", "a\u{a0}b", "\0", "\u{7f}",
        ] {
            assert_eq!(value.parse::<Scope>(), Err(InvalidScope), "{value:?}");
        }
        for token in ["a b", ""] {
            assert!(!is_scope_token(token), "{token:?}");
            assert_eq!(Scope::from_tokens([token]), Err(InvalidScope));
        }
        assert!(is_scope_token("https://api.example.test/x"));
    }

    #[test]
    fn sets() {
        let mut asked = scope("openid email read:a");
        assert!(asked.contains("email") && !asked.contains("Email") && !asked.contains("read"));
        asked.retain(|token| token != "email");
        assert_eq!(asked.iter().collect::<Vec<_>>(), ["openid", "read:a"]);
        assert_eq!(Scope::from_tokens(asked.iter()), Ok(asked.clone()));
        assert!(!asked.is_empty() && Scope::default().is_empty());
    }

    #[test]
    fn claims_of_a_scope() {
        let names = |value| {
            scope(value)
                .claims()
                .map(StandardClaim::as_str)
                .collect::<Vec<_>>()
        };
        assert!(names("openid offline_access read:a PROFILE").is_empty());
        assert_eq!(names("email"), ["email", "email_verified"]);
        // In the order of the table of claims.
        assert_eq!(
            names("nickname email_verified"),
            ["email_verified", "nickname"]
        );
        assert!(scope("openid profile").asks_for(StandardClaim::Name));
        assert!(!scope("openid profile").asks_for(StandardClaim::Email));
    }

    proptest! {
        #[test]
        fn printing_and_reading_agree(value in "[ -~]{0,80}") {
            if let Ok(parsed) = value.parse::<Scope>() {
                prop_assert_eq!(parsed.to_string().parse(), Ok(parsed));
            }
        }

        #[test]
        fn tokens_are_those_of_the_request(value in any::<String>()) {
            match value.parse::<Scope>() {
                Ok(parsed) => prop_assert!(parsed.iter().all(|token| value.contains(token))),
                Err(InvalidScope) => prop_assert!(value.bytes().any(|byte| byte != b' ' && !is_scope_character(byte))),
            }
        }
    }
}
