//! Secrets and ids from the operating system's generator.

use aws_lc_rs::{digest, rand};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Random bytes.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without randomness nothing may be issued, and the operating system's generator fails only when it is absent.
    rand::fill(&mut bytes).expect("the operating system's random generator works");
    bytes
}

/// For jitter and turns: nothing secret.
#[must_use]
pub fn random_byte() -> u8 {
    bytes::<1>()[0]
}

/// Random bytes of a secret.
pub const SECRET_BYTES: usize = 24;
/// Characters of a secret.
pub const SECRET_LENGTH: usize = 32;

/// 192 random bits as 32 characters of base64url.
#[must_use]
pub fn secret() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes::<SECRET_BYTES>())
}

/// Whether a text has the shape of a [`secret`]; others need not be looked for.
#[must_use]
pub fn is_secret(text: &str) -> bool {
    // mutant: cookies-decoded (ours)
    text.len() == SECRET_LENGTH && is_base64url(text)
}

/// Whether a text has no characters but those of base64url.
#[must_use]
pub fn is_base64url(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// `length` random letters and digits.
#[must_use]
pub fn alphanumeric(length: usize) -> String {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        // 248 is the largest multiple of 62 in a byte: values above it would favour the first letters.
        let usable = bytes::<32>().into_iter().filter(|byte| *byte < 248);
        let letters = usable.map(|byte| char::from(ALPHANUMERIC[usize::from(byte % 62)]));
        text.extend(letters.take(length - text.len()));
    }
    text
}

/// 96 random bits as 24 hexadecimal characters.
#[must_use]
pub fn hex() -> String {
    use std::fmt::Write;
    bytes::<12>().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// How a random secret is stored: SHA-256 in base64url. Not for passwords.
#[must_use]
pub fn token_hash(secret: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        assert_eq!(secret().len(), SECRET_LENGTH);
        assert!(is_secret(&secret()));
        for bad in ["", "a", &"a".repeat(33), &"=".repeat(32), &"é".repeat(16)] {
            assert!(!is_secret(bad), "{bad}");
        }
        assert_eq!(hex().len(), 24);
        for length in [1, 16, 32, 100] {
            let text = alphanumeric(length);
            assert_eq!(text.len(), length);
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
        assert_ne!(secret(), secret());
    }
}
