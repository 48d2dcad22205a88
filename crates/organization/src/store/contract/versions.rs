//! Databases that another version of this service has written to.

use doorward_service_kit::sql::{Database, migrator};
use sqlx::{AnyConnection, Connection as _, Row};

use super::*;
use crate::domain::Branding;

const FIRST: (&str, &str) = (
    "0001_organizations.sql",
    include_str!("../../../migrations/0001_organizations.sql"),
);

pub(super) async fn all(config: &DatabaseConfig, store: &dyn Store) {
    settings_of_a_newer_version_stay(config, store).await;
}

async fn settings_of_a_newer_version_stay(config: &DatabaseConfig, store: &dyn Store) {
    let organization = create(store, "newer").await;
    let mut connection = AnyConnection::connect(&config.url).await.unwrap();
    let document = r#"{"from_a_newer_version":{"a":[1]},"branding":{"font":"x"}}"#;
    sqlx::query("UPDATE organization SET settings = $1 WHERE id = $2")
        .bind(document)
        .bind(organization.as_str())
        .execute(&mut connection)
        .await
        .unwrap();
    let found = find(store, &organization).await.unwrap();
    assert_eq!(found.settings, crate::domain::Settings::default());
    let wanted = Patch {
        branding: Some(Branding {
            primary_color: Some("#ffffff".to_owned()),
            ..Branding::default()
        }),
        ..patch(Some(organization.as_str()), "newer")
    };
    store.apply(vec![wanted], false).await.unwrap();
    let row = sqlx::query("SELECT settings FROM organization WHERE id = $1")
        .bind(organization.as_str())
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let written: String = row.try_get("settings").unwrap();
    let written: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(written["from_a_newer_version"]["a"][0], 1);
    assert_eq!(written["branding"]["font"], "x");
    assert_eq!(written["branding"]["primary_color"], "#ffffff");
}

/// Opens a database whose schema and rows are those of the first version.
pub(super) async fn the_first_version_is_taken_over(config: &DatabaseConfig) {
    let first = Database::open(config, &migrator(&[FIRST])).await.unwrap();
    let mut transaction = first.begin_write().await.unwrap();
    for statement in [
        "INSERT INTO organization (id, name, display_name) VALUES ('org_old', 'old', 'Old')",
        "INSERT INTO member (organization_id, user_id) VALUES ('org_old', 'auth0|a')",
    ] {
        let inserted = sqlx::query(statement).execute(&mut *transaction).await;
        inserted.unwrap();
    }
    transaction.commit().await.unwrap();
    first.close().await;

    let store = SqlStore::open(config).await.unwrap();
    let expected = Organization {
        display_name: "Old".to_owned(),
        ..Organization::new(id("org_old"), name("old"))
    };
    assert_eq!(find(&store, &id("org_old")).await, Some(expected));
    assert!(is_member(&store, &id("org_old"), "auth0|a").await);
    let roles = [RoleId::from("rol_1".to_owned())].into();
    let old = id("org_old");
    let set = store.set_member_roles(&old, &user("auth0|a"), &roles).await;
    assert_eq!(set.unwrap().roles, roles);
}
