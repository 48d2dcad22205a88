//! Opaque access tokens.

use doorward_oauth2_types::Scope;
use doorward_proto::session::v1::{AccessToken, AddAccessTokenRequest, FindAccessTokenRequest};
use doorward_proto::{InvalidField, from_timestamp, to_timestamp};
use jiff::Timestamp;

use super::Sessions;
use crate::backends::BackendError;
use crate::backends::convert::non_empty;

/// The content of an opaque access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptAccessToken {
    pub(crate) sub: String,
    pub(crate) client_id: String,
    pub(crate) scope: Scope,
    pub(crate) expires_at: Timestamp,
    pub(crate) organization_id: Option<String>,
}

impl Sessions {
    pub(crate) async fn add_access_token(
        &self,
        token: &str,
        kept: KeptAccessToken,
    ) -> Result<(), BackendError> {
        let request = AddAccessTokenRequest {
            token: token.to_owned(),
            access_token: Some(kept.into()),
        };
        let result = self
            .calls
            .once(&self.client, request, |mut client, request| async move {
                client.add_access_token(request).await
            })
            .await;
        self.calls.answer(result)?;
        Ok(())
    }

    /// Returns `None` as well for a token that cannot be read: it is good for nothing.
    pub(crate) async fn find_access_token(
        &self,
        token: &str,
    ) -> Result<Option<KeptAccessToken>, BackendError> {
        let request = FindAccessTokenRequest {
            token: token.to_owned(),
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.find_access_token(request).await
            })
            .await;
        let found = self.calls.answer(result)?.access_token;
        Ok(found.and_then(|token| token.try_into().ok()))
    }
}

impl From<KeptAccessToken> for AccessToken {
    fn from(kept: KeptAccessToken) -> Self {
        Self {
            user_id: kept.sub,
            client_id: kept.client_id,
            scopes: kept.scope.iter().map(str::to_owned).collect(),
            expires_at: Some(to_timestamp(kept.expires_at)),
            organization_id: kept.organization_id.unwrap_or_default(),
        }
    }
}

impl TryFrom<AccessToken> for KeptAccessToken {
    type Error = InvalidField;

    fn try_from(token: AccessToken) -> Result<Self, InvalidField> {
        let scope = Scope::from_tokens(&token.scopes);
        Ok(Self {
            sub: token.user_id,
            client_id: token.client_id,
            scope: scope.map_err(|error| InvalidField::new("scopes", error.to_string()))?,
            expires_at: from_timestamp(token.expires_at, "expires_at")?,
            organization_id: non_empty(token.organization_id),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_the_message() {
        for organization_id in [None, Some("org_1".to_owned())] {
            let kept = KeptAccessToken {
                sub: "auth0|alice".to_owned(),
                client_id: "app".to_owned(),
                scope: "openid profile".parse().unwrap(),
                expires_at: Timestamp::UNIX_EPOCH,
                organization_id,
            };
            let message = AccessToken::from(kept.clone());
            assert_eq!(KeptAccessToken::try_from(message), Ok(kept));
        }
    }

    #[test]
    fn what_cannot_be_read_is_no_token() {
        let broken = AccessToken {
            scopes: vec!["a b".to_owned()],
            expires_at: Some(to_timestamp(Timestamp::UNIX_EPOCH)),
            ..AccessToken::default()
        };
        assert!(KeptAccessToken::try_from(broken).is_err());
        assert!(KeptAccessToken::try_from(AccessToken::default()).is_err());
    }
}
