//! Roles, and the roles of users.

use std::collections::BTreeSet;

use super::*;
use crate::domain::{Permission, RoleId, RolePatch};

pub(super) async fn all(store: &Arc<dyn Store>) {
    applying_twice_changes_nothing(&**store).await;
    a_change_raises_the_revision(&**store).await;
    a_dry_run_changes_nothing(&**store).await;
    a_taken_name_undoes_everything(&**store).await;
    appliers_wait_for_each_other(store).await;
    a_user_has_exactly_the_given_roles(&**store).await;
    the_same_roles_are_no_change(&**store).await;
    an_unknown_role_undoes_everything(&**store).await;
    an_unknown_user_has_no_roles(&**store).await;
    an_import_leaves_roles_and_consents_alone(&**store).await;
}

fn permissions(scopes: &[&str]) -> BTreeSet<Permission> {
    let permission = |scope: &&str| Permission {
        resource_server_identifier: "https://api.example/'; DROP TABLE role; --".to_owned(),
        permission_name: (*scope).to_owned(),
    };
    scopes.iter().map(permission).collect()
}

fn patch(id: Option<&str>, name: &str, scopes: Option<&[&str]>) -> RolePatch {
    RolePatch {
        id: id.map(|id| RoleId::parse(id).unwrap()),
        name: name.to_owned(),
        description: None,
        permissions: scopes.map(permissions),
    }
}

async fn apply(store: &dyn Store, patches: Vec<RolePatch>) -> usize {
    store.apply_roles(patches, false).await.unwrap().len()
}

async fn names(store: &dyn Store) -> Vec<String> {
    let roles = store.list_roles().await.unwrap();
    roles.into_iter().map(|role| role.name).collect()
}

fn ids(texts: &[&str]) -> BTreeSet<RoleId> {
    texts.iter().map(|id| RoleId::parse(id).unwrap()).collect()
}

async fn set(store: &dyn Store, user: &User, roles: &[&str]) -> Result<User, Error> {
    let roles: Vec<_> = roles.iter().map(ToString::to_string).collect();
    store.set_user_roles(&user.id, &roles).await
}

async fn applying_twice_changes_nothing(store: &dyn Store) {
    assert_eq!(store.list_roles().await.unwrap(), []);
    let described = RolePatch {
        description: Some("Réads \" \\ ' $1".to_owned()),
        ..patch(Some("rol_reader"), "reader", Some(&["read:b", "read:a"]))
    };
    let wanted = vec![
        patch(None, "writer", Some(&[])),
        described,
        patch(None, "Admin", None),
    ];
    assert_eq!(apply(store, wanted.clone()).await, 3);
    let roles = store.list_roles().await.unwrap();
    assert_eq!(names(store).await, ["Admin", "reader", "writer"]);
    assert_eq!(roles[1].id.as_str(), "rol_reader");
    assert_eq!(roles[1].description, "Réads \" \\ ' $1");
    assert_eq!(roles[1].permissions, permissions(&["read:a", "read:b"]));

    let revision = store.role_revision().await.unwrap();
    assert_eq!(apply(store, wanted).await, 0);
    assert_eq!(store.role_revision().await.unwrap(), revision);
    assert_eq!(store.list_roles().await.unwrap(), roles);
}

async fn a_change_raises_the_revision(store: &dyn Store) {
    let before = store.role_revision().await.unwrap();
    assert!(before > 0, "0 stands for none");
    let fewer = patch(Some("rol_reader"), "viewer", Some(&["read:a"]));
    let changes = store.apply_roles(vec![fewer], false).await.unwrap();
    assert_eq!(changes[0].fields, ["name", "permissions"]);
    assert!(store.role_revision().await.unwrap() > before);
    let roles = store.list_roles().await.unwrap();
    assert_eq!(roles[1].name, "viewer");
    assert_eq!(roles[1].permissions, permissions(&["read:a"]));
}

async fn a_dry_run_changes_nothing(store: &dyn Store) {
    let (before, revision) = (
        store.list_roles().await.unwrap(),
        store.role_revision().await.unwrap(),
    );
    let wanted = vec![patch(None, "dry", None), patch(None, "viewer", Some(&[]))];
    assert_eq!(store.apply_roles(wanted, true).await.unwrap().len(), 2);
    assert_eq!(store.list_roles().await.unwrap(), before);
    assert_eq!(store.role_revision().await.unwrap(), revision);
}

