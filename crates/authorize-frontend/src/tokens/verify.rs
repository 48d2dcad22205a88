//! Reading tokens of our own: `id_token_hint` at `/authorize` and at `/oidc/logout`, and access tokens at `/userinfo`.

use doorward_oauth2_types::{Scope, SigningAlg};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::backends::{BackendError, PublicHalf, PublicKey};
use crate::deps::Deps;

/// Clock tolerance in seconds.
const LEEWAY: u64 = 60;

/// Who an access token is about, and what it is good for.
#[derive(Debug)]
pub(crate) struct Bearer {
    pub(crate) sub: String,
    pub(crate) client_id: String,
    pub(crate) scope: Scope,
    /// The API; `None`: the token is for `/userinfo` only.
    pub(crate) audience: Option<String>,
    pub(crate) organization_id: Option<String>,
}

/// A token with a genuine signature: the claims that every token of ours has, and those of its kind. Times are whole
/// seconds; a token with any other value is refused.
#[derive(Debug, Clone, Deserialize)]
struct Genuine<T> {
    #[expect(dead_code, reason = "only its presence and its type count")]
    iat: u64,
    exp: u64,
    /// Ours have none.
    nbf: Option<u64>,
    #[serde(flatten)]
    claims: T,
}

impl<T> Genuine<T> {
    fn has_begun(&self, now: u64) -> bool {
        self.nbf.is_none_or(|nbf| nbf <= now.saturating_add(LEEWAY))
    }

    fn has_expired(&self, now: u64) -> bool {
        self.exp.saturating_add(LEEWAY) <= now
    }
}

/// The session that an ID token is from. Access tokens have no `sid`, so that none can be taken for an ID token, also
/// not one for an API with the name of an application.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct HintedSession {
    pub(crate) sub: String,
    pub(crate) sid: String,
    /// The application.
    pub(crate) aud: String,
}

/// Claims of our JWT access tokens; the client is in `azp` or `client_id`, by the API's dialect.
#[derive(Debug, Clone, Deserialize)]
struct AccessTokenClaims {
    sub: String,
    #[serde(default)]
    scope: String,
    #[serde(alias = "client_id")]
    azp: String,
    /// The API, and `/userinfo`.
    aud: Vec<String>,
    org_id: Option<String>,
}

/// Returns the user that a genuine ID token of this client names, however old it is.
pub(crate) async fn verify_id_token_hint(
    hint: &str,
    client_id: &str,
    deps: &Deps,
) -> Result<Option<String>, BackendError> {
    // mutant: access-token-as-hint
    let hinted = verify::<HintedSession>(hint, Some(client_id), deps).await?;
    Ok(hinted.map(|hinted| hinted.claims.sub))
}

/// Returns the session that a genuine ID token names, however old it is (RP-Initiated Logout §2). The caller checks its
/// `aud`.
pub(crate) async fn verify_logout_hint(
    hint: &str,
    deps: &Deps,
) -> Result<Option<HintedSession>, BackendError> {
    // mutant: access-token-as-logout-hint
    let hinted = verify(hint, None, deps).await?;
    Ok(hinted.map(|hinted| hinted.claims))
}

/// Returns the bearer of an access token that is good for `/userinfo`.
pub(crate) async fn verify_access_token(
    token: &str,
    deps: &Deps,
) -> Result<Option<Bearer>, BackendError> {
    if token.contains('.') {
        return verify_jwt_access_token(token, deps).await;
    }
    let Some(found) = deps.backends.sessions.find_access_token(token).await? else {
        return Ok(None);
    };
    let is_live = found.expires_at > deps.clock.now();
    Ok(is_live.then_some(Bearer {
        sub: found.sub,
        client_id: found.client_id,
        scope: found.scope,
        audience: None,
        organization_id: found.organization_id,
    }))
}

async fn verify_jwt_access_token(token: &str, deps: &Deps) -> Result<Option<Bearer>, BackendError> {
    let audience = deps.issuer.userinfo_endpoint();
    // mutant: id-token-as-access-token, userinfo-for-tokens-of-other-apis (audience)
    let found = verify::<AccessTokenClaims>(token, Some(&audience), deps).await?;
    let live = found.filter(|token| !token.has_expired(now(deps)));
    Ok(live.and_then(|Genuine { claims, .. }| {
        Some(Bearer {
            sub: claims.sub,
            client_id: claims.azp,
            scope: claims.scope.parse().ok()?,
            audience: claims.aud.into_iter().find(|aud| *aud != audience),
            organization_id: claims.org_id,
        })
    }))
}

/// Returns a genuine token; without keys there is no telling. The caller checks whether it has expired, and its
/// audience when it gives none.
async fn verify<T: DeserializeOwned + Clone>(
    token: &str,
    audience: Option<&str>,
    deps: &Deps,
) -> Result<Option<Genuine<T>>, BackendError> {
    // mutant: unknown-key-fetched
    let keys = deps.backends.jwks.keys().await?;
    let expected = expected(deps.issuer.as_str(), audience);
    let found = read::<T>(token, &keys, &expected);
    Ok(found.filter(|token| token.has_begun(now(deps))))
}

fn now(deps: &Deps) -> u64 {
    u64::try_from(deps.clock.now().as_second()).unwrap_or_default()
}

fn expected(issuer: &str, audience: Option<&str>) -> Validation {
    let mut validation = Validation::default();
    // That of the key is added to it.
    validation.algorithms.clear();
    // mutant: expired-hint-refused
    validation.validate_exp = false;
    validation.set_issuer(&[issuer]);
    match audience {
        Some(audience) => validation.set_audience(&[audience]),
        None => validation.validate_aud = false,
    }
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation
}

/// Checks signature, issuer and audience. The `kid` of the header has an effect only as the name of one of our keys.
/// The key has one algorithm, and a token whose header has another is refused (RFC 8725 §3.1). `jwk`, `jku`, `x5u` and
/// `x5c` are ignored (RFC 8725 §3.10), and no key is looked up anywhere else.
fn read<T: DeserializeOwned + Clone>(
    token: &str,
    keys: &[PublicKey],
    expected: &Validation,
) -> Option<Genuine<T>> {
    // mutant: unsigned-token-accepted
    let kid = decode_header(token).ok()?.kid?;
    // mutant: kid-read-as-file, key-in-header-trusted, key-in-header-fetched
    let key = keys.iter().find(|key| key.kid == kid)?;
    let expected = Validation {
        algorithms: vec![algorithm(key.alg)],
        ..expected.clone()
    };
    // mutant: algorithm-of-token-trusted
    let key = decoding_key(&key.half)?;
    // mutant: signature-of-hint-not-checked
    Some(decode(token, &key, &expected).ok()?.claims)
}

fn algorithm(alg: SigningAlg) -> Algorithm {
    match alg {
        SigningAlg::Rs256 => Algorithm::RS256,
        SigningAlg::Ps256 => Algorithm::PS256,
        SigningAlg::Rs512 => Algorithm::RS512,
        SigningAlg::Es256 => Algorithm::ES256,
        SigningAlg::EdDsa => Algorithm::EdDSA,
    }
}

fn decoding_key(half: &PublicHalf) -> Option<DecodingKey> {
    let key = match half {
        PublicHalf::Rsa { n, e } => DecodingKey::from_rsa_components(n, e),
        PublicHalf::P256 { x, y } => DecodingKey::from_ec_components(x, y),
        PublicHalf::Ed25519 { x } => DecodingKey::from_ed_components(x),
    };
    key.ok()
}

#[cfg(test)]
mod tests;
