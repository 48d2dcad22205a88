//! Making tokens. Nothing else has tokens signed.

use std::time::{Duration, Instant};

use doorward_oauth2_types::ResponseType;
use doorward_service_kit::secret;
use jiff::SignedDuration;

use super::{Grant, claims};
use crate::backends::{
    AccessTokenBesideIdToken, BackendError, KeptAccessToken, SignedTokens, TokensToSign,
};
use crate::deps::Deps;

/// How long a replica of `token-signing` may not know that a key is revoked: it polls its store four times a second.
const UNTIL_ALL_KNOW: Duration = Duration::from_millis(300);

/// Which tokens to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Requested {
    pub(crate) access_token: bool,
    pub(crate) id_token: bool,
}

/// The tokens that go straight into the answer; a code is exchanged for its own later.
impl From<ResponseType> for Requested {
    fn from(response_type: ResponseType) -> Self {
        Self {
            access_token: response_type.has_token(),
            id_token: response_type.has_id_token(),
        }
    }
}

/// The requested tokens, and no others.
#[derive(Debug)]
pub(crate) struct Minted {
    pub(crate) access_token: Option<AccessToken>,
    pub(crate) id_token: Option<String>,
}

/// An access token and what the client needs to know of it (RFC 6749 §5.1).
#[derive(Debug)]
pub(crate) struct AccessToken {
    pub(crate) value: String,
    /// In seconds.
    pub(crate) expires_in: u32,
    pub(crate) scope: String,
}

/// No tokens were made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MintError {
    /// A backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// `token-signing` left out a token that it was asked for, or added one.
    #[error("token-signing did not return the tokens that it was asked for")]
    Incomplete,
}

/// Makes the requested tokens. An access token without an API is opaque: what it stands for is kept by `session`.
pub(crate) async fn mint(
    grant: &Grant,
    requested: Requested,
    deps: &Deps,
) -> Result<Minted, MintError> {
    let opaque = (requested.access_token && grant.api.is_none()).then(secret);
    let (kept, signed) = tokio::join!(
        keep(opaque.as_deref(), grant, deps),
        sign(opaque.as_deref(), grant, requested, deps)
    );
    kept?;
    complete(grant, requested, opaque, signed?).ok_or(MintError::Incomplete)
}

/// Pairs the tokens with what they were requested as; `None`: they do not match.
fn complete(
    grant: &Grant,
    requested: Requested,
    opaque: Option<String>,
    signed: SignedTokens,
) -> Option<Minted> {
    let access_token = opaque.or(signed.access_token);
    let matches = access_token.is_some() == requested.access_token
        && signed.id_token.is_some() == requested.id_token;
    matches.then(|| Minted {
        access_token: access_token.map(|value| AccessToken {
            value,
            // mutant: expires-in-not-of-the-token
            expires_in: grant.access_token_lifetime_seconds(),
            scope: grant.scope.to_string(),
        }),
        id_token: signed.id_token,
    })
}

/// Stores what an opaque token stands for; a JWT carries it.
async fn keep(opaque: Option<&str>, grant: &Grant, deps: &Deps) -> Result<(), BackendError> {
    let Some(token) = opaque else {
        return Ok(());
    };
    let lifetime = SignedDuration::from_secs(grant.access_token_lifetime_seconds().into());
    let kept = KeptAccessToken {
        sub: grant.sub().into_owned(),
        client_id: grant.client.client_id.clone(),
        scope: grant.scope.clone(),
        expires_at: deps.clock.now() + lifetime,
        organization_id: grant.organization_id(),
    };
    deps.backends.sessions.add_access_token(token, kept).await
}

/// Signs with keys that this process publishes. For a moment after an emergency rotation a replica may not know of it,
/// and sign with the revoked key; its tokens are thrown away.
async fn sign(
    opaque: Option<&str>,
    grant: &Grant,
    requested: Requested,
    deps: &Deps,
) -> Result<SignedTokens, BackendError> {
    let signed = sign_once(opaque, grant, requested, deps).await?;
    if is_published(&signed, deps).await.is_ok() {
        return Ok(signed);
    }
    tokio::time::sleep(UNTIL_ALL_KNOW).await;
    let signed = sign_once(opaque, grant, requested, deps).await?;
    is_published(&signed, deps).await?;
    Ok(signed)
}

