//! Storage of the registry's content.

#[cfg(test)]
mod contract;
mod sql;

use std::fmt::Debug;

use async_trait::async_trait;
use doorward_service_kit::StoreError;

use crate::Error;
use crate::domain::{ClientId, Connection, Desired, FoundClient, Plan, ResourceServer, Tenant};

pub use sql::SqlStore;

/// The registry's content, and its revision, which every change raises.
///
/// Several reads may see content from before and after a change; the raised revision then makes the caller read again.
#[async_trait]
pub trait Store: Debug + Send + Sync {
    /// The tenant's settings.
    async fn get_tenant(&self) -> Result<Tenant, StoreError>;

    /// One application, with the connections that are enabled for it and its client grants for users.
    async fn find_client(&self, id: &ClientId) -> Result<Option<FoundClient>, StoreError>;

    /// One API.
    async fn find_resource_server(
        &self,
        identifier: &str,
    ) -> Result<Option<ResourceServer>, StoreError>;

    /// Whether any application allows cross-origin calls from this origin.
    async fn is_allowed_origin(&self, origin: &str) -> Result<bool, StoreError>;

    /// One connection.
    async fn find_connection(&self, name: &str) -> Result<Option<Connection>, StoreError>;

    /// All connections, ordered by name.
    async fn list_connections(&self) -> Result<Vec<Connection>, StoreError>;

    /// Writes a [`plan`](crate::domain::plan()) and raises the revision, both or neither; calls wait for one another.
    /// A dry run changes nothing, nor does an empty plan.
    async fn apply(&self, desired: Desired, dry_run: bool) -> Result<Plan, Error>;

    /// The current revision; other processes raise it too.
    async fn revision(&self) -> Result<u64, StoreError>;
}
