//! Checks an access token: signature, issuer, audience, expiry.

use doorward_proto::token_signing::v1::JsonWebKey;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

use super::Refusal;

/// The claims that the API reads.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) sub: String,
    #[serde(default)]
    pub(super) scope: String,
}

/// Returns the claims of a token that one of the keys signed, for this API, and that has not expired.
pub(super) fn verify(
    token: &str,
    keys: &[JsonWebKey],
    issuer: &str,
    audience: &str,
) -> Result<Claims, Refusal> {
    let kid = decode_header(token).ok().and_then(|header| header.kid);
    let key = keys
        .iter()
        .find(|key| Some(&key.kid) == kid.as_ref() && key.alg == "RS256")
        .ok_or(Refusal::InvalidToken)?;
    let key =
        DecodingKey::from_rsa_components(&key.n, &key.e).map_err(|_| Refusal::InvalidToken)?;
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
    rules.set_issuer(&[issuer]);
    rules.set_audience(&[audience]);
    rules.leeway = 0;
    let decoded = decode(token, &key, &rules).map_err(|_| Refusal::InvalidToken)?;
    Ok(decoded.claims)
}
