//! The life of the keys over gRPC.

use std::sync::Arc;

use doorward_proto::token_signing::v1::signing_key_service_server::SigningKeyService;
use doorward_proto::token_signing::v1::{
    ListKeysRequest, ListKeysResponse, ReplaceCurrentKeyRequest, ReplaceCurrentKeyResponse,
    RevokeKeyRequest, RevokeKeyResponse, RotateKeysRequest, RotateKeysResponse, SigningKey,
};
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
        let keys = self.keeper.rotate(request.into_inner().force).await?;
        self.learn().await;
        Ok(Response::new(RotateKeysResponse {
            current: in_state(&keys, KeyState::Current),
            next: in_state(&keys, KeyState::Next),
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

    async fn replace_current_key(
        &self,
        request: Request<ReplaceCurrentKeyRequest>,
    ) -> Result<Response<ReplaceCurrentKeyResponse>, Status> {
        let kid = request.into_inner().kid.map(KeyId::from);
        let keys = self.keeper.replace_current(kid.as_ref()).await?;
        self.learn().await;
        sleep(HEARD).await;
        Ok(Response::new(ReplaceCurrentKeyResponse {
            // The last one that was revoked is the first of them.
            revoked: in_state(&keys, KeyState::Revoked),
            current: in_state(&keys, KeyState::Current),
            next: in_state(&keys, KeyState::Next),
        }))
    }
}

fn in_state(keys: &StoredKeys, state: KeyState) -> Option<SigningKey> {
    let found = keys.keys.iter().find(|key| key.state == state);
    found.map(Into::into)
}
