//! Messages to domain types and back.

use std::fmt::Write;

use doorward_oauth2_types::{ClaimSet, SigningAlg, StandardClaim};
use doorward_proto::token_signing::v1 as wire;
use doorward_proto::token_signing::v1::sign_tokens_request::AccessToken as WireAccessToken;
use doorward_proto::{InvalidField, WireEnum, from_timestamp, read_enum, to_timestamp};

use crate::domain::{
    AccessToken, AccompanyingToken, Audience, Certificate, CustomClaims, Dialect, IdToken,
    KeyState, Lifetime, Permissions, PublicHalf, PublicKey, SignedToken, SignedTokens, StoredKey,
    TokenRequest,
};
use crate::key_ring::Keys;

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
            alg: signing_alg(claims.alg, "jwt_access_token.alg")?,
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
            org_name: present(claims.org_name),
            permissions: claims
                .permissions
                .map(|all| Permissions::parse(all.values, "jwt_access_token.permissions"))
                .transpose()?,
            custom_claims: CustomClaims::parse(
                claims.custom_claims_json.as_deref(),
                "jwt_access_token.custom_claims_json",
            )?,
        })
    }
}

impl TryFrom<wire::IdTokenClaims> for IdToken {
    type Error = InvalidField;

    fn try_from(mut claims: wire::IdTokenClaims) -> Result<Self, InvalidField> {
        let custom_claims = CustomClaims::parse(
            claims.custom_claims_json.as_deref(),
            "id_token.custom_claims_json",
        )?;
        Ok(Self {
            alg: signing_alg(claims.alg, "id_token.alg")?,
            claims: user_claims(&mut claims, &custom_claims)?,
            custom_claims,
            sub: filled(claims.sub, "id_token.sub")?,
            aud: filled(claims.aud, "id_token.aud")?,
            nonce: claims.nonce,
            auth_time: from_timestamp(claims.auth_time, "id_token.auth_time")?,
            sid: filled(claims.sid, "id_token.sid")?,
            org_id: present(claims.org_id),
            org_name: present(claims.org_name),
            lifetime: Lifetime::parse(claims.lifetime_seconds, "id_token.lifetime_seconds")?,
        })
    }
}

/// The claims about the user, with the instants that are no field of `UserClaims`, and without those that are replaced.
fn user_claims(
    claims: &mut wire::IdTokenClaims,
    custom_claims: &CustomClaims,
) -> Result<ClaimSet, InvalidField> {
    let mut set = ClaimSet::from(claims.claims.take().unwrap_or_default());
    let instants = [
        (StandardClaim::UpdatedAt, claims.updated_at),
        (StandardClaim::CreatedAt, claims.created_at),
    ];
    for (claim, instant) in instants {
        if instant.is_some() {
            let field = format!("id_token.{}", claim.as_str());
            set.set(claim, from_timestamp(instant, &field)?);
        }
    }
    for claim in custom_claims.names().filter_map(StandardClaim::from_name) {
        set.remove(claim);
    }
    if claims.numeric_updated_at {
        set = set.with_numeric_updated_at();
    }
    Ok(set)
}

impl From<SignedTokens> for wire::SignTokensResponse {
    fn from(tokens: SignedTokens) -> Self {
        let parts = |token: SignedToken| (token.text, token.kid.to_string());
        let (access_token, access_token_kid) = tokens.access_token.map(parts).unzip();
        let (id_token, id_token_kid) = tokens.id_token.map(parts).unzip();
        Self {
            access_token,
            access_token_kid,
            id_token,
            id_token_kid,
        }
    }
}

impl From<&PublicKey> for wire::JsonWebKey {
    fn from(key: &PublicKey) -> Self {
        let mut message = Self {
            kid: key.kid.to_string(),
            alg: key.alg.to_string(),
            is_current: key.is_current,
            x5c: key.x5c.clone(),
            x5t: key.x5t.clone(),
            ..Self::default()
        };
        match key.half.clone() {
            PublicHalf::Rsa { n, e } => (message.n, message.e) = (n, e),
            PublicHalf::P256 { x, y } => (message.x, message.y) = (x, y),
            PublicHalf::Ed25519 { x } => message.x = x,
        }
        message
    }
}

impl From<&Keys> for wire::GetJwksResponse {
    fn from(keys: &Keys) -> Self {
        Self {
            keys: keys.public.iter().map(Into::into).collect(),
            revision: keys.revision,
        }
    }
}

impl From<&Keys> for wire::WatchJwksResponse {
    fn from(keys: &Keys) -> Self {
        let wire::GetJwksResponse { keys, revision } = keys.into();
        Self { keys, revision }
    }
}

impl From<&StoredKey> for wire::SigningKey {
    fn from(key: &StoredKey) -> Self {
        let certificate = key.certificate.as_ref();
        let thumbprint = certificate.map(|certificate| hex(certificate.thumbprint()));
        Self {
            kid: key.kid.to_string(),
            alg: key.alg.to_wire(),
            state: wire::KeyState::from(key.state).into(),
            certificate: certificate.map(Certificate::to_pem).unwrap_or_default(),
            thumbprint: thumbprint.unwrap_or_default(),
            created_at: Some(to_timestamp(key.created_at)),
            current_since: key.current_since.map(to_timestamp),
            current_until: key.current_until.map(to_timestamp),
            revoked_at: key.revoked_at.map(to_timestamp),
        }
    }
}

impl From<KeyState> for wire::KeyState {
    fn from(state: KeyState) -> Self {
        match state {
            KeyState::Current => Self::Current,
            KeyState::Next => Self::Next,
            KeyState::Previous => Self::Previous,
            KeyState::Revoked => Self::Revoked,
        }
    }
}

fn hex(bytes: [u8; 20]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

/// Frontends of earlier versions name none.
fn signing_alg(number: i32, field: &str) -> Result<SigningAlg, InvalidField> {
    match number {
        0 => Ok(SigningAlg::default()),
        number => read_enum(number, field),
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
