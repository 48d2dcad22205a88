//! Creating, changing and deleting organizations.

use super::*;

pub(super) async fn all(store: &dyn Store) {
    applying_twice_changes_nothing(store).await;
    a_change_names_its_fields(store).await;
    a_dry_run_changes_nothing(store).await;
    a_taken_name_undoes_everything(store).await;
    a_rename_to_a_taken_name_is_refused(store).await;
    a_name_can_be_used_again(store).await;
    a_deleted_organization_leaves_nothing(store).await;
    an_organization_above_the_limit_undoes_everything(store).await;
}

async fn applying_twice_changes_nothing(store: &dyn Store) {
    let acme = Patch {
        display_name: Some("Acme".to_owned()),
        ..patch(Some("org_acme"), "acme")
    };
    let wanted = vec![acme, patch(None, "beta")];
    let changes = store.apply(wanted.clone(), false).await.unwrap();
    assert!(changes.iter().all(|change| change.created));
    assert_eq!(changes.len(), 2);
    assert!(store.apply(wanted, false).await.unwrap().is_empty());
    let found = find(store, &id("org_acme")).await.unwrap();
    assert_eq!(found, changes[0].organization);
    let by_name = store.find(&Selector::Name(name("beta")), None).await;
    let beta = by_name.unwrap().unwrap().organization;
    assert_eq!(beta, changes[1].organization);
}

async fn a_change_names_its_fields(store: &dyn Store) {
    let named = Patch {
        display_name: Some("A".to_owned()),
        ..patch(Some("org_a"), "aa")
    };
    store.apply(vec![named], false).await.unwrap();
    let changes = store.apply(vec![patch(Some("org_a"), "ab")], false).await;
    assert_eq!(changes.unwrap()[0].fields, ["name"]);
    let found = find(store, &id("org_a")).await.unwrap();
    assert_eq!((found.name, found.display_name.as_str()), (name("ab"), "A"));
}

async fn a_dry_run_changes_nothing(store: &dyn Store) {
    let changes = store.apply(vec![patch(Some("org_dry"), "dry")], true).await;
    assert_eq!(changes.unwrap().len(), 1);
    assert_eq!(find(store, &id("org_dry")).await, None);
}

async fn a_taken_name_undoes_everything(store: &dyn Store) {
    create(store, "one").await;
    let wanted = vec![patch(Some("org_2"), "two"), patch(Some("org_3"), "one")];
    let error = store.apply(wanted, false).await.unwrap_err();
    assert!(matches!(error, Error::NameTaken(name) if name == "one"));
    assert_eq!(find(store, &id("org_2")).await, None);
}

async fn a_rename_to_a_taken_name_is_refused(store: &dyn Store) {
    create(store, "xx").await;
    let yy = create(store, "yy").await;
    let rename = vec![patch(Some("org_yy"), "xx")];
    let error = store.apply(rename, false).await.unwrap_err();
    assert!(matches!(error, Error::NameTaken(name) if name == "xx"));
    assert_eq!(find(store, &yy).await.unwrap().name, name("yy"));
}

async fn a_name_can_be_used_again(store: &dyn Store) {
    create(store, "former").await;
    let wanted = vec![
        patch(Some("org_former"), "later"),
        patch(Some("org_heir"), "former"),
    ];
    let changes = store.apply(wanted, false).await.unwrap();
    assert_eq!((changes[0].created, changes[1].created), (false, true));
}

async fn a_deleted_organization_leaves_nothing(store: &dyn Store) {
    let gone = create_with(store, "gone", vec![connection("Gone", true)]).await;
    let kept = create_with(store, "kept", vec![connection("Gone", true)]).await;
    for id in [&gone, &kept] {
        let added = store.add_members(id, &users(&["auth0|gone"])).await;
        assert_eq!(added.unwrap().len(), 1);
        let roles = [RoleId::from("rol_1".to_owned())].into();
        let set = store
            .set_member_roles(id, &user("auth0|gone"), &roles)
            .await;
        assert_eq!(set.unwrap().roles, roles);
    }
    store.delete(&gone).await.unwrap();
    assert_eq!(find(store, &gone).await, None);
    assert!(is_member(store, &kept, "auth0|gone").await);
    let assigning = store.list_that_assign("Gone", 10).await.unwrap();
    assert_eq!(assigning.len(), 1);
    let again = store.delete(&gone).await.unwrap_err();
    assert!(matches!(again, Error::NotFound(id) if id == gone));

    let again = create(store, "gone").await;
    assert!(!is_member(store, &again, "auth0|gone").await);
    let back = store.add_members(&again, &users(&["auth0|gone"])).await;
    assert_eq!(back.unwrap().len(), 1);
    let found = store
        .find(&Selector::Id(again), Some(&user("auth0|gone")))
        .await;
    let member = found.unwrap().unwrap().member.unwrap();
    assert!(
        member.roles.is_empty(),
        "the roles went with the membership"
    );
}

async fn an_organization_above_the_limit_undoes_everything(store: &dyn Store) {
    let many = |count: u64| -> Vec<Patch> {
        let patches = (0..count).map(|index| patch(None, &format!("limit-{index}")));
        patches.collect()
    };
    let error = store.apply(many(LIMITS.organizations), false).await;
    assert!(matches!(error, Err(Error::Invalid(error)) if error.field == "organizations"));
    let none = store.find(&Selector::Name(name("limit-0")), None).await;
    assert_eq!(none.unwrap(), None);
    assert_eq!(store.apply(many(3), false).await.unwrap().len(), 3);
}
