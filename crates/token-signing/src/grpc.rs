//! The generated traits: decode, sign or change keys, encode.

mod keys;

use std::sync::Arc;

use doorward_proto::token_signing::v1::token_signing_service_server::TokenSigningService;
use doorward_proto::token_signing::v1::{
    GetJwksRequest, GetJwksResponse, SignTokensRequest, SignTokensResponse, WatchJwksRequest,
    WatchJwksResponse,
};
use doorward_service_kit::{Clock, Shutdown};
use futures::StreamExt;
use futures::stream::BoxStream;
use tonic::{Request, Response, Status};

use crate::config::Backdate;
use crate::domain::{Issuer, TokenRequest};
use crate::key_ring::KeyRing;

pub(crate) use keys::Keys;

#[derive(Debug)]
pub(crate) struct Service {
    ring: Arc<KeyRing>,
    issuer: Issuer,
    clock: Arc<dyn Clock>,
    backdate: Backdate,
    shutdown: Shutdown,
}

impl Service {
    pub(crate) fn new(
        ring: Arc<KeyRing>,
        issuer: Issuer,
        (clock, backdate): (Arc<dyn Clock>, Backdate),
        shutdown: Shutdown,
    ) -> Self {
        Self {
            ring,
            issuer,
            clock,
            backdate,
            shutdown,
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
        let keys = self.ring.keys();
        let tokens = request.sign(
            |alg| keys.signer(alg),
            &self.issuer,
            self.backdate.apply(self.clock.now()),
        )?;
        Ok(Response::new(tokens.into()))
    }

    async fn get_jwks(
        &self,
        _: Request<GetJwksRequest>,
    ) -> Result<Response<GetJwksResponse>, Status> {
        Ok(Response::new((&*self.ring.keys()).into()))
    }

    type WatchJwksStream = BoxStream<'static, Result<WatchJwksResponse, Status>>;

    async fn watch_jwks(
        &self,
        _: Request<WatchJwksRequest>,
    ) -> Result<Response<Self::WatchJwksStream>, Status> {
        let answers = self.ring.stream();
        let answers = answers.map(|keys| Ok(WatchJwksResponse::from(&*keys)));
        // A stream that stayed open would hold up the end of the process.
        let answers = answers.take_until(self.shutdown.clone().cancelled_owned());
        Ok(Response::new(answers.boxed()))
    }
}

#[cfg(test)]
mod tests;
