//! The contract of every store, tested on PostgreSQL and SQLite.

mod apply;
mod invitations;
mod lists;
mod members;
mod races;
mod settings;
mod versions;
mod waiting;

use std::sync::Arc;

use doorward_service_kit::StoreError;
use doorward_service_kit::sql::DatabaseConfig;
use doorward_test_support::postgres;

use super::{Limits, SqlStore, Store};
use crate::Error;
use crate::domain::{
    Connection, Organization, OrganizationId, OrganizationName, Page, Patch, RoleId, Selector,
    Start, UserId,
};

/// Small enough to be reached.
const LIMITS: Limits = Limits {
    organizations: 60,
    members: 12,
};

fn id(text: &str) -> OrganizationId {
    text.to_owned().into()
}

fn name(text: &str) -> OrganizationName {
    OrganizationName::parse(text).unwrap()
}

fn user(text: &str) -> UserId {
    text.to_owned().into()
}

fn users(texts: &[&str]) -> Vec<UserId> {
    texts.iter().map(|text| user(text)).collect()
}

fn patch(id: Option<&str>, text: &str) -> Patch {
    Patch::new(id.map(self::id), name(text))
}

/// A connection that is enabled, and assigns membership or not.
fn connection(name: &str, assigns: bool) -> Connection {
    Connection {
        name: name.to_owned(),
        assign_membership_on_login: assigns,
        is_signup_enabled: false,
        show_as_button: true,
        is_enabled: true,
    }
}

/// Creates an organization, and returns its id.
async fn create(store: &dyn Store, text: &str) -> OrganizationId {
    create_with(store, text, Vec::new()).await
}

async fn create_with(
    store: &dyn Store,
    text: &str,
    connections: Vec<Connection>,
) -> OrganizationId {
    let wanted = Patch {
        connections: Some(connections),
        ..patch(Some(&format!("org_{text}")), text)
    };
    let changes = store.apply(vec![wanted], false).await.unwrap();
    assert!(changes[0].created);
    changes[0].organization.id.clone()
}

async fn find(store: &dyn Store, id: &OrganizationId) -> Option<Organization> {
    let found = store.find(&Selector::Id(id.clone()), None).await.unwrap();
    found.map(|found| found.organization)
}

async fn is_member(store: &dyn Store, id: &OrganizationId, text: &str) -> bool {
    let found = store
        .find(&Selector::Id(id.clone()), Some(&user(text)))
        .await;
    found.unwrap().unwrap().member.is_some()
}

fn page(take: u32, start: Start) -> Page {
    Page::new(take, start).unwrap()
}

async fn all(config: DatabaseConfig) {
    let store = SqlStore::with_limits(&config, LIMITS).await.unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    // First: it needs a store without other organizations.
    lists::all(&*store).await;
    apply::all(&*store).await;
    settings::all(&*store).await;
    members::all(&*store).await;
    races::all(&store).await;
    versions::all(&config, &*store).await;
}

#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let database = |name: &str| DatabaseConfig::sqlite(&folder.path().join(name));
    all(database("organization.db")).await;
    versions::the_first_version_is_taken_over(&database("old.db")).await;
}

#[tokio::test]
async fn postgres() {
    let database = |url: String| DatabaseConfig {
        max_connections: 4,
        ..DatabaseConfig::new(url)
    };
    all(database(postgres::database().await)).await;
    waiting::all(&database(postgres::database().await)).await;
    let old = database(postgres::database().await);
    versions::the_first_version_is_taken_over(&old).await;
}
