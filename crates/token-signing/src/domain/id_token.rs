//! ID tokens, OpenID Connect Core §2.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_oauth2_types::ClaimSet;
use jiff::Timestamp;
use serde::Serialize;

use super::{CustomClaims, Issuer, Lifetime};

/// An ID token to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdToken {
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
            at_hash: access_token.map(at_hash),
            auth_time: self.auth_time.as_second(),
            sid: &self.sid,
            org_id: self.org_id.as_deref(),
            org_name: self.org_name.as_deref(),
        }
    }
}

/// Binds an access token to the ID token that it is issued with, OpenID Connect Core §3.2.2.9: the left half of its
/// hash.
fn at_hash(access_token: &str) -> String {
    let hash = digest(&SHA256, access_token.as_bytes());
    // mutant: at-hash-of-right-half
    BASE64_URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OpenID Connect Core, appendix A.3: the answer to `response_type=id_token token`.
    #[test]
    fn the_at_hash_of_the_specification() {
        assert_eq!(
            at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }
}
