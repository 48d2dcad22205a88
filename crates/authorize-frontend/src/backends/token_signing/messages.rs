//! Values to messages and back.

use std::fmt;

use doorward_oauth2_types::{SigningAlg, StandardClaim};
use doorward_proto::token_signing::v1 as wire;
use doorward_proto::token_signing::v1::sign_tokens_request::AccessToken;
use doorward_proto::{WireEnum, to_timestamp};

use super::{
    AccessTokenBesideIdToken, AccessTokenToSign, Certificate, IdTokenToSign, PublicHalf, PublicKey,
    PublicKeys, SignedTokens, TokensToSign,
};

impl From<TokensToSign> for wire::SignTokensRequest {
    fn from(tokens: TokensToSign) -> Self {
        Self {
            access_token: tokens.access_token.map(Into::into),
            id_token: tokens.id_token.map(Into::into),
        }
    }
}

impl From<AccessTokenBesideIdToken> for AccessToken {
    fn from(token: AccessTokenBesideIdToken) -> Self {
        match token {
            AccessTokenBesideIdToken::Jwt(claims) => Self::JwtAccessToken(claims.into()),
            AccessTokenBesideIdToken::Opaque(token) => Self::OpaqueAccessToken(token),
        }
    }
}

impl From<AccessTokenToSign> for wire::AccessTokenClaims {
    fn from(token: AccessTokenToSign) -> Self {
        let dialect = if token.is_rfc9068 {
            wire::TokenDialect::Rfc9068Profile
        } else {
            wire::TokenDialect::AccessToken
        };
        Self {
            alg: token.alg.to_wire(),
            sub: token.sub,
            aud: token.aud,
            client_id: token.client_id,
            scopes: token.scope.iter().map(str::to_owned).collect(),
            lifetime_seconds: token.lifetime_seconds,
            dialect: dialect.into(),
            org_id: token.organization_id.unwrap_or_default(),
            org_name: token.organization_name.unwrap_or_default(),
            permissions: token.permissions.map(|values| wire::Permissions { values }),
            custom_claims_json: token.custom_claims,
        }
    }
}

impl From<IdTokenToSign> for wire::IdTokenClaims {
    fn from(mut token: IdTokenToSign) -> Self {
        let numeric_updated_at = token.claims.has_numeric_updated_at();
        let mut instant = |claim| token.claims.remove_instant(claim).map(to_timestamp);
        Self {
            alg: token.alg.to_wire(),
            sub: token.sub,
            aud: token.aud,
            nonce: token.nonce,
            auth_time: token.auth_time.map(to_timestamp),
            sid: token.sid.unwrap_or_default(),
            org_id: token.organization_id.unwrap_or_default(),
            org_name: token.organization_name.unwrap_or_default(),
            lifetime_seconds: token.lifetime_seconds,
            updated_at: instant(StandardClaim::UpdatedAt),
            numeric_updated_at,
            created_at: instant(StandardClaim::CreatedAt),
            claims: Some(token.claims.into()),
            custom_claims_json: token.custom_claims,
        }
    }
}

impl From<wire::SignTokensResponse> for SignedTokens {
    fn from(response: wire::SignTokensResponse) -> Self {
        let kids = [response.access_token_kid, response.id_token_kid];
        Self {
            access_token: response.access_token,
            id_token: response.id_token,
            kids: kids.into_iter().flatten().collect(),
        }
    }
}

impl From<wire::GetJwksResponse> for PublicKeys {
    fn from(response: wire::GetJwksResponse) -> Self {
        Self {
            revision: response.revision,
            keys: response.keys.into_iter().filter_map(public_key).collect(),
        }
    }
}

impl From<wire::WatchJwksResponse> for PublicKeys {
    fn from(response: wire::WatchJwksResponse) -> Self {
        let wire::WatchJwksResponse { keys, revision } = response;
        wire::GetJwksResponse { keys, revision }.into()
    }
}

/// `None`: the algorithm is one of a newer version.
fn public_key(key: wire::JsonWebKey) -> Option<PublicKey> {
    let alg = key.alg.parse().ok()?;
    let half = match alg {
        SigningAlg::Rs256 | SigningAlg::Ps256 | SigningAlg::Rs512 => {
            let (n, e) = (key.n, key.e);
            PublicHalf::Rsa { n, e }
        }
        SigningAlg::Es256 => PublicHalf::P256 { x: key.x, y: key.y },
        SigningAlg::EdDsa => PublicHalf::Ed25519 { x: key.x },
    };
    Some(PublicKey {
        kid: key.kid,
        alg,
        is_current: key.is_current,
        half,
        certificate: (!key.x5c.is_empty()).then_some(Certificate {
            x5c: key.x5c,
            x5t: key.x5t,
        }),
    })
}

/// Tokens are not printed.
impl fmt::Debug for AccessTokenBesideIdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jwt(claims) => f.debug_tuple("Jwt").field(claims).finish(),
            Self::Opaque(_) => f.write_str("Opaque([redacted])"),
        }
    }
}

impl fmt::Debug for SignedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedTokens([redacted])")
    }
}
