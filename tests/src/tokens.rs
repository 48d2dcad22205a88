//! The checks of an application on its tokens, with the keys of the JWKS.

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{Jwk, JwkSet, KeyAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;

use crate::{Agent, Deployment};

/// A deployment's public keys.
#[derive(Debug)]
pub struct Keys {
    issuer: String,
    keys: JwkSet,
}

impl Keys {
    /// Fetches the keys from the URL in the discovery document.
    pub async fn fetch(deployment: &Deployment) -> Self {
        let agent = Agent::new(deployment);
        let discovery = agent.get("/.well-known/openid-configuration").await.json();
        let jwks_uri = discovery["jwks_uri"]
            .as_str()
            .expect("jwks_uri is a string");
        let keys = serde_json::from_value(agent.get(jwks_uri).await.json());
        Self {
            issuer: deployment.issuer().to_string(),
            keys: keys.expect("the keys are a JWK set"),
        }
    }

    /// Fetches the keys of any issuer, ours or not.
    pub async fn fetch_from(issuer: &str) -> Self {
        let json = async |url: &str| {
            let answer = reqwest::get(url).await.expect("the issuer answers");
            answer.json::<Value>().await.expect("the answer is JSON")
        };
        let well_known = "/.well-known/openid-configuration";
        let discovery = json(&format!("{}{well_known}", issuer.trim_end_matches('/'))).await;
        let jwks_uri = discovery["jwks_uri"]
            .as_str()
            .expect("jwks_uri is a string");
        let keys = serde_json::from_value(json(jwks_uri).await);
        Self {
            issuer: issuer.to_owned(),
            keys: keys.expect("the keys are a JWK set"),
        }
    }

    /// Checks signature, issuer, audience and expiry of a token, and returns its claims.
    #[must_use]
    #[track_caller]
    pub fn verify(&self, token: &str, audience: &str) -> Value {
        let header = decode_header(token).expect("the token has a header");
        let kid = header.kid.expect("the header names its key");
        let key = self.keys.find(&kid).expect("the key is published");
        let mut expected = Validation::new(algorithm(key));
        expected.set_issuer(&[&self.issuer]);
        expected.set_audience(&[audience]);
        expected.set_required_spec_claims(&["iss", "sub", "aud", "exp", "iat"]);
        let key = DecodingKey::from_jwk(key).expect("the key is usable");
        decode(token, &key, &expected)
            .expect("the token is good")
            .claims
    }
}

/// The algorithm that a key is for; RS256 for a key that does not say.
fn algorithm(key: &Jwk) -> Algorithm {
    match key.common.key_algorithm {
        Some(KeyAlgorithm::PS256) => Algorithm::PS256,
        Some(KeyAlgorithm::RS512) => Algorithm::RS512,
        Some(KeyAlgorithm::ES256) => Algorithm::ES256,
        Some(KeyAlgorithm::EdDSA) => Algorithm::EdDSA,
        _ => Algorithm::RS256,
    }
}

/// The claims of a token, unverified.
#[must_use]
#[track_caller]
pub fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a JWT has three parts");
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    serde_json::from_slice(&payload).expect("the payload is JSON")
}

/// The header of a token, unverified.
#[must_use]
#[track_caller]
pub fn header(token: &str) -> Value {
    let header = token.split('.').next().expect("a JWT has three parts");
    let header = BASE64_URL_SAFE_NO_PAD.decode(header).expect("base64url");
    serde_json::from_slice(&header).expect("the header is JSON")
}

/// The expected `at_hash` beside an ID token by RS256, OIDC Core §3.2.2.9.
#[must_use]
pub fn left_half_hash(token: &str) -> String {
    left_half_hash_for(token, "RS256")
}

/// The expected `at_hash` beside an ID token by that algorithm.
#[must_use]
pub fn left_half_hash_for(token: &str, alg: &str) -> String {
    let hash = match alg {
        "RS512" | "EdDSA" => &SHA512,
        _ => &SHA256,
    };
    let hash = digest(hash, token.as_bytes());
    let (left, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    BASE64_URL_SAFE_NO_PAD.encode(left)
}
