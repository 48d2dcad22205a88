//! Consents.

use std::collections::BTreeSet;

use super::*;
use crate::domain::Consent;

pub(super) async fn all(store: &Arc<dyn Store>) {
    a_consent_adds_to_those_before(&**store).await;
    agreeing_twice_is_no_change(&**store).await;
    what_is_too_much_undoes_everything(&**store).await;
    two_at_the_same_time_both_count(store).await;
    consents_are_taken_back(&**store).await;
    an_unknown_user_agrees_to_nothing(&**store).await;
    a_whole_batch_has_its_consents(&**store).await;
}

pub(super) fn consent(client_id: &str, audience: &str, scopes: &[&str]) -> Consent {
    Consent {
        client_id: client_id.to_owned(),
        audience: audience.to_owned(),
        organization_id: String::new(),
        scopes: scopes.iter().map(ToString::to_string).collect(),
    }
}

async fn a_consent_adds_to_those_before(store: &dyn Store) {
    let user = add(store, "Consent", "consent@example.com").await;
    let in_organization = Consent {
        organization_id: "org_1".to_owned(),
        ..consent("b", "https://api.example/'; --", &["x"])
    };
    let given = [
        consent("b", "https://api.example/'; --", &["read:b"]),
        consent("a", "", &["openid"]),
        in_organization.clone(),
        consent("b", "", &[]),
        consent("b", "https://api.example/'; --", &["read:a"]),
    ];
    let position = store.newest_position().await.unwrap();
    let mut last = None;
    for one in given {
        last = Some(store.add_consent(&user.id, one).await.unwrap());
    }
    let expected = User {
        version: 6,
        consents: vec![
            consent("a", "", &["openid"]),
            consent("b", "", &[]),
            consent("b", "https://api.example/'; --", &["read:a", "read:b"]),
            in_organization,
        ],
        // It belongs to the profile, which has not changed.
        updated_at: user.updated_at,
        ..user.clone()
    };
    assert_eq!(last.as_ref(), Some(&expected));
    assert_eq!(store.find_user(&user.id).await.unwrap(), last);
    assert_eq!(
        store.list_by_email(&user.email).await.unwrap(),
        std::slice::from_ref(&expected)
    );
    let account = store
        .find_account(&["Consent".to_owned()], &user.email)
        .await
        .unwrap();
    assert_eq!(account.unwrap().user, expected);
    assert_eq!(
        store.list_changes(position, 500).await.unwrap().users,
        [expected]
    );
}

async fn agreeing_twice_is_no_change(store: &dyn Store) {
    let user = add(store, "Consent", "twice@example.org").await;
    let first = store
        .add_consent(&user.id, consent("c", "api", &["a", "b"]))
        .await
        .unwrap();
    let position = store.newest_position().await.unwrap();
    for known in [consent("c", "api", &["b"]), consent("c", "api", &[])] {
        assert_eq!(store.add_consent(&user.id, known).await.unwrap(), first);
    }
    assert_eq!(store.newest_position().await.unwrap(), position);
}

async fn what_is_too_much_undoes_everything(store: &dyn Store) {
    let user = add(store, "Consent", "much@example.com").await;
    let half = |client_id| consent(client_id, "", &[&"x".repeat(600 * 1024)]);
    let before = store.add_consent(&user.id, half("a")).await.unwrap();
    let refused = store.add_consent(&user.id, half("b")).await.unwrap_err();
    assert!(matches!(refused, Error::Invalid(error) if error.field == "consent"));
    assert_eq!(store.find_user(&user.id).await.unwrap(), Some(before));
}

async fn two_at_the_same_time_both_count(store: &Arc<dyn Store>) {
    const RACERS: u64 = 8;
    let user = add(&**store, "Consent", "race-consent@example.com").await;
    let race = |number| {
        let (store, id) = (Arc::clone(store), user.id.clone());
        let given = consent("client", "api", &[&format!("scope{number}")]);
        tokio::spawn(async move { store.add_consent(&id, given).await.unwrap() })
    };
    let mut versions = BTreeSet::new();
    for racer in (0..RACERS).map(race).collect::<Vec<_>>() {
        versions.insert(racer.await.unwrap().version);
    }
    assert_eq!(versions, (2..2 + RACERS).collect());
    let user = store.find_user(&user.id).await.unwrap().unwrap();
    let scopes = (0..RACERS).map(|number| format!("scope{number}")).collect();
    assert_eq!(user.consents.len(), 1);
    assert_eq!(user.consents[0].scopes, scopes);
}

async fn consents_are_taken_back(store: &dyn Store) {
    let user = add(store, "Consent", "revoke@example.com").await;
    let bystander = add(store, "Consent", "bystander@example.com").await;
    for given in [
        consent("a", "", &[]),
        consent("a", "api", &["x"]),
        consent("b", "", &[]),
        consent("c", "", &[]),
    ] {
        store.add_consent(&user.id, given.clone()).await.unwrap();
        store.add_consent(&bystander.id, given).await.unwrap();
    }
    for (client_id, removed, version, left) in [
        (Some("nobody"), 0, 5, 4),
        (Some("a"), 2, 6, 2),
        (Some("a"), 0, 6, 2),
        (None, 2, 7, 0),
        (None, 0, 7, 0),
    ] {
        let position = store.newest_position().await.unwrap();
        assert_eq!(
            store.remove_consents(&user.id, client_id).await.unwrap(),
            removed
        );
        let after = store.find_user(&user.id).await.unwrap().unwrap();
        assert_eq!(
            (after.version, after.consents.len()),
            (version, left),
            "{client_id:?}"
        );
        let noted = store.list_changes(position, 500).await.unwrap().users;
        assert_eq!(noted.len(), usize::from(removed > 0), "{client_id:?}");
    }
    let bystander = store.find_user(&bystander.id).await.unwrap().unwrap();
    assert_eq!(bystander.consents.len(), 4);
}

async fn an_unknown_user_agrees_to_nothing(store: &dyn Store) {
    let nobody = user("Consent", "nobody@example.com").id;
    let added = store.add_consent(&nobody, consent("c", "", &[])).await;
    assert!(matches!(added, Err(Error::UserNotFound(_))));
    let removed = store.remove_consents(&nobody, None).await;
    assert!(matches!(removed, Err(Error::UserNotFound(_))));
}

async fn a_whole_batch_has_its_consents(store: &dyn Store) {
    let position = store.newest_position().await.unwrap();
    for number in 0..5 {
        let user = add(store, "Consent", &format!("batch{number}@example.com")).await;
        let given = consent("client", &number.to_string(), &["a", "b"]);
        store.add_consent(&user.id, given).await.unwrap();
    }
    let users = store.list_changes(position, 500).await.unwrap().users;
    let consents: Vec<_> = users.into_iter().map(|user| user.consents).collect();
    let expected: Vec<_> = (0..5)
        .map(|number: i32| vec![consent("client", &number.to_string(), &["a", "b"])])
        .collect();
    assert_eq!(consents, expected);
}
