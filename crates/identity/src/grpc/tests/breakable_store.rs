//! A store that a test can make fail.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use jiff::Timestamp;

use super::*;
use crate::Error;
use crate::domain::{
    AddedMetadata, Connection, HashKind, ImportEntry, PasswordHash, RoleChange, RolePatch, Tally,
    UserId,
};
use crate::store::{Account, Changes};

#[derive(Debug)]
pub(super) struct BreakableStore {
    store: Arc<dyn Store>,
    broken: AtomicBool,
    read_only: AtomicBool,
}

impl BreakableStore {
    pub(super) fn new(store: Arc<dyn Store>) -> Arc<Self> {
        let (broken, read_only) = (AtomicBool::new(false), AtomicBool::new(false));
        Arc::new(Self {
            store,
            broken,
            read_only,
        })
    }

    /// Makes all calls fail.
    pub(super) fn break_down(&self) {
        self.broken.store(true, Ordering::Relaxed);
    }

    /// Makes all writes fail.
    pub(super) fn stop_writes(&self) {
        self.read_only.store(true, Ordering::Relaxed);
    }

    fn reader(&self) -> Result<&dyn Store, StoreError> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable("broken by the test".into()));
        }
        Ok(&*self.store)
    }

    fn writer(&self) -> Result<&dyn Store, StoreError> {
        if self.read_only.load(Ordering::Relaxed) {
            return Err(StoreError::Failed("disk full".into()));
        }
        self.reader()
    }
}

#[async_trait]
impl Store for BreakableStore {
    async fn find_user(&self, id: &UserId) -> Result<Option<crate::domain::User>, StoreError> {
        self.reader()?.find_user(id).await
    }

    async fn list_by_email(&self, email: &Email) -> Result<Vec<crate::domain::User>, StoreError> {
        self.reader()?.list_by_email(email).await
    }

    async fn find_account(
        &self,
        connections: &[String],
        email: &Email,
    ) -> Result<Option<Account>, StoreError> {
        self.reader()?.find_account(connections, email).await
    }

    async fn list_hash_kinds(&self) -> Result<Vec<HashKind>, StoreError> {
        self.reader()?.list_hash_kinds().await
    }

    async fn add_user(&self, user: &crate::domain::User, hash: &PasswordHash) -> Result<(), Error> {
        self.writer()?.add_user(user, hash).await
    }

    async fn replace_hash(
        &self,
        id: &UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        self.writer()?.replace_hash(id, old, new).await
    }

    async fn import(
        &self,
        connection: &Connection,
        entries: &[ImportEntry],
        now: Timestamp,
    ) -> Result<Tally, Error> {
        self.writer()?.import(connection, entries, now).await
    }

    async fn add_consent(
        &self,
        id: &UserId,
        consent: crate::domain::Consent,
    ) -> Result<crate::domain::User, Error> {
        self.writer()?.add_consent(id, consent).await
    }

    async fn remove_consents(&self, id: &UserId, client_id: Option<&str>) -> Result<usize, Error> {
        self.writer()?.remove_consents(id, client_id).await
    }

    async fn set_user_roles(
        &self,
        id: &UserId,
        roles: &[String],
    ) -> Result<crate::domain::User, Error> {
        self.writer()?.set_user_roles(id, roles).await
    }

    async fn set_blocked(&self, id: &UserId, blocked: bool) -> Result<crate::domain::User, Error> {
        self.writer()?.set_blocked(id, blocked).await
    }

    async fn set_password(
        &self,
        id: &UserId,
        hash: &PasswordHash,
    ) -> Result<crate::domain::User, Error> {
        self.writer()?.set_password(id, hash).await
    }

    async fn confirm_email(
        &self,
        id: &UserId,
        email: &Email,
        added: AddedMetadata,
        now: Timestamp,
    ) -> Result<crate::domain::User, Error> {
        self.writer()?.confirm_email(id, email, added, now).await
    }

    async fn role_revision(&self) -> Result<u64, StoreError> {
        self.reader()?.role_revision().await
    }

    async fn list_roles(&self) -> Result<Vec<crate::domain::Role>, StoreError> {
        self.reader()?.list_roles().await
    }

    async fn apply_roles(
        &self,
        patches: Vec<RolePatch>,
        dry_run: bool,
    ) -> Result<Vec<RoleChange>, Error> {
        self.writer()?.apply_roles(patches, dry_run).await
    }

    async fn list_changes(&self, after: u64, limit: u32) -> Result<Changes, StoreError> {
        self.reader()?.list_changes(after, limit).await
    }

    async fn newest_position(&self) -> Result<u64, StoreError> {
        self.reader()?.newest_position().await
    }
}
