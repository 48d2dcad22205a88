//! The generated trait: decode, sign, encode.

use std::sync::Arc;

use doorward_proto::token_signing::v1::token_signing_service_server::TokenSigningService;
use doorward_proto::token_signing::v1::{
    GetJwksRequest, GetJwksResponse, SignTokensRequest, SignTokensResponse,
};
use doorward_service_kit::Clock;
use tonic::{Request, Response, Status};

use crate::domain::{Issuer, TokenRequest};
use crate::{Error, KeyRing};

#[derive(Debug)]
pub(crate) struct Service {
    ring: Arc<KeyRing>,
    issuer: Issuer,
    clock: Arc<dyn Clock>,
}

impl Service {
    pub(crate) fn new(ring: Arc<KeyRing>, issuer: Issuer, clock: Arc<dyn Clock>) -> Self {
        Self {
            ring,
            issuer,
            clock,
        }
    }
}

#[tonic::async_trait]
impl TokenSigningService for Service {
    async fn sign_tokens(
        &self,
        request: Request<SignTokensRequest>,
    ) -> Result<Response<SignTokensResponse>, Status> {
        let request = TokenRequest::try_from(request.into_inner())?;
        let tokens = request
            .sign(self.ring.current(), &self.issuer, self.clock.now())
            .map_err(Error::from)?;
        Ok(Response::new(tokens.into()))
    }

    async fn get_jwks(
        &self,
        _: Request<GetJwksRequest>,
    ) -> Result<Response<GetJwksResponse>, Status> {
        let keys = self.ring.public().iter().map(Into::into).collect();
        Ok(Response::new(GetJwksResponse { keys }))
    }
}

#[cfg(test)]
mod tests;
