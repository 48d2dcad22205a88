//! Reading tokens that we issued: `id_token_hint` at `/authorize` and at `/oidc/logout`, and access tokens at `/userinfo`.

use doorward_oauth2_types::Scope;
use doorward_proto::from_timestamp;
use doorward_proto::token_signing::v1::JsonWebKey;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::backends::BackendError;
use crate::deps::Deps;

/// Ours to choose, never the token's (RFC 8725 §3.1).
const ALGORITHM: Algorithm = Algorithm::RS256;
/// Clock tolerance in seconds.
const LEEWAY: i64 = 60;

/// What an access token says of its bearer.
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

/// Whose session an ID token is from. Access tokens have no `sid`, so none can be taken for an ID token.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct HintedSession {
    pub(crate) sub: String,
    pub(crate) sid: String,
    /// The application.
    pub(crate) aud: String,
}

/// Claims of our JWT access tokens; which application it is for stands in one of two places.
#[derive(Clone, Deserialize)]
struct AccessTokenClaims {
    sub: String,
    #[serde(default)]
    scope: String,
    #[serde(alias = "client_id")]
    azp: String,
    exp: i64,
}

/// The user that a genuine ID token of this client names, however old it is.
pub(crate) fn verify_id_token_hint(
    hint: &str,
    client_id: &str,
    deps: &Deps,
) -> Result<Option<String>, BackendError> {
    let claims = verify::<HintClaims>(hint, Some(client_id), deps)?;
    Ok(claims.map(|claims| claims.sub))
}

/// The session that a genuine ID token names, however old it is (RP-Initiated Logout §2). The caller looks at its `aud`.
pub(crate) fn verify_logout_hint(
    hint: &str,
    deps: &Deps,
) -> Result<Option<HintedSession>, BackendError> {
    verify(hint, None, deps)
}

/// Whoever bears this access token, if it is good for `/userinfo`.
pub(crate) async fn verify_access_token(
    token: &str,
    deps: &Deps,
) -> Result<Option<Bearer>, BackendError> {
    if token.contains('.') {
        return verify_jwt_access_token(token, deps);
    }
    let Some(found) = deps.backends.sessions.find_access_token(token).await? else {
        return Ok(None);
    };
    let live = from_timestamp(found.expires_at, "expires_at").is_ok_and(|at| at > deps.clock.now());
    let scope = Scope::from_tokens(&found.scopes).ok();
    Ok(scope.filter(|_| live).map(|scope| Bearer {
        sub: found.user_id,
        client_id: found.client_id,
        scope,
    }))
}

fn verify_jwt_access_token(token: &str, deps: &Deps) -> Result<Option<Bearer>, BackendError> {
    let now = deps.clock.now().as_second();
    let claims: Option<AccessTokenClaims> =
        verify(token, Some(&deps.issuer.userinfo_endpoint()), deps)?;
    let live = claims.filter(|claims| claims.exp.saturating_add(LEEWAY) > now);
    Ok(live.and_then(|claims| {
        Some(Bearer {
            sub: claims.sub,
            client_id: claims.azp,
            scope: claims.scope.parse().ok()?,
        })
    }))
}

/// The claims, if the token is genuine; whether it is cannot be told without keys. The caller looks at its age, and at the
/// audience when it gives none.
fn verify<T: DeserializeOwned + Clone>(
    token: &str,
    audience: Option<&str>,
    deps: &Deps,
) -> Result<Option<T>, BackendError> {
    let keys = deps.backends.jwks.keys()?;
    let mut validation = Validation::new(ALGORITHM);
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
    keys: &[JsonWebKey],
    validation: &Validation,
) -> Option<T> {
    let kid = decode_header(token).ok()?.kid?;
    let key = keys.iter().find(|key| key.kid == kid)?;
    let key = DecodingKey::from_rsa_components(&key.n, &key.e).ok()?;
    Some(decode::<T>(token, &key, validation).ok()?.claims)
}
