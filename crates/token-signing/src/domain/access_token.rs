//! JWT access tokens.

use doorward_oauth2_types::SigningAlg;
use doorward_proto::InvalidField;
use jiff::Timestamp;
use serde::Serialize;

use super::{CustomClaims, Issuer, Lifetime, Permissions};

/// The `aud` claim: one audience as a string, two as an array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    One(String),
    Two([String; 2]),
}

impl Audience {
    pub(crate) fn parse(audiences: Vec<String>, field: &str) -> Result<Self, InvalidField> {
        if audiences.iter().any(String::is_empty) {
            return Err(InvalidField::new(field, "must not hold an empty audience"));
        }
        let two = match <[String; 1]>::try_from(audiences) {
            Ok([one]) => return Ok(Self::One(one)),
            Err(audiences) => audiences.try_into(),
        };
        two.map(Self::Two)
            .map_err(|_| InvalidField::new(field, "must hold 1 or 2 audiences"))
    }
}

/// Which claims a token carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Auth0's own.
    Auth0,
    /// RFC 9068 §2.
    Rfc9068,
}

impl Dialect {
    /// The `typ` of the header.
    pub(crate) fn typ(self) -> &'static str {
        match self {
            Self::Auth0 => "JWT",
            Self::Rfc9068 => "at+jwt",
        }
    }
}

/// An access token to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccessToken {
    pub(crate) alg: SigningAlg,
    pub(crate) sub: String,
    pub(crate) aud: Audience,
    pub(crate) client_id: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) lifetime: Lifetime,
    pub(crate) dialect: Dialect,
    pub(crate) org_id: Option<String>,
    pub(crate) org_name: Option<String>,
    /// Absent: the claim is left out.
    pub(crate) permissions: Option<Permissions>,
    pub(crate) custom_claims: CustomClaims,
}

/// The payload of an access token.
#[derive(Debug, Serialize)]
pub(crate) struct AccessTokenClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a Audience,
    iat: i64,
    exp: i64,
    #[serde(flatten)]
    client: ClientClaims<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<&'a Permissions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_name: Option<&'a str>,
    #[serde(flatten)]
    custom_claims: &'a CustomClaims,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ClientClaims<'a> {
    Auth0 { azp: &'a str },
    Rfc9068 { client_id: &'a str, jti: String },
}

impl AccessToken {
    pub(crate) fn claims<'a>(
        &'a self,
        issuer: &'a Issuer,
        now: Timestamp,
    ) -> AccessTokenClaims<'a> {
        let client_id = self.client_id.as_str();
        AccessTokenClaims {
            iss: issuer.as_str(),
            sub: &self.sub,
            aud: &self.aud,
            iat: now.as_second(),
            exp: now.as_second() + self.lifetime.as_seconds(),
            client: match self.dialect {
                Dialect::Auth0 => ClientClaims::Auth0 { azp: client_id },
                Dialect::Rfc9068 => ClientClaims::Rfc9068 {
                    client_id,
                    jti: doorward_service_kit::secret(),
                },
            },
            scope: (!self.scopes.is_empty()).then(|| self.scopes.join(" ")),
            permissions: self.permissions.as_ref(),
            org_id: self.org_id.as_deref(),
            org_name: self.org_name.as_deref(),
            custom_claims: &self.custom_claims,
        }
    }
}
