//! Opaque access tokens.

use doorward_proto::session::v1 as wire;
use doorward_proto::{InvalidField, from_timestamp, to_timestamp};

use super::{name, optional_name};
use crate::domain::{AccessToken, UserId};

const MAX_SCOPES: usize = 256;

impl TryFrom<wire::AccessToken> for AccessToken {
    type Error = InvalidField;

    fn try_from(message: wire::AccessToken) -> Result<Self, InvalidField> {
        if message.scopes.len() > MAX_SCOPES {
            return Err(InvalidField::new(
                "access_token.scopes",
                "must be 256 or fewer",
            ));
        }
        let scope = |scope| name(scope, "access_token.scopes");
        Ok(Self {
            user_id: UserId::from(name(message.user_id, "access_token.user_id")?),
            client_id: name(message.client_id, "access_token.client_id")?,
            scopes: message
                .scopes
                .into_iter()
                .map(scope)
                .collect::<Result<_, _>>()?,
            expires_at: from_timestamp(message.expires_at, "access_token.expires_at")?,
            organization_id: optional_name(
                message.organization_id,
                "access_token.organization_id",
            )?,
        })
    }
}

impl From<AccessToken> for wire::AccessToken {
    fn from(token: AccessToken) -> Self {
        Self {
            user_id: token.user_id.as_str().to_owned(),
            client_id: token.client_id,
            scopes: token.scopes,
            expires_at: Some(to_timestamp(token.expires_at)),
            organization_id: token.organization_id,
        }
    }
}
