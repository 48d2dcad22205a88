//! Calls at the same time.

use std::future::Future;

use super::*;

pub(super) async fn all(store: &Arc<dyn Store>) {
    a_member_is_added_once(store).await;
    the_last_place_is_taken_once(store).await;
    a_membership_never_outlives_its_organization(store).await;
    changes_at_the_same_time_undo_none(store).await;
}

/// Runs calls at the same time.
async fn together<F, R>(calls: impl Iterator<Item = F>) -> Vec<R>
where
    F: Future<Output = R> + Send + 'static,
    R: Send + 'static,
{
    let calls: Vec<_> = calls.map(tokio::spawn).collect();
    let mut results = Vec::new();
    for call in calls {
        results.push(call.await.unwrap());
    }
    results
}

async fn a_member_is_added_once(store: &Arc<dyn Store>) {
    let organization = create_with(&**store, "race", vec![connection("Open", true)]).await;
    let calls = (0..20).map(|index| {
        let (store, organization) = (store.clone(), organization.clone());
        async move {
            let bob = user("auth0|bob");
            if index % 2 == 0 {
                store.join(&organization, &bob, "Open").await.unwrap().1
            } else {
                let added = store.add_members(&organization, &[bob]).await;
                !added.unwrap().is_empty()
            }
        }
    });
    let added = together(calls).await;
    assert_eq!(added.iter().filter(|added| **added).count(), 1);
}

async fn the_last_place_is_taken_once(store: &Arc<dyn Store>) {
    let organization = create(&**store, "places").await;
    let calls = (0..LIMITS.members + 8).map(|index| {
        let (store, organization) = (store.clone(), organization.clone());
        async move {
            let one = [user(&format!("auth0|{index}"))];
            store.add_members(&organization, &one).await
        }
    });
    let results = together(calls).await;
    let (added, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!(added.len() as u64, LIMITS.members);
    assert!(refused.iter().all(|it| matches!(it, Err(Error::Full(_)))));
    let listed = store
        .list_members(&organization, &page(1, Start::Number(0)))
        .await;
    assert_eq!(listed.unwrap().total, Some(LIMITS.members));
}

async fn a_membership_never_outlives_its_organization(store: &Arc<dyn Store>) {
    for _ in 0..5 {
        let organization = create(&**store, "short").await;
        let calls = (0..6).map(|index| {
            let (store, organization) = (store.clone(), organization.clone());
            async move {
                if index == 3 {
                    return store.delete(&organization).await;
                }
                let one = [user(&format!("auth0|{index}"))];
                store.add_members(&organization, &one).await.map(drop)
            }
        });
        for result in together(calls).await {
            assert!(
                matches!(result, Ok(()) | Err(Error::NotFound(_))),
                "{result:?}"
            );
        }
        assert_eq!(find(&**store, &organization).await, None);
    }
}

/// Lists in opposite orders that change other fields of the same organizations.
async fn changes_at_the_same_time_undo_none(store: &Arc<dyn Store>) {
    let ids = [
        create(&**store, "both-1").await,
        create(&**store, "both-2").await,
    ];
    for round in 0..20 {
        let text = format!("round {round}");
        let named = ["both-1", "both-2"].map(|name| Patch {
            display_name: Some(text.clone()),
            ..patch(Some(&format!("org_{name}")), name)
        });
        let connected = ["both-2", "both-1"].map(|name| Patch {
            connections: Some(vec![connection(&text, false)]),
            ..patch(None, name)
        });
        let calls = [named, connected].into_iter().map(|patches| {
            let store = store.clone();
            async move { store.apply(patches.to_vec(), false).await }
        });
        for changed in together(calls).await {
            assert_eq!(changed.unwrap().len(), 2);
        }
        for id in &ids {
            let found = find(&**store, id).await.unwrap();
            assert_eq!(
                (&found.display_name, &found.connections[0].name),
                (&text, &text)
            );
        }
    }
}
