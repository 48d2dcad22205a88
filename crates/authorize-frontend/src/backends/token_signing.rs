//! Signing tokens.

use std::time::Duration;

use doorward_proto::token_signing::v1::token_signing_service_client::TokenSigningServiceClient;
use doorward_proto::token_signing::v1::{
    GetJwksRequest, JsonWebKey, SignTokensRequest, SignTokensResponse,
};
use tonic::transport::Channel;

use super::BackendError;
use super::calls::Calls;

#[derive(Debug, Clone)]
pub(crate) struct TokenSigning {
    client: TokenSigningServiceClient<Channel>,
    calls: Calls,
}

impl TokenSigning {
    pub(super) fn new(channel: Channel, deadline: Duration) -> Self {
        Self {
            client: TokenSigningServiceClient::new(channel),
            calls: Calls {
                backend: "token-signing",
                deadline,
            },
        }
    }

    pub(crate) async fn sign(
        &self,
        request: SignTokensRequest,
    ) -> Result<SignTokensResponse, BackendError> {
        let request = self.calls.request(request);
        self.calls
            .answer(self.client.clone().sign_tokens(request).await)
    }

    pub(super) async fn keys(&self) -> Result<Vec<JsonWebKey>, BackendError> {
        let request = self.calls.request(GetJwksRequest {});
        Ok(self
            .calls
            .answer(self.client.clone().get_jwks(request).await)?
            .keys)
    }
}
