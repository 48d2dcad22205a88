//! The service with keys in a PKCS#11 token.

use doorward_proto::token_signing::v1::ReplaceCurrentKeyRequest;
use doorward_test_support::softhsm::SoftHsm;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tonic::Code;

use super::*;
use crate::Custody;
use crate::pkcs11::testing::{config, with_token};

/// Replicas over one database. A process has one connection to its token.
struct Replicas {
    data: Arc<TempDir>,
    custody: Custody,
    clock: Arc<FakeClock>,
}

impl Replicas {
    async fn start(&self) -> TestService {
        let (data, clock) = (Arc::clone(&self.data), Arc::clone(&self.clock));
        TestService::start_over(data, self.custody.clone(), clock, &[])
            .await
            .unwrap()
    }
}

fn run(softhsm: &SoftHsm, test: impl AsyncFnOnce(&SoftHsm, Replicas)) {
    let replicas = Replicas {
        data: Arc::new(tempfile::tempdir().unwrap()),
        custody: Custody::connect(None, config(softhsm), "database").unwrap(),
        clock: FakeClock::start(),
    };
    Runtime::new().unwrap().block_on(test(softhsm, replicas));
}

/// A replica that has not heard of an emergency rotation yet, whose key is gone.
#[test]
fn a_replica_whose_key_was_destroyed_signs_with_the_next_one() {
    with_token(|softhsm| run(softhsm, destroyed));
}

async fn destroyed(_: &SoftHsm, replicas: Replicas) {
    let (one, other) = (replicas.start().await, replicas.start().await);
    let mut client = one.client.clone();
    for _ in 0..3 {
        let mut keys = other.keys.clone();
        let replace = keys.replace_current_key(ReplaceCurrentKeyRequest::default());
        let sign = async {
            for _ in 0..100 {
                let request = SignTokensRequest {
                    access_token: None,
                    id_token: Some(id_token()),
                };
                client.sign_tokens(request).await.unwrap();
            }
        };
        let (replaced, ()) = tokio::join!(replace, sign);
        replaced.unwrap();
    }
}

#[test]
fn an_absent_token_is_unavailable_and_the_public_keys_stay() {
    with_token(|softhsm| run(softhsm, absent));
}

async fn absent(softhsm: &SoftHsm, replicas: Replicas) {
    let service = replicas.start().await;
    let away = softhsm.tokens().with_extension("away");
    std::fs::rename(softhsm.tokens(), &away).unwrap();
    for _ in 0..5 {
        let refused = service.sign(None, Some(id_token())).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unavailable, "{refused}");
        assert!(refused.message().contains("PKCS#11"), "{refused}");
    }
    let mut keys = service.keys.clone();
    let refused = keys.replace_current_key(ReplaceCurrentKeyRequest::default());
    assert_eq!(refused.await.unwrap_err().code(), Code::Unavailable);
    assert_eq!(service.jwks().await.len(), 2);
    std::fs::rename(&away, softhsm.tokens()).unwrap();
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let tokens = service.sign(None, Some(id_token())).await.unwrap();
    service.verify(tokens.id_token()).await;
}
