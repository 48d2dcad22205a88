//! The signing keys at the frontend: it publishes them, and hands out no token whose key it does not publish.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, to_bytes};
use base64::{Engine, prelude::BASE64_STANDARD};
use doorward_proto::token_signing::v1::token_signing_service_client::TokenSigningServiceClient;
use doorward_proto::token_signing::v1::token_signing_service_server::{
    TokenSigningService, TokenSigningServiceServer,
};
use doorward_proto::token_signing::v1::{
    GetJwksRequest, GetJwksResponse, SignTokensRequest, SignTokensResponse, WatchJwksRequest,
    WatchJwksResponse,
};
use doorward_service_kit::Shutdown;
use doorward_service_kit::grpc::{Channel, in_memory};
use http::header::HOST;
use tonic::service::Routes;
use tonic::{Request, Response, Status, Streaming};
use tower::ServiceExt;

use crate::tenant::ALICE;
use crate::{TestApp, authorize};

/// Passes calls on, and names a key that is not published in the first responses.
struct Stale {
    real: TokenSigningServiceClient<Channel>,
    unpublished: usize,
    signed: Arc<AtomicUsize>,
}

#[tonic::async_trait]
impl TokenSigningService for Stale {
    async fn sign_tokens(
        &self,
        request: Request<SignTokensRequest>,
    ) -> Result<Response<SignTokensResponse>, Status> {
        let mut response = self.real.clone().sign_tokens(request).await?;
        if self.signed.fetch_add(1, Ordering::Relaxed) < self.unpublished {
            response.get_mut().id_token_kid = Some("revoked".to_owned());
        }
        Ok(response)
    }

    async fn get_jwks(
        &self,
        request: Request<GetJwksRequest>,
    ) -> Result<Response<GetJwksResponse>, Status> {
        self.real.clone().get_jwks(request).await
    }

    type WatchJwksStream = Streaming<WatchJwksResponse>;

    async fn watch_jwks(
        &self,
        request: Request<WatchJwksRequest>,
    ) -> Result<Response<Self::WatchJwksStream>, Status> {
        self.real.clone().watch_jwks(request).await
    }
}

/// Responses with an unpublished key, the calls for one answer, and whether it has tokens.
#[tokio::test]
async fn no_token_leaves_before_its_key_is_published() {
    let mut app = TestApp::start().await;
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    let cookies = alice.cookies;
    let real = TokenSigningServiceClient::new(app.channels.token_signing.clone());
    for (stale, calls, answered) in [(0, 1, true), (1, 2, true), (2, 2, false)] {
        let signed = Arc::new(AtomicUsize::new(0));
        let service = Stale {
            real: real.clone(),
            unpublished: stale,
            signed: Arc::clone(&signed),
        };
        let routes = Routes::new(TokenSigningServiceServer::new(service));
        app.channels.token_signing = in_memory(routes, Shutdown::new());
        app.restart();
        let mut alice = app.browser();
        alice.cookies = cookies.clone();
        let answer = alice.get(&authorize(&[("prompt", "none")])).await;
        assert_eq!(
            answer.parameter("id_token").is_some(),
            answered,
            "{answer:?}"
        );
        let error = (!answered).then(|| "temporarily_unavailable".to_owned());
        assert_eq!(answer.parameter("error"), error);
        assert_eq!(signed.load(Ordering::Relaxed), calls);
    }
}

/// SEC-166.
#[tokio::test]
async fn certificates_are_in_the_jwks_and_in_files() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let jwks = browser.get("/.well-known/jwks.json").await;
    let jwks: serde_json::Value = serde_json::from_str(&jwks.body).unwrap();
    for key in jwks["keys"].as_array().unwrap() {
        assert_eq!(key["x5t"].as_str().unwrap().len(), 27);
        assert_eq!(key["x5c"].as_array().unwrap().len(), 1);
    }
    let current = jwks["keys"][0]["x5c"][0].as_str().unwrap();
    let pem = browser.get("/pem").await;
    assert_eq!(pem.status, 200);
    let body: String = pem
        .body
        .lines()
        .filter(|line| !line.starts_with("---"))
        .collect();
    assert_eq!(body, current);
    assert_eq!(
        pem.headers["content-type"],
        "application/pem-certificate-chain"
    );
    let request = http::Request::get("/cer").header(HOST, "auth.example.test");
    let request = request.body(Body::empty()).unwrap();
    let der = app.router.clone().oneshot(request).await.unwrap();
    assert_eq!(der.status(), 200);
    assert_eq!(der.headers()["content-type"], "application/pkix-cert");
    let der = to_bytes(der.into_body(), 10_000).await.unwrap();
    assert_eq!(BASE64_STANDARD.encode(der), current);
}
