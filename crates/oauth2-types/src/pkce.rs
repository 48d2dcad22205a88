//! Proof Key for Code Exchange: [RFC 7636](https://www.rfc-editor.org/rfc/rfc7636).

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::constant_time;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::text_enum;

text_enum! {
    /// `code_challenge_method`: how a challenge is made from a verifier.
    ///
    /// See [RFC 7636 §4.2](https://www.rfc-editor.org/rfc/rfc7636#section-4.2). A request without one means `plain`
    /// (§4.3).
    pub enum CodeChallengeMethod {
        /// The SHA-256 of the verifier, in base64url without padding.
        S256 = "S256",
        /// The verifier itself. Protects nothing from who can read the request.
        Plain = "plain",
    }
}

/// A `code_verifier` or `code_challenge` that is not 43 to 128 unreserved characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 43 to 128 characters, each a letter, a digit or one of - . _ ~")]
pub struct InvalidPkceValue;

/// `code_verifier`: the secret that the client kept when it sent its challenge.
///
/// See [RFC 7636 §4.1](https://www.rfc-editor.org/rfc/rfc7636#section-4.1).
#[derive(Clone)]
pub struct CodeVerifier(String);

/// `code_challenge` and its method, as an authorization request brought them.
///
/// See [RFC 7636 §4.2](https://www.rfc-editor.org/rfc/rfc7636#section-4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeChallenge {
    value: String,
    method: CodeChallengeMethod,
}

impl CodeVerifier {
    /// The challenge that belongs to this verifier.
    #[must_use]
    pub fn challenge(&self, method: CodeChallengeMethod) -> CodeChallenge {
        let value = match method {
            CodeChallengeMethod::Plain => self.0.clone(),
            CodeChallengeMethod::S256 => URL_SAFE_NO_PAD.encode(digest(&SHA256, self.0.as_bytes())),
        };
        CodeChallenge { value, method }
    }
}

impl FromStr for CodeVerifier {
    type Err = InvalidPkceValue;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        check(value)?;
        Ok(Self(value.to_owned()))
    }
}

impl fmt::Debug for CodeVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeVerifier([redacted])")
    }
}

impl CodeChallenge {
    /// A challenge as received: checked by its characters and its length only.
    pub fn new(value: &str, method: CodeChallengeMethod) -> Result<Self, InvalidPkceValue> {
        check(value)?;
        Ok(Self {
            value: value.to_owned(),
            method,
        })
    }

    /// The value of `code_challenge`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// The value of `code_challenge_method`.
    #[must_use]
    pub fn method(&self) -> CodeChallengeMethod {
        self.method
    }

    /// Whether the challenge was made from this verifier
    /// ([RFC 7636 §4.6](https://www.rfc-editor.org/rfc/rfc7636#section-4.6)). Compares in constant time.
    #[must_use]
    pub fn verify(&self, verifier: &CodeVerifier) -> bool {
        let expected = verifier.challenge(self.method);
        constant_time::verify_slices_are_equal(self.value.as_bytes(), expected.value.as_bytes())
            .is_ok()
    }
}

/// The grammar of both values, `43*128unreserved`.
fn check(value: &str) -> Result<(), InvalidPkceValue> {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let is_valid = (43..=128).contains(&value.len()) && value.bytes().all(unreserved);
    is_valid.then_some(()).ok_or(InvalidPkceValue)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn verifier(value: &str) -> CodeVerifier {
        value.parse().unwrap()
    }

    #[test]
    fn the_example_of_appendix_b() {
        let challenge = CodeChallenge::new(CHALLENGE, CodeChallengeMethod::S256).unwrap();
        assert!(challenge.verify(&verifier(VERIFIER)));
        assert_eq!(
            verifier(VERIFIER).challenge(CodeChallengeMethod::S256),
            challenge
        );
        assert_eq!(challenge.as_str(), CHALLENGE);
        assert_eq!(challenge.method(), CodeChallengeMethod::S256);
    }

    #[test]
    fn another_verifier_does_not_fit() {
        let changed = VERIFIER.replace("dBj", "dBk");
        for method in CodeChallengeMethod::ALL {
            let challenge = verifier(VERIFIER).challenge(*method);
            assert!(challenge.verify(&verifier(VERIFIER)), "{method}");
            assert!(!challenge.verify(&verifier(&changed)), "{method}");
            assert!(
                !challenge.verify(&verifier(&format!("{VERIFIER}a"))),
                "{method}"
            );
        }
    }

    #[test]
    fn the_challenge_is_no_verifier_of_itself() {
        let challenge = CodeChallenge::new(CHALLENGE, CodeChallengeMethod::S256).unwrap();
        assert!(!challenge.verify(&verifier(CHALLENGE)));
        let plain = CodeChallenge::new(VERIFIER, CodeChallengeMethod::S256).unwrap();
        assert!(!plain.verify(&verifier(VERIFIER)));
    }

    #[test]
    fn characters_and_length() {
        let accepted = [
            "a".repeat(43),
            "a".repeat(128),
            format!("-._~{}", "Z9".repeat(20)),
        ];
        for value in accepted {
            assert!(value.parse::<CodeVerifier>().is_ok(), "{value}");
            assert!(CodeChallenge::new(&value, CodeChallengeMethod::Plain).is_ok());
        }
        let mut refused = vec![String::new(), "a".repeat(42), "a".repeat(129)];
        for char in ["+", "/", "=", " ", "%", "é", "\0"] {
            refused.push(format!("{}{char}", "a".repeat(43)));
        }
        for value in refused {
            assert_eq!(value.parse::<CodeVerifier>().unwrap_err(), InvalidPkceValue);
            assert!(CodeChallenge::new(&value, CodeChallengeMethod::S256).is_err());
        }
    }

    #[test]
    fn methods() {
        assert_eq!("S256".parse(), Ok(CodeChallengeMethod::S256));
        assert_eq!("plain".parse(), Ok(CodeChallengeMethod::Plain));
        for value in ["s256", "PLAIN", ""] {
            assert!(value.parse::<CodeChallengeMethod>().is_err(), "{value:?}");
        }
    }

    #[test]
    fn a_verifier_is_not_printed() {
        assert_eq!(
            format!("{:?}", verifier(VERIFIER)),
            "CodeVerifier([redacted])"
        );
    }
}