async fn sign_once(
    opaque: Option<&str>,
    grant: &Grant,
    requested: Requested,
    deps: &Deps,
) -> Result<SignedTokens, BackendError> {
    match to_sign(opaque, grant, requested, || deps.issuer.userinfo_endpoint()) {
        Some(tokens) => {
            let begin = Instant::now();
            let signed = deps.backends.token_signing.sign(tokens).await;
            deps.workload.signed(begin.elapsed());
            signed
        }
        None => Ok(SignedTokens::default()),
    }
}

async fn is_published(signed: &SignedTokens, deps: &Deps) -> Result<(), BackendError> {
    for kid in &signed.kids {
        deps.backends.jwks.require(kid).await?;
    }
    Ok(())
}

/// `None`: there is nothing to sign, as with an opaque token alone.
fn to_sign(
    opaque: Option<&str>,
    grant: &Grant,
    requested: Requested,
    userinfo_endpoint: impl FnOnce() -> String,
) -> Option<TokensToSign> {
    let jwt = || {
        let api = grant.api.as_ref().filter(|_| requested.access_token)?;
        let claims = claims::access_token(grant, api, userinfo_endpoint());
        Some(AccessTokenBesideIdToken::Jwt(claims))
    };
    let id_token = requested.id_token.then(|| claims::id_token(grant));
    let access_token = match opaque {
        Some(_) if id_token.is_none() => None,
        Some(token) => Some(AccessTokenBesideIdToken::Opaque(token.to_owned())),
        None => jwt(),
    };
    (access_token.is_some() || id_token.is_some()).then_some(TokensToSign {
        access_token,
        id_token,
    })
}

#[cfg(test)]
mod tests {
    use super::super::grant::tests::{api, grant};
    use super::*;

    fn requested(response_type: &str) -> Requested {
        response_type.parse::<ResponseType>().unwrap().into()
    }

    fn signed(access_token: Option<&str>, id_token: Option<&str>) -> SignedTokens {
        SignedTokens {
            access_token: access_token.map(str::to_owned),
            id_token: id_token.map(str::to_owned),
            kids: Vec::new(),
        }
    }

    #[test]
    fn what_is_signed() {
        let for_api = Grant {
            api: Some(api()),
            ..grant()
        };
        // Opaque token, grant, response type; the access token that is signed or hashed, and whether there is an ID
        // token.
        let cases = [
            (Some("secret"), &grant(), "token", None),
            (
                Some("secret"),
                &grant(),
                "id_token token",
                Some((Some("opaque"), true)),
            ),
            (None, &grant(), "id_token", Some((None, true))),
            (None, &for_api, "token", Some((Some("jwt"), false))),
            (None, &for_api, "id_token token", Some((Some("jwt"), true))),
            (None, &for_api, "id_token", Some((None, true))),
            (None, &for_api, "code", None),
        ];
        for (opaque, grant, response_type, expected) in cases {
            let tokens = to_sign(opaque, grant, requested(response_type), String::new);
            let found = tokens.map(|tokens| {
                let form = tokens.access_token.map(|token| match token {
                    AccessTokenBesideIdToken::Jwt(_) => "jwt",
                    AccessTokenBesideIdToken::Opaque(_) => "opaque",
                });
                (form, tokens.id_token.is_some())
            });
            assert_eq!(found, expected, "{response_type} {:?}", grant.api);
        }
    }

    #[test]
    fn what_was_requested_and_nothing_else() {
        let complete = |response_type, opaque: Option<&str>, signed| {
            complete(
                &grant(),
                requested(response_type),
                opaque.map(str::to_owned),
                signed,
            )
        };
        let minted = complete("id_token token", Some("secret"), signed(None, Some("jwt"))).unwrap();
        let access_token = minted.access_token.unwrap();
        assert_eq!(access_token.value, "secret");
        assert_eq!(access_token.expires_in, 7_200);
        assert_eq!(access_token.scope, "openid read:mail");
        assert_eq!(minted.id_token.as_deref(), Some("jwt"));
        assert!(complete("token", None, signed(Some("jwt"), None)).is_some());

        assert!(complete("id_token token", None, signed(None, Some("jwt"))).is_none());
        assert!(complete("id_token token", Some("secret"), signed(None, None)).is_none());
        assert!(complete("id_token", None, signed(Some("jwt"), Some("jwt"))).is_none());
        assert!(complete("token", Some("secret"), signed(None, Some("jwt"))).is_none());
    }
}