async fn a_taken_name_undoes_everything(store: &dyn Store) {
    let (before, revision) = (
        store.list_roles().await.unwrap(),
        store.role_revision().await.unwrap(),
    );
    let wanted = vec![
        patch(None, "two", None),
        patch(Some("rol_3"), "viewer", None),
    ];
    let error = store.apply_roles(wanted, false).await.unwrap_err();
    assert!(matches!(error, Error::NameTaken(name) if name == "viewer"));
    assert_eq!(store.list_roles().await.unwrap(), before);
    assert_eq!(store.role_revision().await.unwrap(), revision);
}

/// Each plans with the result of the one before.
async fn appliers_wait_for_each_other(store: &Arc<dyn Store>) {
    let race = |_| {
        let store = Arc::clone(store);
        tokio::spawn(async move { apply(&*store, vec![patch(None, "race", Some(&["a"]))]).await })
    };
    let mut created = 0;
    for racer in (0..8).map(race).collect::<Vec<_>>() {
        created += racer.await.unwrap();
    }
    assert_eq!(created, 1);
}

async fn a_user_has_exactly_the_given_roles(store: &dyn Store) {
    apply(
        store,
        vec![
            patch(Some("rol_1"), "one", None),
            patch(Some("rol_2"), "two", None),
        ],
    )
    .await;
    let user = add(store, "Roles", "roles@example.com").await;
    for (version, wanted, expected) in [
        (2, &["two", "rol_1"][..], &["rol_1", "rol_2"][..]),
        (3, &["rol_2", "two"], &["rol_2"]),
        (4, &["one"], &["rol_1"]),
        (5, &[], &[]),
    ] {
        let position = store.newest_position().await.unwrap();
        let changed = set(store, &user, wanted).await.unwrap();
        let expected = User {
            version,
            role_ids: ids(expected),
            // It belongs to the profile, which has not changed.
            updated_at: user.updated_at,
            ..user.clone()
        };
        assert_eq!(changed, expected);
        assert_eq!(
            store.find_user(&user.id).await.unwrap(),
            Some(expected.clone())
        );
        assert_eq!(
            store.list_by_email(&user.email).await.unwrap(),
            std::slice::from_ref(&expected)
        );
        let account = store
            .find_account(&["Roles".to_owned()], &user.email)
            .await
            .unwrap();
        assert_eq!(account.unwrap().user, expected);
        assert_eq!(
            store.list_changes(position, 500).await.unwrap().users,
            [expected]
        );
    }
}

async fn the_same_roles_are_no_change(store: &dyn Store) {
    let user = add(store, "Roles", "same-roles@example.com").await;
    let first = set(store, &user, &["one", "two"]).await.unwrap();
    let position = store.newest_position().await.unwrap();
    assert_eq!(set(store, &user, &["rol_2", "rol_1"]).await.unwrap(), first);
    assert_eq!(store.newest_position().await.unwrap(), position);
}

async fn an_unknown_role_undoes_everything(store: &dyn Store) {
    let user = add(store, "Roles", "unknown-role@example.com").await;
    let before = set(store, &user, &["one"]).await.unwrap();
    let error = set(store, &user, &["two", "three"]).await.unwrap_err();
    assert!(matches!(error, Error::Invalid(error) if error.problem.contains("\"three\"")));
    assert_eq!(store.find_user(&user.id).await.unwrap(), Some(before));
}

async fn an_unknown_user_has_no_roles(store: &dyn Store) {
    let nobody = user("Roles", "nobody@example.com");
    let error = set(store, &nobody, &["one"]).await.unwrap_err();
    assert!(matches!(error, Error::UserNotFound(id) if id == nobody.id.as_str()));
}

async fn an_import_leaves_roles_and_consents_alone(store: &dyn Store) {
    let user = add(store, "Roles", "imported-roles@example.com").await;
    set(store, &user, &["one"]).await.unwrap();
    let agreed = super::consents::consent("client", "api", &["a"]);
    let before = store.add_consent(&user.id, agreed).await.unwrap();
    let blocked = crate::domain::ImportEntry {
        blocked: Some(true),
        ..super::import::entry("imported-roles@example.com")
    };
    store
        .import(&connection("Roles"), &[blocked], START)
        .await
        .unwrap();
    let after = store.find_user(&user.id).await.unwrap().unwrap();
    assert_eq!(
        after,
        User {
            version: 4,
            blocked: true,
            sessions_from_version: 4,
            ..before
        }
    );
}
