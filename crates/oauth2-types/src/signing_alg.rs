//! `alg`: how a token is signed.

use crate::text_enum;

text_enum! {
    /// Algorithm of a token's signature that Doorward can make.
    ///
    /// See [RFC 7518 §3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1).
    #[derive(Default)]
    pub enum SigningAlg {
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        #[default]
        Rs256 = "RS256",
    }
}
