//! The service through its generated client.

mod algorithms;
mod any_input;
mod claims;
mod life;
mod refusals;
mod secrets;
mod token;
mod trust;

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_oauth2_types::SigningAlg;
use doorward_proto::token_signing::v1 as wire;
use doorward_proto::token_signing::v1::sign_tokens_request::AccessToken;
use doorward_proto::token_signing::v1::signing_key_service_client::SigningKeyServiceClient;
use doorward_proto::token_signing::v1::token_signing_service_client::TokenSigningServiceClient;
use doorward_proto::{WireEnum, to_timestamp};
use doorward_service_kit::grpc::{Channel, in_memory};
use doorward_service_kit::sql::DatabaseConfig;
use doorward_service_kit::{KeyEncryptionKey, Shutdown};
use doorward_test_support::FakeClock;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;
use tonic::Status;

use super::*;

const ISSUER: &str = "https://login.example.com/";
/// Seconds of the fake clock.
const NOW: i64 = 1_767_323_045;

struct TestService {
    client: TokenSigningServiceClient<Channel>,
    keys: SigningKeyServiceClient<Channel>,
    _stop: doorward_service_kit::DropGuard,
    clock: Arc<FakeClock>,
    data: Arc<tempfile::TempDir>,
}

impl TestService {
    async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// A service with more algorithms than RS256.
    async fn start_with(algs: &[SigningAlg]) -> Self {
        let data = Arc::new(tempfile::tempdir().unwrap());
        let key = KeyEncryptionKey::from_bytes(&[1; KeyEncryptionKey::LENGTH]).unwrap();
        let clock = FakeClock::start();
        clock.advance(Duration::from_millis(900));
        Self::start_over(data, crate::Custody::file(key), clock, algs)
            .await
            .unwrap()
    }

    /// A replica over the database in a folder.
    async fn start_over(
        data: Arc<tempfile::TempDir>,
        custody: crate::Custody,
        clock: Arc<FakeClock>,
        algs: &[SigningAlg],
    ) -> Result<Self, crate::Error> {
        let config = DatabaseConfig::sqlite(&data.path().join("keys.db"));
        let store = crate::open(&config).await.unwrap();
        let rotation = crate::RotationConfig::default();
        let keeper = crate::KeyKeeper::new(store, custody, rotation, clock.clone());
        let signing = crate::SigningConfig {
            algs: algs.to_vec(),
            ..crate::SigningConfig::default()
        };
        let keeper = keeper.with_algs(&signing);
        let issuer = Issuer::parse(ISSUER).unwrap();
        let stop = Shutdown::new();
        let backdate = crate::Backdate::default();
        let routes = crate::start(keeper, issuer, backdate, &signing, &stop).await?;
        let channel = in_memory(routes, Shutdown::new());
        Ok(Self {
            client: TokenSigningServiceClient::new(channel.clone()),
            keys: SigningKeyServiceClient::new(channel),
            _stop: stop.drop_guard(),
            clock,
            data,
        })
    }

    async fn sign(
        &self,
        access_token: Option<AccessToken>,
        id_token: Option<wire::IdTokenClaims>,
    ) -> Result<SignTokensResponse, Status> {
        let request = SignTokensRequest {
            access_token,
            id_token,
        };
        Ok(self.client.clone().sign_tokens(request).await?.into_inner())
    }

    async fn jwks(&self) -> Vec<wire::JsonWebKey> {
        let response = self.client.clone().get_jwks(GetJwksRequest {}).await;
        response.unwrap().into_inner().keys
    }

    /// The claims of a token whose signature was made by the first published key.
    async fn verify(&self, token: &str) -> Value {
        let keys = self.jwks().await;
        let key = DecodingKey::from_rsa_components(&keys[0].n, &keys[0].e).unwrap();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.required_spec_claims.clear();
        validation.validate_aud = false;
        validation.validate_exp = false;
        jsonwebtoken::decode::<Value>(token, &key, &validation)
            .unwrap()
            .claims
    }
}

/// The header as JSON, members in the order they were written.
fn header(token: &str) -> Value {
    let part = token.split('.').next().unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn access_token() -> wire::AccessTokenClaims {
    wire::AccessTokenClaims {
        custom_claims_json: None,
        alg: SigningAlg::Rs256.to_wire(),
        sub: "auth0|alice".to_owned(),
        aud: vec!["https://api.example.com".to_owned()],
        client_id: "client-1".to_owned(),
        scopes: vec!["read:mail".to_owned()],
        lifetime_seconds: 7200,
        dialect: wire::TokenDialect::AccessToken.into(),
        org_id: String::new(),
        org_name: String::new(),
        permissions: None,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "so is the field that it fills")]
fn permissions(values: &[&str]) -> Option<wire::Permissions> {
    Some(wire::Permissions {
        values: values.iter().map(|&value| value.to_owned()).collect(),
    })
}

fn id_token() -> wire::IdTokenClaims {
    wire::IdTokenClaims {
        custom_claims_json: None,
        alg: SigningAlg::Rs256.to_wire(),
        sub: "auth0|alice".to_owned(),
        aud: "client-1".to_owned(),
        nonce: None,
        auth_time: Some(to_timestamp("2026-01-02T03:00:00.999Z".parse().unwrap())),
        sid: "session-1".to_owned(),
        org_id: String::new(),
        org_name: String::new(),
        lifetime_seconds: 36000,
        claims: None,
        updated_at: None,
        created_at: None,
        numeric_updated_at: false,
    }
}

#[tokio::test]
async fn both_public_keys_are_given() {
    let service = TestService::start().await;
    let keys = service.jwks().await;
    assert_eq!(keys.len(), 2);
    assert_ne!(keys[0], keys[1]);
    for key in keys {
        assert_eq!(
            (key.kid.len(), key.alg.as_str(), key.e.as_str()),
            (21, "RS256", "AQAB")
        );
    }
}

#[tokio::test]
async fn the_clock_decides_when_a_token_begins() {
    let service = TestService::start().await;
    service.clock.advance(Duration::from_secs(100));
    let tokens = service.sign(None, Some(id_token())).await.unwrap();
    let claims = service.verify(tokens.id_token()).await;
    assert_eq!(claims["iat"], NOW + 100);
    assert_eq!(claims["exp"], NOW + 100 + 36000);
}
