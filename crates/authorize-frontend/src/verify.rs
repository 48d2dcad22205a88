//! Reading tokens that we issued: `id_token_hint`, and access tokens at `/userinfo`.

use doorward_oauth2_types::Scope;
use doorward_proto::from_timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::backends::BackendError;
use crate::deps::Deps;

/// Clock tolerance in seconds.
const LEEWAY: u64 = 60;

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

/// Claims of our JWT access tokens; which application it is for stands in one of two places.
#[derive(Clone, Deserialize)]
struct AccessTokenClaims {
    sub: String,
    #[serde(default)]
    scope: String,
    #[serde(alias = "client_id")]
    azp: String,
}

/// The user that a genuine ID token of this client names, however old it is.
pub(crate) fn verify_id_token_hint(hint: &str, client_id: &str, deps: &Deps) -> Option<String> {
    let mut validation = validation(deps, client_id);
    validation.validate_exp = false;
    verify::<HintClaims>(hint, &validation, deps).map(|claims| claims.sub)
}

/// Whoever bears this access token, if it is good for `/userinfo`.
pub(crate) async fn verify_access_token(
    token: &str,
    deps: &Deps,
) -> Result<Option<Bearer>, BackendError> {
    if token.contains('.') {
        return Ok(verify_jwt_access_token(token, deps));
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

fn verify_jwt_access_token(token: &str, deps: &Deps) -> Option<Bearer> {
    let validation = validation(deps, &deps.issuer.userinfo_endpoint());
    let claims: AccessTokenClaims = verify(token, &validation, deps)?;
    Some(Bearer {
        sub: claims.sub,
        client_id: claims.azp,
        scope: claims.scope.parse().ok()?,
    })
}

/// The algorithm is ours to choose, never the token's (RFC 8725 §3.1).
fn validation(deps: &Deps, audience: &str) -> Validation {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.leeway = LEEWAY;
    validation.set_issuer(&[deps.issuer.as_str()]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation
}

fn verify<T: DeserializeOwned + Clone>(
    token: &str,
    validation: &Validation,
    deps: &Deps,
) -> Option<T> {
    let kid = decode_header(token).ok()?.kid?;
    let keys = deps.backends.jwks.keys();
    let key = keys.iter().find(|key| key.kid == kid)?;
    let key = DecodingKey::from_rsa_components(&key.n, &key.e).ok()?;
    Some(decode::<T>(token, &key, validation).ok()?.claims)
}
