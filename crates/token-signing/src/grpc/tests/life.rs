//! The life of the keys over gRPC.

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::reason_of;
use doorward_proto::token_signing::v1::{
    KeyState, ListKeysRequest, ReplaceCurrentKeyRequest, RevokeKeyRequest, RotateKeysRequest,
    WatchJwksRequest,
};

use super::*;
use crate::domain::PublicHalf;

impl TestService {
    async fn list(&self) -> Vec<(String, KeyState)> {
        let answer = self.keys.clone().list_keys(ListKeysRequest {}).await;
        let keys = answer.unwrap().into_inner().keys;
        keys.into_iter()
            .map(|key| (key.kid.clone(), key.state()))
            .collect()
    }

    async fn rotate(&self, alg: Option<SigningAlg>) -> Result<Vec<wire::RotatedKeys>, Status> {
        let request = RotateKeysRequest {
            force: false,
            alg: alg.map(SigningAlg::to_wire),
        };
        let answer = self.keys.clone().rotate_keys(request).await?;
        Ok(answer.into_inner().rotated)
    }

    async fn revoke(&self, kid: &str) -> Result<wire::SigningKey, Status> {
        let kid = kid.to_owned();
        let answer = self.keys.clone().revoke_key(RevokeKeyRequest { kid }).await;
        Ok(answer?.into_inner().key.unwrap())
    }

    /// The `kid` of a new token, which its header, the response and a published key agree on.
    async fn signing_kid(&self) -> String {
        let signed = self.sign(None, Some(id_token())).await.unwrap();
        let kid = header(signed.id_token())["kid"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(signed.id_token_kid(), kid);
        assert_eq!(signed.access_token_kid, None);
        let keys = self.jwks().await;
        assert!(keys.iter().any(|key| key.kid == kid));
        kid
    }

    /// Waits until the replica has learnt of a key.
    async fn until_signed_by(&self, kid: &str) {
        let mut keys = self.watch().await;
        while keys.message().await.unwrap().unwrap().keys[0].kid != kid {}
        assert_eq!(self.signing_kid().await, kid);
    }

    async fn watch(&self) -> tonic::Streaming<WatchJwksResponse> {
        let stream = self.client.clone().watch_jwks(WatchJwksRequest {}).await;
        stream.unwrap().into_inner()
    }
}

#[tokio::test]
async fn a_key_is_next_current_previous_and_revoked() {
    let service = TestService::start().await;
    let first = service.list().await;
    let [(a, KeyState::Current), (b, KeyState::Next)] = &*first else {
        panic!("{first:?}");
    };
    assert_eq!(service.signing_kid().await, *a);

    let early = service.rotate(None).await.unwrap_err();
    assert_eq!(reason_of(&early), Some(ErrorReason::RotationTooEarly));
    service.clock.advance(Duration::from_hours(1));
    let [rotated] = &*service.rotate(None).await.unwrap() else {
        panic!("one algorithm is on");
    };
    let (current, next) = (
        rotated.current.clone().unwrap(),
        rotated.next.clone().unwrap(),
    );
    assert_eq!(current.kid, *b);
    assert!(
        current
            .certificate
            .starts_with("-----BEGIN CERTIFICATE-----\n")
    );
    assert_eq!(current.thumbprint.len(), 40);
    service.until_signed_by(b).await;

    let published = service.jwks().await;
    let published: Vec<_> = published.iter().map(|key| &key.kid).collect();
    assert_eq!(published, [b, &next.kid, a]);

    let revoked = service.revoke(a).await.unwrap();
    assert_eq!(revoked.state(), KeyState::Revoked);
    for (kid, reason) in [
        (b.as_str(), ErrorReason::KeyInUse),
        (&next.kid, ErrorReason::KeyInUse),
        ("unknown", ErrorReason::KeyNotFound),
    ] {
        let refused = service.revoke(kid).await.unwrap_err();
        assert_eq!(reason_of(&refused), Some(reason), "{refused}");
    }
    let expected = [
        (b.clone(), KeyState::Current),
        (next.kid, KeyState::Next),
        (a.clone(), KeyState::Revoked),
    ];
    assert_eq!(service.list().await, expected);
}

/// REL-31, on one replica: after the response nothing is signed with the revoked key.
#[tokio::test]
async fn an_emergency_counts_from_its_response() {
    let service = TestService::start().await;
    let mut watched = service.watch().await;
    let before = watched.message().await.unwrap().unwrap();
    let compromised = service.signing_kid().await;
    let replace = async |kid: &str| {
        let kid = Some(kid.to_owned());
        let request = ReplaceCurrentKeyRequest { kid, alg: None };
        service.keys.clone().replace_current_key(request).await
    };
    let replaced = replace(&compromised).await.unwrap().into_inner();
    assert_eq!(replaced.revoked.unwrap().kid, compromised);
    let current = replaced.current.unwrap().kid;
    assert_eq!(service.signing_kid().await, current);
    let published = service.jwks().await;
    assert!(published.iter().all(|key| key.kid != compromised));

    let after = watched.message().await.unwrap().unwrap();
    assert!(after.revision > before.revision);
    assert_eq!(after.keys, published);

    let again = replace(&compromised).await.unwrap_err();
    assert_eq!(reason_of(&again), Some(ErrorReason::KeyNotFound));
    assert_eq!(service.signing_kid().await, current);
}

/// SEC-166.
#[tokio::test]
async fn the_jwks_has_certificates() {
    let service = TestService::start().await;
    for key in service.jwks().await {
        let der = base64::prelude::BASE64_STANDARD.decode(&key.x5c).unwrap();
        let certificate = crate::domain::Certificate::parse(der).unwrap();
        assert_eq!(certificate.common_name(), "login.example.com");
        let (n, e) = (key.n, key.e);
        assert_eq!(*certificate.public_half(), PublicHalf::Rsa { n, e });
        assert_eq!(
            BASE64_URL_SAFE_NO_PAD.encode(certificate.thumbprint()),
            key.x5t
        );
    }
}
