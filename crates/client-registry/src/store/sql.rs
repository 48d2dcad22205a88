//! The registry in Postgres or SQLite.

mod client;
mod client_grant;
mod connection;
mod origins;
mod record;
mod resource_server;
mod revision;
mod tenant;

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use doorward_service_kit::grpc::StoreHealth;
use doorward_service_kit::sql::{Database, DatabaseConfig, OpenError};
use sqlx::AnyConnection;

use self::origins::OriginCache;
use super::Store;
use crate::Error;
use crate::domain::{
    ClientId, Connection, Content, Desired, FoundClient, Plan, ResourceServer, Tenant,
    in_order_for, plan,
};

doorward_service_kit::migrations!["0001_registry.sql"];

/// The registry's content in a SQL database.
#[derive(Debug)]
pub struct SqlStore {
    database: Database,
    origins: OriginCache,
}

impl SqlStore {
    /// Opens the database and brings its schema up to date.
    pub async fn open(config: &DatabaseConfig) -> Result<Self, OpenError> {
        let database = Database::open(config, &migrator()).await?;
        Ok(Self {
            database,
            origins: OriginCache::default(),
        })
    }

    async fn try_apply(&self, desired: Desired, dry_run: bool) -> Result<Plan, Error> {
        let mut transaction = self
            .database
            .begin_write()
            .await
            .map_err(StoreError::from)?;
        // Locks the row: of two calls at once, the second reads what the first has written.
        revision::raise(&mut transaction).await?;
        let plan = plan(read(&mut transaction).await?, desired)?;
        if dry_run || plan.is_empty() {
            transaction.rollback().await.map_err(StoreError::from)?;
        } else {
            write(&mut transaction, &plan).await?;
            transaction.commit().await.map_err(StoreError::from)?;
        }
        Ok(plan)
    }
}

impl StoreHealth for SqlStore {
    async fn answers(&self) -> bool {
        self.database.answers().await
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn get_tenant(&self) -> Result<Tenant, StoreError> {
        tenant::get(self.database.reader()).await
    }

    async fn find_client(&self, id: &ClientId) -> Result<Option<FoundClient>, StoreError> {
        let pool = self.database.reader();
        let Some(client) = client::find(pool, id).await? else {
            return Ok(None);
        };
        let mut connections = connection::list_enabled(pool, id).await?;
        let tenant = tenant::get(pool).await?;
        in_order_for(tenant.default_directory.as_deref(), &mut connections);
        Ok(Some(FoundClient {
            client,
            connections,
            client_grants: client_grant::list_for_users(pool, id).await?,
        }))
    }

    async fn find_resource_server(
        &self,
        identifier: &str,
    ) -> Result<Option<ResourceServer>, StoreError> {
        resource_server::find(self.database.reader(), identifier).await
    }

    async fn is_allowed_origin(&self, origin: &str) -> Result<bool, StoreError> {
        let origins = self.origins.get(self.database.reader()).await?;
        Ok(origins.allows(origin))
    }

    async fn find_connection(&self, name: &str) -> Result<Option<Connection>, StoreError> {
        connection::find(self.database.reader(), name).await
    }

    async fn list_connections(&self) -> Result<Vec<Connection>, StoreError> {
        let mut connections = connection::list(self.database.reader()).await?;
        connections.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(connections)
    }

    async fn apply(&self, desired: Desired, dry_run: bool) -> Result<Plan, Error> {
        self.try_apply(desired, dry_run).await
    }

    async fn revision(&self) -> Result<u64, StoreError> {
        revision::get(self.database.reader()).await
    }
}

async fn read(database: &mut AnyConnection) -> Result<Content, StoreError> {
    Ok(Content {
        tenant: tenant::get(&mut *database).await?,
        clients: client::list(&mut *database).await?,
        resource_servers: resource_server::list(&mut *database).await?,
        client_grants: client_grant::list(&mut *database).await?,
        connections: connection::list_with_clients(database).await?,
    })
}

async fn write(database: &mut AnyConnection, plan: &Plan) -> Result<(), StoreError> {
    if let Some(draft) = &plan.tenant {
        tenant::put(database, &draft.object).await?;
    }
    for draft in &plan.clients {
        client::put(database, &draft.object).await?;
    }
    for draft in &plan.resource_servers {
        resource_server::put(database, &draft.object).await?;
    }
    for planned in &plan.client_grants {
        client_grant::put(database, &planned.draft.object).await?;
    }
    for draft in &plan.connections {
        connection::put(database, &draft.object).await?;
    }
    Ok(())
}
