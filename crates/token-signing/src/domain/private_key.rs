//! The private half of a signing key, wherever it is.

use super::SigningError;

/// A private key that signs with one algorithm.
pub(crate) trait PrivateKey: Send + Sync {
    /// The signature of a token: RFC 7518 §3.3 to §3.5, or RFC 8037 §3.1. May block where the key is not in memory.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError>;
}
