//! The life of the keys over gRPC.

use std::sync::Arc;

use doorward_oauth2_types::SigningAlg;
use doorward_proto::token_signing::v1::signing_key_service_server::SigningKeyService;
use doorward_proto::token_signing::v1::{
    ListKeysRequest, ListKeysResponse, ReplaceCurrentKeyRequest, ReplaceCurrentKeyResponse,
    RetireKeysRequest, RetireKeysResponse, RevokeKeyRequest, RevokeKeyResponse, RotateKeysRequest,
    RotateKeysResponse, RotatedKeys, SigningKey,
};
use doorward_proto::{InvalidField, read_enum};
use tokio::time::sleep;
use tonic::{Request, Response, Status};

use crate::KeyKeeper;
use crate::domain::{KeyId, KeyState, StoredKeys};
use crate::key_ring::{KeyRing, POLL};

/// How long replicas may take to hear of a change: they poll, and their query takes its time.
const HEARD: std::time::Duration = POLL.saturating_mul(3);

#[derive(Debug)]
pub(crate) struct Keys {
    keeper: KeyKeeper,
    /// The keys that this process signs with; `None` in a command, which signs nothing.
    ring: Option<Arc<KeyRing>>,
}

impl Keys {
    pub(crate) fn new(keeper: KeyKeeper, ring: Option<Arc<KeyRing>>) -> Self {
        Self { keeper, ring }
    }

    /// Lets a change count in this process at once. Others poll, and so does this one if it fails here.
    async fn learn(&self) {
        if let Some(ring) = &self.ring {
            let _ = ring.refresh().await;
        }
    }
}

#[tonic::async_trait]
impl SigningKeyService for Keys {
    async fn list_keys(
        &self,
        _: Request<ListKeysRequest>,
    ) -> Result<Response<ListKeysResponse>, Status> {
        let keys = self.keeper.list().await?.keys;
        Ok(Response::new(ListKeysResponse {
            keys: keys.iter().map(Into::into).collect(),
        }))
    }

    async fn rotate_keys(
        &self,
        request: Request<RotateKeysRequest>,
    ) -> Result<Response<RotateKeysResponse>, Status> {
        let RotateKeysRequest { force, alg } = request.into_inner();
        let (algs, keys) = self.keeper.rotate(read_alg(alg)?, force).await?;
        self.learn().await;
        let rotated = algs.into_iter().map(|alg| RotatedKeys {
            current: in_state(&keys, alg, KeyState::Current),
            next: in_state(&keys, alg, KeyState::Next),
        });
        Ok(Response::new(RotateKeysResponse {
            rotated: rotated.collect(),
        }))
    }

    async fn revoke_key(
        &self,
        request: Request<RevokeKeyRequest>,
    ) -> Result<Response<RevokeKeyResponse>, Status> {
        let kid = KeyId::from(request.into_inner().kid);
        let keys = self.keeper.revoke(&kid).await?;
        self.learn().await;
        let key = keys.keys.iter().find(|key| key.kid == kid).map(Into::into);
        Ok(Response::new(RevokeKeyResponse { key }))
    }

    async fn retire_keys(
        &self,
        request: Request<RetireKeysRequest>,
    ) -> Result<Response<RetireKeysResponse>, Status> {
        let alg = read_enum(request.into_inner().alg, "alg")?;
        let keys = self.keeper.retire(alg).await?;
        self.learn().await;
        Ok(Response::new(RetireKeysResponse {
            // The last one that was current is the first of them.
            key: in_state(&keys, alg, KeyState::Previous),
        }))
    }

    async fn replace_current_key(
        &self,
        request: Request<ReplaceCurrentKeyRequest>,
    ) -> Result<Response<ReplaceCurrentKeyResponse>, Status> {
        let ReplaceCurrentKeyRequest { kid, alg } = request.into_inner();
        let kid = kid.map(KeyId::from);
        let replaced = self.keeper.replace_current(kid.as_ref(), read_alg(alg)?);
        let (alg, keys) = replaced.await?;
        self.learn().await;
        sleep(HEARD).await;
        Ok(Response::new(ReplaceCurrentKeyResponse {
            // The last one that was revoked is the first of them.
            revoked: in_state(&keys, alg, KeyState::Revoked),
            current: in_state(&keys, alg, KeyState::Current),
            next: in_state(&keys, alg, KeyState::Next),
        }))
    }
}

fn read_alg(alg: Option<i32>) -> Result<Option<SigningAlg>, InvalidField> {
    alg.map(|alg| read_enum(alg, "alg")).transpose()
}

fn in_state(keys: &StoredKeys, alg: SigningAlg, state: KeyState) -> Option<SigningKey> {
    let mut keys = keys.keys.iter();
    let found = keys.find(|key| key.alg == alg && key.state == state);
    found.map(Into::into)
}
