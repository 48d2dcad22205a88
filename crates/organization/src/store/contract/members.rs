//! Members, and their roles.

use std::collections::BTreeSet;

use super::*;

pub(super) async fn all(store: &dyn Store) {
    members_come_and_go(store).await;
    a_member_counts_in_one_organization_alone(store).await;
    a_member_has_exactly_the_given_roles(store).await;
    roles_end_with_the_membership(store).await;
    a_user_joins_by_a_connection_that_assigns(store).await;
    a_full_organization_takes_no_more_members(store).await;
    an_unknown_organization_has_no_members(store).await;
}

fn roles(texts: &[&str]) -> BTreeSet<RoleId> {
    texts.iter().map(|id| (*id).to_owned().into()).collect()
}

async fn members_come_and_go(store: &dyn Store) {
    let organization = create(store, "members").await;
    assert!(!is_member(store, &organization, "auth0|a").await);
    let wanted = users(&["auth0|b", "auth0|a"]);
    let added = store.add_members(&organization, &wanted).await.unwrap();
    assert_eq!(added, wanted);
    let wanted = users(&["auth0|a", "auth0|c"]);
    let added = store.add_members(&organization, &wanted).await.unwrap();
    assert_eq!(added, users(&["auth0|c"]));
    assert!(is_member(store, &organization, "auth0|a").await);
    let removed = store
        .remove_members(&organization, &users(&["auth0|x", "auth0|a"]))
        .await;
    assert_eq!(removed.unwrap(), users(&["auth0|a"]));
    assert!(!is_member(store, &organization, "auth0|a").await);
    assert!(is_member(store, &organization, "auth0|b").await);
    let removed = store
        .remove_members(&organization, &users(&["auth0|a"]))
        .await;
    assert!(removed.unwrap().is_empty());
}

async fn a_member_counts_in_one_organization_alone(store: &dyn Store) {
    let (one, other) = (create(store, "mine").await, create(store, "theirs").await);
    store.add_members(&one, &users(&["auth0|a"])).await.unwrap();
    store
        .add_members(&other, &users(&["auth0|b"]))
        .await
        .unwrap();
    let set = store
        .set_member_roles(&one, &user("auth0|a"), &roles(&["rol_1"]))
        .await;
    set.unwrap();
    assert!(!is_member(store, &other, "auth0|a").await);
    let set = store
        .set_member_roles(&other, &user("auth0|a"), &roles(&["rol_1"]))
        .await;
    assert!(matches!(set, Err(Error::MemberNotFound { .. })));
    store
        .add_members(&other, &users(&["auth0|a"]))
        .await
        .unwrap();
    let found = store
        .find(&Selector::Id(other), Some(&user("auth0|a")))
        .await;
    let member = found.unwrap().unwrap().member.unwrap();
    assert!(member.roles.is_empty(), "roles of the other organization");
}

async fn a_member_has_exactly_the_given_roles(store: &dyn Store) {
    let organization = create(store, "roles").await;
    let alice = user("auth0|alice");
    let members = users(&["auth0|alice"]);
    store.add_members(&organization, &members).await.unwrap();
    for wanted in [
        &["rol_b", "rol_a"][..],
        &["rol_b", "rol_c"],
        &[],
        &["rol_a"],
    ] {
        let wanted = roles(wanted);
        let set = store.set_member_roles(&organization, &alice, &wanted).await;
        assert_eq!(set.unwrap().roles, wanted);
        let by_name = Selector::Name(name("roles"));
        let found = store.find(&by_name, Some(&alice)).await.unwrap().unwrap();
        assert_eq!(found.member.unwrap().roles, wanted);
    }
}

async fn roles_end_with_the_membership(store: &dyn Store) {
    let (organization, alice) = (id("org_roles"), users(&["auth0|alice"]));
    store.remove_members(&organization, &alice).await.unwrap();
    store.add_members(&organization, &alice).await.unwrap();
    let found = store
        .find(&Selector::Id(organization), Some(&alice[0]))
        .await;
    assert!(found.unwrap().unwrap().member.unwrap().roles.is_empty());
}

async fn a_user_joins_by_a_connection_that_assigns(store: &dyn Store) {
    let off = Connection {
        is_enabled: false,
        ..connection("Off", true)
    };
    let connections = vec![connection("Open", true), connection("Closed", false), off];
    let organization = create_with(store, "joined", connections).await;
    let alice = user("auth0|alice");
    for refused in ["Closed", "Off", "open", ""] {
        let joined = store.join(&organization, &alice, refused).await;
        assert!(matches!(joined, Err(Error::ConnectionNotEnabled(name)) if name == refused));
        assert!(!is_member(store, &organization, "auth0|alice").await);
    }
    let (member, added) = store.join(&organization, &alice, "Open").await.unwrap();
    assert_eq!((&member.user, added), (&alice, true));
    let wanted = roles(&["rol_1"]);
    let set = store.set_member_roles(&organization, &alice, &wanted).await;
    set.unwrap();
    let (member, added) = store.join(&organization, &alice, "Open").await.unwrap();
    assert_eq!((member.roles, added), (wanted, false));
}

async fn a_full_organization_takes_no_more_members(store: &dyn Store) {
    let organization = create_with(store, "full", vec![connection("Open", true)]).await;
    let other = create(store, "empty").await;
    let numbered = |range: std::ops::Range<u64>| -> Vec<UserId> {
        range.map(|index| user(&format!("auth0|{index}"))).collect()
    };
    let most = LIMITS.members;
    store
        .add_members(&organization, &numbered(0..most - 1))
        .await
        .unwrap();
    let two = store
        .add_members(&organization, &numbered(most..most + 2))
        .await;
    assert!(matches!(two, Err(Error::Full(id)) if id == organization));
    assert!(!is_member(store, &organization, &format!("auth0|{most}")).await);
    store
        .add_members(&organization, &numbered(most..most + 1))
        .await
        .unwrap();
    let joined = store.join(&organization, &user("auth0|late"), "Open").await;
    assert!(matches!(joined, Err(Error::Full(_))));
    let (_, added) = store
        .join(&organization, &user("auth0|0"), "Open")
        .await
        .unwrap();
    assert!(!added, "a member needs no further place");
    store
        .add_members(&organization, &numbered(0..2))
        .await
        .unwrap();
    store
        .add_members(&other, &users(&["auth0|late"]))
        .await
        .unwrap();
    store
        .remove_members(&organization, &numbered(0..1))
        .await
        .unwrap();
    let (_, added) = store
        .join(&organization, &user("auth0|late"), "Open")
        .await
        .unwrap();
    assert!(added);
}

async fn an_unknown_organization_has_no_members(store: &dyn Store) {
    let (nowhere, alice) = (id("org_nowhere"), user("auth0|alice"));
    let wanted = users(&["auth0|alice"]);
    assert!(matches!(
        store.add_members(&nowhere, &wanted).await,
        Err(Error::NotFound(_))
    ));
    assert!(matches!(
        store.remove_members(&nowhere, &wanted).await,
        Err(Error::NotFound(_))
    ));
    assert!(matches!(
        store.join(&nowhere, &alice, "Open").await,
        Err(Error::NotFound(_))
    ));
    assert!(matches!(
        store.set_member_roles(&nowhere, &alice, &roles(&[])).await,
        Err(Error::NotFound(_))
    ));
    let found = store.find(&Selector::Id(nowhere), Some(&alice)).await;
    assert_eq!(found.unwrap(), None);
}
