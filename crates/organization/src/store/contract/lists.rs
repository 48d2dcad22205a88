//! Lists, part by part.

use super::*;
use crate::domain::Listed;

pub(super) async fn all(store: &dyn Store) {
    an_empty_list_has_one_part(store).await;
    organizations_are_listed_once_each(store).await;
    organizations_of_a_user_are_listed_by_name(store).await;
    members_are_listed_once_each(store).await;
    an_unknown_organization_has_no_list(store).await;
}

async fn an_empty_list_has_one_part(store: &dyn Store) {
    let first = store.list(&page(0, Start::Number(0))).await.unwrap();
    let expected = Listed {
        items: Vec::new(),
        next: None,
        total: Some(0),
    };
    assert_eq!(first, expected);
}

async fn organizations_are_listed_once_each(store: &dyn Store) {
    for text in ["list-d", "list-b", "list-a", "list-e", "list-c"] {
        create(store, text).await;
    }
    let mut names = Vec::new();
    let mut after = String::new();
    loop {
        let part = store.list(&page(2, Start::After(after))).await.unwrap();
        assert_eq!(part.total, None);
        names.extend(part.items.iter().map(|it| it.name.as_str().to_owned()));
        match part.next {
            Some(next) => after = next,
            None => break,
        }
    }
    assert_eq!(names, ["list-a", "list-b", "list-c", "list-d", "list-e"]);
    for (number, expected) in [(0, &["list-a", "list-b"][..]), (2, &["list-e"]), (3, &[])] {
        let part = store.list(&page(2, Start::Number(number))).await.unwrap();
        let names: Vec<_> = part.items.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, expected);
        assert_eq!(part.total, Some(5));
    }
}

async fn organizations_of_a_user_are_listed_by_name(store: &dyn Store) {
    let alice = users(&["auth0|alice"]);
    for text in ["list-a", "list-c", "list-d"] {
        let organization = id(&format!("org_{text}"));
        store.add_members(&organization, &alice).await.unwrap();
    }
    let of_alice = |start| async move {
        let page = page(2, start);
        store
            .list_of_user(&user("auth0|alice"), &page)
            .await
            .unwrap()
    };
    let first = of_alice(Start::After(String::new())).await;
    let names: Vec<_> = first.items.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["list-a", "list-c"]);
    let second = of_alice(Start::After(first.next.unwrap())).await;
    assert_eq!((second.items.len(), second.next), (1, None));
    let second = of_alice(Start::Number(1)).await;
    assert_eq!((second.items.len(), second.total), (1, Some(3)));
    let of_bob = store
        .list_of_user(&user("auth0|bob"), &page(2, Start::Number(0)))
        .await;
    assert_eq!(of_bob.unwrap().total, Some(0));
}

async fn members_are_listed_once_each(store: &dyn Store) {
    let organization = id("org_list-b");
    let all = users(&["auth0|c", "auth0|a", "auth0|b"]);
    store.add_members(&organization, &all).await.unwrap();
    let roles = [RoleId::from("rol_b".to_owned()), "rol_a".to_owned().into()].into();
    let set = store
        .set_member_roles(&organization, &user("auth0|b"), &roles)
        .await;
    set.unwrap();
    let list = |start| async move {
        let page = page(2, start);
        store.list_members(&id("org_list-b"), &page).await.unwrap()
    };
    let first = list(Start::After(String::new())).await;
    assert_eq!(first.items[1].user, user("auth0|b"));
    assert_eq!(first.items[1].roles, roles);
    assert!(first.items[0].roles.is_empty());
    let second = list(Start::After(first.next.unwrap())).await;
    assert_eq!(second.items[0].user, user("auth0|c"));
    assert_eq!((second.items.len(), second.next), (1, None));
    assert_eq!(list(Start::Number(1)).await.total, Some(3));
}

async fn an_unknown_organization_has_no_list(store: &dyn Store) {
    let listed = store
        .list_members(&id("org_nowhere"), &page(2, Start::Number(0)))
        .await;
    assert!(matches!(listed, Err(Error::NotFound(_))));
}
