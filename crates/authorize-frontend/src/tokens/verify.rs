//! Reading tokens of our own: `id_token_hint` at `/authorize` and at `/oidc/logout`, and access tokens at `/userinfo`.

use doorward_oauth2_types::Scope;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::backends::{BackendError, PublicKey};
use crate::deps::Deps;

/// Ours to choose, never the token's (RFC 8725 §3.1).
const ALGORITHM: Algorithm = Algorithm::RS256;
/// Clock tolerance in seconds.
const LEEWAY: i64 = 60;

/// Who an access token is about, and what it is good for.
#[derive(Debug)]
pub(crate) struct Bearer {
    pub(crate) sub: String,
    pub(crate) client_id: String,
    pub(crate) scope: Scope,
}

#[derive(Clone, Deserialize)]
struct HintClaims {
    sub: String,
}

/// The session that an ID token is from. Access tokens have no `sid`, so that none can be taken for an ID token.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct HintedSession {
    pub(crate) sub: String,
    pub(crate) sid: String,
    /// The application.
    pub(crate) aud: String,
}

/// Claims of our JWT access tokens; the client is in `azp` or `client_id`, by the API's dialect.
#[derive(Clone, Deserialize)]
struct AccessTokenClaims {
    sub: String,
    #[serde(default)]
    scope: String,
    #[serde(alias = "client_id")]
    azp: String,
    exp: i64,
}

/// Returns the user that a genuine ID token of this client names, however old it is.
pub(crate) async fn verify_id_token_hint(
    hint: &str,
    client_id: &str,
    deps: &Deps,
) -> Result<Option<String>, BackendError> {
    let claims = verify::<HintClaims>(hint, Some(client_id), deps).await?;
    Ok(claims.map(|claims| claims.sub))
}

/// Returns the session that a genuine ID token names, however old it is (RP-Initiated Logout §2). The caller checks its
/// `aud`.
pub(crate) async fn verify_logout_hint(
    hint: &str,
    deps: &Deps,
) -> Result<Option<HintedSession>, BackendError> {
    verify(hint, None, deps).await
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
    }))
}

async fn verify_jwt_access_token(token: &str, deps: &Deps) -> Result<Option<Bearer>, BackendError> {
    let now = deps.clock.now().as_second();
    let claims: Option<AccessTokenClaims> =
        verify(token, Some(&deps.issuer.userinfo_endpoint()), deps).await?;
    let live = claims.filter(|claims| claims.exp.saturating_add(LEEWAY) > now);
    Ok(live.and_then(|claims| {
        Some(Bearer {
            sub: claims.sub,
            client_id: claims.azp,
            scope: claims.scope.parse().ok()?,
        })
    }))
}

/// Returns the claims of a genuine token; without keys there is no telling. The caller checks its age, and its audience
/// when it gives none.
async fn verify<T: DeserializeOwned + Clone>(
    token: &str,
    audience: Option<&str>,
    deps: &Deps,
) -> Result<Option<T>, BackendError> {
    let keys = deps.backends.jwks.keys().await?;
    let mut validation = Validation::new(ALGORITHM);
    // mutant: userinfo-for-tokens-of-other-apis (audience), expired-hint-refused
    validation.validate_exp = false;
    validation.set_issuer(&[deps.issuer.as_str()]);
    match audience {
        Some(audience) => validation.set_audience(&[audience]),
        None => validation.validate_aud = false,
    }
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    Ok(claims(token, &keys, &validation))
}

fn claims<T: DeserializeOwned + Clone>(
    token: &str,
    keys: &[PublicKey],
    validation: &Validation,
) -> Option<T> {
    let kid = decode_header(token).ok()?.kid?;
    let key = keys.iter().find(|key| key.kid == kid)?;
    let key = DecodingKey::from_rsa_components(&key.n, &key.e).ok()?;
    // mutant: signature-of-hint-not-checked
    Some(decode::<T>(token, &key, validation).ok()?.claims)
}
