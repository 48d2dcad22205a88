//! `alg`: how a token is signed.

use crate::text_enum;

text_enum! {
    /// Algorithm of a token's signature that Doorward can make. RS256 comes first: every deployment has it.
    ///
    /// See [RFC 7518 §3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1) and
    /// [RFC 8037 §3.1](https://www.rfc-editor.org/rfc/rfc8037#section-3.1).
    #[derive(Default, PartialOrd, Ord)]
    pub enum SigningAlg {
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        #[default]
        Rs256 = "RS256",
        /// RSASSA-PSS with SHA-256.
        Ps256 = "PS256",
        /// RSASSA-PKCS1-v1_5 with SHA-512.
        Rs512 = "RS512",
        /// ECDSA on the curve P-256 with SHA-256.
        Es256 = "ES256",
        /// `EdDSA` with Ed25519.
        EdDsa = "EdDSA",
    }
}
