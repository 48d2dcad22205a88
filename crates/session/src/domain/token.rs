//! The value of the session cookie.

use std::fmt;

use doorward_service_kit::{secret, token_hash};

use super::UserId;

const SECRET_LENGTH: usize = 32;

/// Names a user's place in a store without naming the user: 132 bits of the SHA-256 of his id, so that no two users meet.
/// A session token carries it, and so a session is found together with the record of its user at the first look.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slot(String);

impl Slot {
    const LENGTH: usize = 22;

    pub(super) fn from_hash(hash: &str) -> Self {
        Self(hash.chars().take(Self::LENGTH).collect())
    }

    /// 22 characters of base64url.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A [`Slot`] and 192 random bits. Only its hash is ever stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    /// A token for a new session.
    #[must_use]
    pub fn generate(user: &UserId) -> Self {
        Self(user.slot().0 + &secret())
    }

    /// Text that may be a token; anything else was not issued here, and no store needs to be asked.
    #[must_use]
    pub fn parse(text: String) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let shape = text.len() == Slot::LENGTH + SECRET_LENGTH && text.bytes().all(allowed);
        shape.then_some(Self(text))
    }

    /// Where its session lies.
    #[must_use]
    pub fn slot(&self) -> Slot {
        Slot::from_hash(&self.0)
    }

    /// How it is stored.
    #[must_use]
    pub fn hash(&self) -> String {
        token_hash(&self.0)
    }

    /// The value of the cookie.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_to_its_user_and_does_not_name_him() {
        let alice = UserId::from("auth0|alice".to_owned());
        let token = SessionToken::generate(&alice);
        assert_eq!(token.slot(), alice.slot());
        assert_ne!(token, SessionToken::generate(&alice));
        let text = token.clone().into_text();
        assert!(!text.contains("alice"));
        assert_eq!(SessionToken::parse(text), Some(token));
    }

    #[test]
    fn what_was_not_issued_here_is_no_token() {
        let token = SessionToken::generate(&UserId::from("a".to_owned())).into_text();
        for bad in [
            String::new(),
            token[1..].to_owned(),
            format!("{token}a"),
            format!("{}*", &token[1..]),
            format!("{}\0", &token[1..]),
            token.repeat(200),
        ] {
            assert_eq!(SessionToken::parse(bad), None);
        }
    }
}
