//! Values to messages and back.

use std::fmt;

use doorward_oauth2_types::StandardClaim;
use doorward_proto::to_timestamp;
use doorward_proto::token_signing::v1 as wire;
use doorward_proto::token_signing::v1::sign_tokens_request::AccessToken;

use super::{
    AccessTokenBesideIdToken, AccessTokenToSign, Certificate, IdTokenToSign, PublicKey, PublicKeys,
    SignedTokens, TokensToSign,
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
        Self {
            access_token: response.access_token,
            id_token: response.id_token,
            kid: Some(response.kid).filter(|kid| !kid.is_empty()),
        }
    }
}

impl From<wire::GetJwksResponse> for PublicKeys {
    fn from(response: wire::GetJwksResponse) -> Self {
        Self {
            revision: response.revision,
            keys: response.keys.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<wire::WatchJwksResponse> for PublicKeys {
    fn from(response: wire::WatchJwksResponse) -> Self {
        let wire::WatchJwksResponse { keys, revision } = response;
        wire::GetJwksResponse { keys, revision }.into()
    }
}

impl From<wire::JsonWebKey> for PublicKey {
    fn from(key: wire::JsonWebKey) -> Self {
        Self {
            kid: key.kid,
            alg: key.alg,
            n: key.n,
            e: key.e,
            certificate: (!key.x5c.is_empty()).then_some(Certificate {
                x5c: key.x5c,
                x5t: key.x5t,
            }),
        }
    }
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
