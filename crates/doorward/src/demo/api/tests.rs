//! Tests the API with tokens that the real service signed.

use std::sync::Arc;
use std::time::Duration;

use axum::body::to_bytes;
use doorward_proto::common::v1::SigningAlg;
use doorward_proto::token_signing::v1::{AccessTokenClaims, SignTokensRequest, TokenDialect};
use doorward_service_kit::grpc::in_memory;
use doorward_service_kit::sql::DatabaseConfig;
use doorward_service_kit::{Clock, KeyEncryptionKey, Shutdown, SystemClock};
use doorward_test_support::FakeClock;
use doorward_token_signing::{Backdate, Custody, Issuer, KeyKeeper, RotationConfig, SigningConfig};
use tempfile::TempDir;

use super::*;
use crate::demo::DemoTenant;
use crate::demo::invite::Place;

const ISSUER: &str = "http://localhost:8080/";

struct Signer {
    folder: TempDir,
}

impl Signer {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    async fn client(
        &self,
        issuer: &str,
        clock: Arc<dyn Clock>,
    ) -> TokenSigningServiceClient<Channel> {
        let database = DatabaseConfig::sqlite(&self.folder.path().join("token-signing.db"));
        let store = doorward_token_signing::open(&database).await.unwrap();
        let key = KeyEncryptionKey::create_file(&self.folder.path().join("key")).unwrap();
        let keeper = KeyKeeper::new(store, Custody::file(key), RotationConfig::default(), clock);
        let issuer = Issuer::parse(issuer).unwrap();
        let routes = doorward_token_signing::start(
            keeper,
            issuer,
            Backdate::default(),
            &SigningConfig::default(),
            &Shutdown::new(),
        )
        .await
        .unwrap();
        TokenSigningServiceClient::new(in_memory(routes, Shutdown::new()))
    }

    async fn token(
        &self,
        issuer: &str,
        clock: Arc<dyn Clock>,
        claims: AccessTokenClaims,
    ) -> String {
        use doorward_proto::token_signing::v1::sign_tokens_request::AccessToken;
        let wanted = SignTokensRequest {
            access_token: Some(AccessToken::JwtAccessToken(claims)),
            id_token: None,
        };
        let signed = self
            .client(issuer, clock)
            .await
            .sign_tokens(wanted)
            .await
            .unwrap();
        signed.into_inner().access_token.unwrap()
    }
}

fn settings() -> Settings {
    let tenant = DemoTenant::new("http://localhost:3000");
    Settings::new(ISSUER, &tenant, &Place::stack())
}

fn claims(audience: &str, scopes: &[&str]) -> AccessTokenClaims {
    AccessTokenClaims {
        alg: SigningAlg::Rs256.into(),
        sub: "auth0|alice".into(),
        aud: vec![audience.into(), format!("{ISSUER}userinfo")],
        client_id: "client".into(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        lifetime_seconds: 60,
        dialect: TokenDialect::AccessToken.into(),
        org_id: String::new(),
        org_name: String::new(),
        permissions: None,
        custom_claims_json: None,
    }
}

async fn call(signer: &Signer, authorization: &[String]) -> Result<Response, Refusal> {
    let api = Api {
        settings: settings(),
        keys: signer.client(ISSUER, Arc::new(SystemClock)).await,
    };
    let values = authorization
        .iter()
        .map(|value| (AUTHORIZATION, value.parse().unwrap()));
    greeting(State(api), values.collect()).await
}

async fn refusal(signer: &Signer, token: &str) -> Refusal {
    call(signer, &[format!("Bearer {token}")])
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_good_token_is_greeted() {
    let signer = Signer::new();
    let claims = claims(&settings().audience, &["openid", SCOPE]);
    let token = signer.token(ISSUER, Arc::new(SystemClock), claims).await;
    let response = call(&signer, &[format!("bearer {token}")]).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let body = to_bytes(response.into_body(), 10_000).await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["sub"], "auth0|alice");
}

#[tokio::test]
async fn tokens_for_others_are_refused() {
    let signer = Signer::new();
    let now = || Arc::new(SystemClock);
    let audience = settings().audience;
    let good = claims(&audience, &[SCOPE]);

    let elsewhere = signer
        .token(ISSUER, now(), claims("https://other.example/", &[SCOPE]))
        .await;
    assert_eq!(refusal(&signer, &elsewhere).await, Refusal::InvalidToken);
    let stranger = signer
        .token("https://other.example/", now(), good.clone())
        .await;
    assert_eq!(refusal(&signer, &stranger).await, Refusal::InvalidToken);
    let foreign_key = Signer::new().token(ISSUER, now(), good.clone()).await;
    assert_eq!(refusal(&signer, &foreign_key).await, Refusal::InvalidToken);
    let narrow = signer
        .token(ISSUER, now(), claims(&audience, &["openid"]))
        .await;
    assert_eq!(refusal(&signer, &narrow).await, Refusal::InsufficientScope);

    let past = FakeClock::start();
    past.advance(Duration::from_secs(1));
    let expired = signer.token(ISSUER, past, good.clone()).await;
    assert_eq!(refusal(&signer, &expired).await, Refusal::InvalidToken);
    let token = signer.token(ISSUER, now(), good).await;
    let (without_signature, _) = token.rsplit_once('.').unwrap();
    assert_eq!(
        refusal(&signer, &format!("{without_signature}.AAAA")).await,
        Refusal::InvalidToken
    );
    assert_eq!(refusal(&signer, "opaque").await, Refusal::InvalidToken);
}

#[tokio::test]
async fn without_one_bearer_token_nothing_is_checked() {
    let signer = Signer::new();
    assert_eq!(call(&signer, &[]).await.unwrap_err(), Refusal::NoToken);
    let basic = ["Basic YTpi".to_owned()];
    assert_eq!(call(&signer, &basic).await.unwrap_err(), Refusal::NoToken);
    let twice = ["Bearer a".to_owned(), "Bearer a".to_owned()];
    assert_eq!(
        call(&signer, &twice).await.unwrap_err(),
        Refusal::InvalidRequest
    );
}

#[test]
fn challenges() {
    for (refusal, status, challenge) in [
        (Refusal::NoToken, 401, r#"Bearer realm="demo""#),
        (
            Refusal::InvalidRequest,
            400,
            r#"Bearer realm="demo", error="invalid_request""#,
        ),
        (
            Refusal::InvalidToken,
            401,
            r#"Bearer realm="demo", error="invalid_token""#,
        ),
        (
            Refusal::InsufficientScope,
            403,
            r#"Bearer realm="demo", error="insufficient_scope", scope="read:greetings""#,
        ),
    ] {
        let response = refusal.into_response();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()[WWW_AUTHENTICATE], challenge);
    }
    let response = Refusal::KeysUnavailable.into_response();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
}
