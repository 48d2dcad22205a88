//! Signing tokens.

use doorward_proto::token_signing::v1::token_signing_service_client::TokenSigningServiceClient;
use doorward_proto::token_signing::v1::{
    GetJwksRequest, JsonWebKey, SignTokensRequest, SignTokensResponse,
};
use tonic::transport::Channel;

use super::calls::Calls;
use super::{BackendError, Patience};

#[derive(Debug, Clone)]
pub(crate) struct TokenSigning {
    client: TokenSigningServiceClient<Channel>,
    calls: Calls,
}

impl TokenSigning {
    pub(super) fn new(channel: Channel, patience: &Patience) -> Self {
        Self {
            client: TokenSigningServiceClient::new(channel),
            calls: Calls::new("token-signing", patience),
        }
    }

    pub(crate) async fn sign(
        &self,
        request: SignTokensRequest,
    ) -> Result<SignTokensResponse, BackendError> {
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.sign_tokens(request).await
            })
            .await;
        self.calls.answer(result)
    }

    pub(super) async fn keys(&self) -> Result<Vec<JsonWebKey>, BackendError> {
        let request = GetJwksRequest {};
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.get_jwks(request).await
            })
            .await;
        Ok(self.calls.answer(result)?.keys)
    }
}
