//! ID tokens, OpenID Connect Core §2.

use aws_lc_rs::digest::digest;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_oauth2_types::{ClaimSet, SigningAlg};
use jiff::Timestamp;
use serde::Serialize;

use super::key_pair::hash;
use super::{CustomClaims, Issuer, Lifetime};

/// An ID token to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdToken {
    pub(crate) alg: SigningAlg,
    pub(crate) sub: String,
    pub(crate) aud: String,
    pub(crate) nonce: Option<String>,
    pub(crate) auth_time: Timestamp,
    pub(crate) sid: String,
    pub(crate) org_id: Option<String>,
    pub(crate) org_name: Option<String>,
    pub(crate) lifetime: Lifetime,
    /// Already cut to the granted scope.
    pub(crate) claims: ClaimSet,
    /// None of them is in `claims`.
    pub(crate) custom_claims: CustomClaims,
}

/// The payload of an ID token.
#[derive(Debug, Serialize)]
pub(crate) struct IdTokenClaims<'a> {
    #[serde(flatten)]
    claims: &'a ClaimSet,
    #[serde(flatten)]
    custom_claims: &'a CustomClaims,
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_hash: Option<String>,
    auth_time: i64,
    sid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_name: Option<&'a str>,
}

impl IdToken {
    pub(crate) const TYP: &str = "JWT";

    /// `access_token` is the one of the same answer.
    pub(crate) fn claims<'a>(
        &'a self,
        issuer: &'a Issuer,
        now: Timestamp,
        access_token: Option<&str>,
    ) -> IdTokenClaims<'a> {
        IdTokenClaims {
            claims: &self.claims,
            custom_claims: &self.custom_claims,
            iss: issuer.as_str(),
            sub: &self.sub,
            aud: &self.aud,
            iat: now.as_second(),
            exp: now.as_second() + self.lifetime.as_seconds(),
            nonce: self.nonce.as_deref(),
            at_hash: access_token.map(|token| at_hash(token, self.alg)),
            auth_time: self.auth_time.as_second(),
            sid: &self.sid,
            org_id: self.org_id.as_deref(),
            org_name: self.org_name.as_deref(),
        }
    }
}

/// Binds an access token to the ID token that it is issued with, OpenID Connect Core §3.2.2.9: the left half of its
/// hash. `alg` is that of the ID token.
fn at_hash(access_token: &str, alg: SigningAlg) -> String {
    let hash = digest(hash(alg), access_token.as_bytes());
    let hash = hash.as_ref();
    // mutant: at-hash-of-right-half
    BASE64_URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OpenID Connect Core, appendix A.3: the answer to `response_type=id_token token`.
    #[test]
    fn the_at_hash_of_the_specification() {
        for alg in [SigningAlg::Rs256, SigningAlg::Ps256, SigningAlg::Es256] {
            assert_eq!(
                at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", alg),
                "77QmUPtjPfzWtF2AnpK9RQ"
            );
        }
    }

    /// FIPS 180-4: SHA-512 of "abc" begins with these bytes.
    #[test]
    fn the_at_hash_by_sha_512_is_the_left_half() {
        const LEFT: [u8; 32] = [
            0xdd, 0xaf, 0x35, 0xa1, 0x93, 0x61, 0x7a, 0xba, 0xcc, 0x41, 0x73, 0x49, 0xae, 0x20,
            0x41, 0x31, 0x12, 0xe6, 0xfa, 0x4e, 0x89, 0xa9, 0x7e, 0xa2, 0x0a, 0x9e, 0xee, 0xe6,
            0x4b, 0x55, 0xd3, 0x9a,
        ];
        for alg in [SigningAlg::Rs512, SigningAlg::EdDsa] {
            assert_eq!(at_hash("abc", alg), BASE64_URL_SAFE_NO_PAD.encode(LEFT));
        }
    }
}
