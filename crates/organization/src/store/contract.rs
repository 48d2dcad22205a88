//! The contract of every store, tested on PostgreSQL and SQLite.

use doorward_service_kit::sql::DatabaseConfig;
use doorward_test_support::postgres;

use super::{SqlStore, Store};
use crate::Error;
use crate::domain::{OrganizationId, OrganizationName, Patch, UserId};

fn patch(id: Option<&str>, name: &str, display_name: Option<&str>) -> Patch {
    Patch {
        id: id.map(|id| OrganizationId::from(id.to_owned())),
        name: OrganizationName::parse(name).unwrap(),
        display_name: display_name.map(str::to_owned),
    }
}

fn id(text: &str) -> OrganizationId {
    text.to_owned().into()
}

async fn applying_twice_changes_nothing(store: &dyn Store) {
    let wanted = vec![
        patch(Some("org_acme"), "acme", Some("Acme")),
        patch(None, "beta", None),
    ];
    let changes = store.apply(wanted.clone(), false).await.unwrap();
    assert!(changes.iter().all(|change| change.created));
    assert_eq!(changes.len(), 2);
    assert!(store.apply(wanted, false).await.unwrap().is_empty());

    let found = store
        .find_organization(&id("org_acme"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.display_name, "Acme");
}

async fn a_change_names_its_fields(store: &dyn Store) {
    store
        .apply(vec![patch(Some("org_a"), "aa", Some("A"))], false)
        .await
        .unwrap();
    let changes = store
        .apply(vec![patch(Some("org_a"), "ab", None)], false)
        .await
        .unwrap();
    assert_eq!(changes[0].fields, ["name"]);
    let found = store
        .find_organization(&id("org_a"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (found.name.as_str(), found.display_name.as_str()),
        ("ab", "A")
    );
}

async fn a_dry_run_changes_nothing(store: &dyn Store) {
    let changes = store
        .apply(vec![patch(Some("org_dry"), "dry", None)], true)
        .await
        .unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(store.find_organization(&id("org_dry")).await.unwrap(), None);
}

async fn a_taken_name_undoes_everything(store: &dyn Store) {
    store
        .apply(vec![patch(Some("org_1"), "one", None)], false)
        .await
        .unwrap();
    let wanted = vec![
        patch(Some("org_2"), "two", None),
        patch(Some("org_3"), "one", None),
    ];
    let error = store.apply(wanted, false).await.unwrap_err();
    assert!(matches!(error, Error::NameTaken(name) if name == "one"));
    assert_eq!(store.find_organization(&id("org_2")).await.unwrap(), None);
}

async fn a_rename_to_a_taken_name_is_refused(store: &dyn Store) {
    let wanted = vec![
        patch(Some("org_x"), "xx", None),
        patch(Some("org_y"), "yy", None),
    ];
    store.apply(wanted, false).await.unwrap();
    let rename = vec![patch(Some("org_y"), "xx", None)];
    let error = store.apply(rename, false).await.unwrap_err();
    assert!(matches!(error, Error::NameTaken(name) if name == "xx"));
    let found = store.find_organization(&id("org_y")).await.unwrap();
    assert_eq!(found.unwrap().name.as_str(), "yy");
}

async fn a_member_is_added_once(store: &dyn Store) {
    store
        .apply(vec![patch(Some("org_r"), "race", None)], false)
        .await
        .unwrap();
    let (org, bob) = (id("org_r"), UserId::from("auth0|bob".to_owned()));
    let (one, other) = tokio::join!(store.add_member(&org, &bob), store.add_member(&org, &bob));
    assert_ne!(one.unwrap(), other.unwrap());
}

async fn members(store: &dyn Store) {
    store
        .apply(vec![patch(Some("org_m"), "members", None)], false)
        .await
        .unwrap();
    let alice = UserId::from("auth0|alice".to_owned());
    assert!(!store.is_member(&id("org_m"), &alice).await.unwrap());
    assert!(store.add_member(&id("org_m"), &alice).await.unwrap());
    assert!(!store.add_member(&id("org_m"), &alice).await.unwrap());
    assert!(store.is_member(&id("org_m"), &alice).await.unwrap());
}

async fn an_unknown_organization_has_no_members(store: &dyn Store) {
    let alice = UserId::from("auth0|alice".to_owned());
    let nowhere = id("org_nowhere");
    assert!(matches!(
        store.is_member(&nowhere, &alice).await,
        Err(Error::NotFound(_))
    ));
    assert!(matches!(
        store.add_member(&nowhere, &alice).await,
        Err(Error::NotFound(_))
    ));
}

async fn all(config: DatabaseConfig) {
    let store = SqlStore::open(&config).await.unwrap();
    applying_twice_changes_nothing(&store).await;
    a_change_names_its_fields(&store).await;
    a_dry_run_changes_nothing(&store).await;
    a_taken_name_undoes_everything(&store).await;
    a_rename_to_a_taken_name_is_refused(&store).await;
    members(&store).await;
    a_member_is_added_once(&store).await;
    an_unknown_organization_has_no_members(&store).await;
}

#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    all(DatabaseConfig::sqlite(
        &folder.path().join("organization.db"),
    ))
    .await;
}

#[tokio::test]
async fn postgres() {
    all(DatabaseConfig {
        max_connections: 4,
        ..DatabaseConfig::new(postgres::database().await)
    })
    .await;
}
