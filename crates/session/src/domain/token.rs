//! The value of the session cookie.

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_service_kit::{SECRET_BYTES, SECRET_LENGTH, is_base64url, secret, token_hash};

use super::{Secret, UserId};

/// Domain separation from other values that are derived with the browser's cookie as the key.
const DERIVED: &str = "session token ";

/// The first 132 bits of the SHA-256 of a user's id. Identifies the user in a store without revealing the id. A session
/// token contains it, so that a session is found together with the copy of its user in one lookup.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserHash(String);

impl UserHash {
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

/// A [`UserHash`] and 192 random bits. Only its hash is ever stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    /// Generates a token for a new session.
    #[must_use]
    pub fn generate(user: &UserId) -> Self {
        // mutant: session-token-half-constant
        Self(user.user_hash().0 + &secret())
    }

    /// Derives the token of a sign-in that may be submitted twice. The browser has one half of the input and the store
    /// the other: neither can derive it alone, and both together derive the same token again.
    #[must_use]
    pub fn derive(user: &UserId, browser: &Secret, salt: &Secret) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, browser.as_str().as_bytes());
        let tag = hmac::sign(&key, format!("{DERIVED}{}", salt.as_str()).as_bytes());
        // mutant: derived-session-token-half-constant
        let secret = BASE64_URL_SAFE_NO_PAD.encode(&tag.as_ref()[..SECRET_BYTES]);
        Self(user.user_hash().0 + &secret)
    }

    /// Checks the shape. `None` for text that was not issued here.
    #[must_use]
    pub fn parse(text: String) -> Option<Self> {
        let shape = text.len() == UserHash::LENGTH + SECRET_LENGTH && is_base64url(&text);
        shape.then_some(Self(text))
    }

    /// Hash of the user of the session.
    #[must_use]
    pub fn user_hash(&self) -> UserHash {
        UserHash::from_hash(&self.0)
    }

    /// Hash under which it is stored.
    #[must_use]
    pub fn hash(&self) -> String {
        // mutant: session-token-stored-in-clear, half-a-session-token-accepted
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
        assert_eq!(token.user_hash(), alice.user_hash());
        assert_ne!(token, SessionToken::generate(&alice));
        let text = token.clone().into_text();
        assert!(!text.contains("alice"));
        assert_eq!(SessionToken::parse(text), Some(token));
    }

    #[test]
    fn a_derived_token_needs_both_halves() {
        let alice = UserId::from("auth0|alice".to_owned());
        let [browser, salt, other] = [(); 3].map(|()| Secret::generate());
        let token = SessionToken::derive(&alice, &browser, &salt);
        assert_eq!(SessionToken::derive(&alice, &browser, &salt), token);
        assert_eq!(token.user_hash(), alice.user_hash());
        assert_eq!(
            SessionToken::parse(token.clone().into_text()),
            Some(token.clone())
        );
        for (browser, salt) in [(&browser, &other), (&other, &salt), (&salt, &browser)] {
            assert_ne!(SessionToken::derive(&alice, browser, salt), token);
        }
    }

    #[test]
    fn sec_080_a_million_tokens_without_repeats() {
        let alice = UserId::from("auth0|alice".to_owned());
        assert_random(|| SessionToken::generate(&alice));
    }

    /// All of one browser, which keeps its cookie.
    #[test]
    fn sec_080_a_million_derived_tokens_without_repeats() {
        let alice = UserId::from("auth0|alice".to_owned());
        let browser = Secret::generate();
        assert_random(|| SessionToken::derive(&alice, &browser, &Secret::generate()));
    }

    /// Each byte of the secret part is a letter of 64, and so 6 bits: 192 in all.
    fn assert_random(token: impl Fn() -> SessionToken) {
        const COUNT: usize = 1_000_000;
        let alice = UserId::from("auth0|alice".to_owned());
        let hash = alice.user_hash().as_str().to_owned();
        let mut secrets = Vec::with_capacity(COUNT);
        let mut seen = [[0_u32; 128]; SECRET_LENGTH];
        for _ in 0..COUNT {
            let token = token().into_text();
            let secret: [u8; SECRET_LENGTH] = token
                .strip_prefix(&hash)
                .unwrap()
                .as_bytes()
                .try_into()
                .unwrap();
            for (counts, byte) in seen.iter_mut().zip(secret) {
                counts[usize::from(byte)] += 1;
            }
            secrets.push(secret);
        }
        secrets.sort_unstable();
        secrets.dedup();
        assert_eq!(secrets.len(), COUNT);
        for counts in seen {
            // 15625 each; more than a tenth off is further than any random generator ever gets.
            let usual = |count: &&u32| (14_000..=17_200).contains(*count);
            assert_eq!(counts.iter().filter(usual).count(), 64, "{counts:?}");
            assert_eq!(counts.iter().sum::<u32>(), 1_000_000);
        }
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
