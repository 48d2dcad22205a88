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
use metrics::counter;
use tonic::{Request, Response, Status};

use crate::Error;
use crate::config::Backdate;
use crate::domain::{AccompanyingToken, Issuer, SignedTokens, SigningError, TokenRequest};
use crate::key_ring::KeyRing;
use crate::metrics::TOKENS_SIGNED;
use crate::pkcs11::TokenError;
use crate::turns::Turns;

pub(crate) use keys::Keys;

#[derive(Debug)]
pub(crate) struct Service {
    signer: Arc<Signer>,
    turns: Turns,
    shutdown: Shutdown,
}

impl Service {
    pub(crate) fn new(signer: Signer, turns: Turns, shutdown: Shutdown) -> Self {
        Self {
            signer: Arc::new(signer),
            turns,
            shutdown,
        }
    }

    async fn sign(&self, request: &Arc<TokenRequest>) -> Result<SignedTokens, Error> {
        let turn = self.turns.take().await?;
        // Key and time are taken now that the turn has come.
        let (signer, request) = (Arc::clone(&self.signer), Arc::clone(request));
        turn.run(move || signer.sign(&request)).await
    }
}

/// Signs with the current keys, in the name of one issuer.
#[derive(Debug)]
pub(crate) struct Signer {
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) issuer: Issuer,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) backdate: Backdate,
}

impl Signer {
    fn sign(&self, request: &TokenRequest) -> Result<SignedTokens, Error> {
        let now = self.backdate.apply(self.clock.now());
        let keys = self.ring.keys();
        request.sign(|alg| keys.signer(alg), &self.issuer, now)
    }
}

#[tonic::async_trait]
impl TokenSigningService for Service {
    async fn sign_tokens(
        &self,
        request: Request<SignTokensRequest>,
    ) -> Result<Response<SignTokensResponse>, Status> {
        let request = Arc::new(TokenRequest::try_from(request.into_inner())?);
        let tokens = match self.sign(&request).await {
            // A key in a PKCS#11 token that another replica has just replaced.
            Err(Error::Signing(SigningError::Token(TokenError::NoKey(_)))) => {
                self.signer.ring.refresh().await?;
                self.sign(&request).await
            }
            tokens => tokens,
        };
        let tokens = tokens?;
        count(&request);
        Ok(Response::new(tokens.into()))
    }

    async fn get_jwks(
        &self,
        _: Request<GetJwksRequest>,
    ) -> Result<Response<GetJwksResponse>, Status> {
        Ok(Response::new((&*self.signer.ring.keys()).into()))
    }

    type WatchJwksStream = BoxStream<'static, Result<WatchJwksResponse, Status>>;

    async fn watch_jwks(
        &self,
        _: Request<WatchJwksRequest>,
    ) -> Result<Response<Self::WatchJwksStream>, Status> {
        let answers = self.signer.ring.stream();
        let answers = answers.map(|keys| Ok(WatchJwksResponse::from(&*keys)));
        // A stream that stayed open would hold up the end of the process.
        let answers = answers.take_until(self.shutdown.clone().cancelled_owned());
        Ok(Response::new(answers.boxed()))
    }
}

fn count(signed: &TokenRequest) {
    if let Some(AccompanyingToken::Jwt(token)) = &signed.access_token {
        counter!(TOKENS_SIGNED, "kind" => "access_token", "alg" => token.alg.as_str()).increment(1);
    }
    if let Some(token) = &signed.id_token {
        counter!(TOKENS_SIGNED, "kind" => "id_token", "alg" => token.alg.as_str()).increment(1);
    }
}

#[cfg(test)]
mod tests;
