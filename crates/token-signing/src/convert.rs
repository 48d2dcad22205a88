//! Messages to domain types and back.

use doorward_proto::common::v1::UserClaims;
use doorward_proto::token_signing::v1 as wire;
use doorward_proto::token_signing::v1::sign_tokens_request::AccessToken as WireAccessToken;
use doorward_proto::{InvalidField, from_timestamp};

use crate::domain::{
    AccessToken, AccompanyingToken, Audience, Dialect, IdToken, Lifetime, Permissions,
    ProfileClaims, PublicKey, SignedTokens, SigningKey, TokenRequest, instant_claim,
};

impl TryFrom<wire::SignTokensRequest> for TokenRequest {
    type Error = InvalidField;

    fn try_from(request: wire::SignTokensRequest) -> Result<Self, InvalidField> {
        let access_token = request.access_token.map(TryInto::try_into).transpose()?;
        let id_token = request.id_token.map(TryInto::try_into).transpose()?;
        match (&access_token, &id_token) {
            (None, None) => Err(InvalidField::new("id_token", "no token is asked for")),
            (Some(AccompanyingToken::Opaque(_)), None) => Err(InvalidField::new(
                "id_token",
                "is missing: an opaque token is not signed",
            )),
            _ => Ok(Self {
                access_token,
                id_token,
            }),
        }
    }
}

impl TryFrom<WireAccessToken> for AccompanyingToken {
    type Error = InvalidField;

    fn try_from(token: WireAccessToken) -> Result<Self, InvalidField> {
        Ok(match token {
            WireAccessToken::JwtAccessToken(claims) => Self::Jwt(claims.try_into()?),
            WireAccessToken::OpaqueAccessToken(token) => {
                Self::Opaque(filled(token, "opaque_access_token")?)
            }
        })
    }
}

impl TryFrom<wire::AccessTokenClaims> for AccessToken {
    type Error = InvalidField;

    fn try_from(claims: wire::AccessTokenClaims) -> Result<Self, InvalidField> {
        Ok(Self {
            dialect: dialect(claims.dialect())?,
            sub: filled(claims.sub, "jwt_access_token.sub")?,
            aud: Audience::parse(claims.aud, "jwt_access_token.aud")?,
            client_id: filled(claims.client_id, "jwt_access_token.client_id")?,
            scopes: scopes(claims.scopes)?,
            lifetime: Lifetime::parse(
                claims.lifetime_seconds,
                "jwt_access_token.lifetime_seconds",
            )?,
            org_id: present(claims.org_id),
            permissions: claims
                .permissions
                .map(|all| Permissions::parse(all.values, "jwt_access_token.permissions"))
                .transpose()?,
        })
    }
}

impl TryFrom<wire::IdTokenClaims> for IdToken {
    type Error = InvalidField;

    fn try_from(claims: wire::IdTokenClaims) -> Result<Self, InvalidField> {
        let instant = |value: Option<_>, field| {
            let instant = value
                .map(|value| from_timestamp(Some(value), field))
                .transpose()?;
            Ok::<_, InvalidField>(instant.map(instant_claim))
        };
        Ok(Self {
            sub: filled(claims.sub, "id_token.sub")?,
            aud: filled(claims.aud, "id_token.aud")?,
            nonce: claims.nonce,
            auth_time: from_timestamp(claims.auth_time, "id_token.auth_time")?,
            sid: filled(claims.sid, "id_token.sid")?,
            org_id: present(claims.org_id),
            lifetime: Lifetime::parse(claims.lifetime_seconds, "id_token.lifetime_seconds")?,
            profile: ProfileClaims {
                updated_at: instant(claims.updated_at, "id_token.updated_at")?,
                created_at: instant(claims.created_at, "id_token.created_at")?,
                ..claims.claims.unwrap_or_default().into()
            },
        })
    }
}

impl From<UserClaims> for ProfileClaims {
    fn from(claims: UserClaims) -> Self {
        Self {
            email: claims.email,
            email_verified: claims.email_verified,
            username: claims.username,
            name: claims.name,
            given_name: claims.given_name,
            family_name: claims.family_name,
            middle_name: claims.middle_name,
            nickname: claims.nickname,
            preferred_username: claims.preferred_username,
            profile: claims.profile,
            picture: claims.picture,
            website: claims.website,
            gender: claims.gender,
            birthdate: claims.birthdate,
            zoneinfo: claims.zoneinfo,
            locale: claims.locale,
            phone_number: claims.phone_number,
            phone_number_verified: claims.phone_number_verified,
            updated_at: None,
            created_at: None,
        }
    }
}

impl From<SignedTokens> for wire::SignTokensResponse {
    fn from(tokens: SignedTokens) -> Self {
        Self {
            access_token: tokens.access_token,
            id_token: tokens.id_token,
        }
    }
}

impl From<&PublicKey> for wire::JsonWebKey {
    fn from(key: &PublicKey) -> Self {
        Self {
            kid: key.kid.to_string(),
            alg: SigningKey::ALG.to_owned(),
            n: key.n.clone(),
            e: key.e.clone(),
        }
    }
}

fn dialect(dialect: wire::TokenDialect) -> Result<Dialect, InvalidField> {
    match dialect {
        wire::TokenDialect::AccessToken => Ok(Dialect::Auth0),
        wire::TokenDialect::Rfc9068Profile => Ok(Dialect::Rfc9068),
        wire::TokenDialect::Unspecified => Err(InvalidField::new(
            "jwt_access_token.dialect",
            "is missing or unknown",
        )),
    }
}

/// A scope with a space in it would be read as two, RFC 6749 §3.3.
fn scopes(scopes: Vec<String>) -> Result<Vec<String>, InvalidField> {
    if scopes
        .iter()
        .any(|scope| scope.is_empty() || scope.contains(' '))
    {
        let problem = "must not hold an empty scope or one with a space";
        return Err(InvalidField::new("jwt_access_token.scopes", problem));
    }
    Ok(scopes)
}

fn filled(text: String, field: &str) -> Result<String, InvalidField> {
    present(text).ok_or_else(|| InvalidField::new(field, "is missing"))
}

fn present(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
