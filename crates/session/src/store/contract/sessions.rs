//! Opening, finding and ending sessions.

use super::{again, at, open, resolve, session_use, sign_in};
use crate::domain::{Device, NewSession, SessionToken, SessionUse, UserId};
use crate::store::Store;

async fn an_open_session_is_found(store: &dyn Store) {
    let (token, opened) = open(store, &sign_in("open"), at(0)).await;
    let (found, user) = store
        .resolve_session(&token, &session_use(), at(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found, opened);
    assert_eq!(&user, &sign_in("open").user);
    assert_eq!(found.sid.len(), 32);
    assert_eq!((found.created_at, found.authenticated_at), (at(0), at(0)));
    assert_eq!(found.initial_device, sign_in("open").device);
}

async fn an_unknown_token_is_absent(store: &dyn Store) {
    let (_, _) = open(store, &sign_in("unknown"), at(0)).await;
    for user in ["unknown", "nobody"] {
        let token = SessionToken::generate(&UserId::from(user.to_owned()));
        assert_eq!(resolve(store, &token, at(0)).await, None);
        assert!(!store.end_session(&token).await.unwrap());
    }
}

async fn an_ended_session_stays_ended(store: &dyn Store) {
    let (token, _) = open(store, &sign_in("end"), at(0)).await;
    let (other, _) = open(store, &sign_in("end"), at(0)).await;
    assert!(store.end_session(&token).await.unwrap());
    assert!(!store.end_session(&token).await.unwrap());
    assert_eq!(resolve(store, &token, at(1)).await, None);
    assert!(resolve(store, &other, at(1)).await.is_some());
}

async fn the_same_user_goes_on_under_a_new_token(store: &dyn Store) {
    let (old, opened) = open(store, &sign_in("same"), at(0)).await;
    let app = SessionUse {
        client_id: "app".to_owned(),
        ..session_use()
    };
    store.resolve_session(&old, &app, at(10)).await.unwrap();
    let elsewhere = NewSession {
        device: Device::default(),
        connection: "other".to_owned(),
        ..again("same", &old)
    };
    let (new, continued) = open(store, &elsewhere, at(900)).await;
    assert_ne!(new, old);
    assert_eq!(resolve(store, &old, at(900)).await, None);
    assert_eq!(continued.sid, opened.sid);
    assert_eq!(
        (continued.created_at, continued.authenticated_at),
        (at(0), at(900))
    );
    assert_eq!(continued.expires_at(), at(900 + 10_000));
    assert_eq!(continued.client_ids, ["app"]);
    assert_eq!(continued.initial_device, opened.initial_device);
    assert_eq!(continued.connection, "other");
    assert_eq!(resolve(store, &new, at(901)).await, Some(continued));
}

async fn the_last_device_is_noted(store: &dyn Store) {
    let device = |ip: &str, user_agent: &str| Device {
        ip: ip.to_owned(),
        user_agent: user_agent.to_owned(),
    };
    let home = device("192.0.2.1", "Firefox");
    let sign_in = NewSession {
        device: home.clone(),
        ..sign_in("device")
    };
    let (token, opened) = open(store, &sign_in, at(0)).await;
    assert_eq!(
        (&opened.initial_device, &opened.last_device),
        (&home, &home)
    );
    let places = [
        device("2001:db8::1", "Firefox"),
        device("2001:db8::1", "Chrome"),
        device("", ""),
        home.clone(),
    ];
    for (number, place) in (1..).zip(places) {
        let session_use = SessionUse {
            device: place.clone(),
            ..session_use()
        };
        let found = store
            .resolve_session(&token, &session_use, at(100 * number))
            .await;
        let (found, _) = found.unwrap().unwrap();
        assert_eq!((&found.initial_device, &found.last_device), (&home, &place));
        // Too soon to be worth a write.
        let found = resolve(store, &token, at(100 * number + 1)).await.unwrap();
        assert_eq!(found.last_device, place);
    }
}

async fn an_expired_session_does_not_go_on(store: &dyn Store) {
    let (old, opened) = open(store, &sign_in("late"), at(0)).await;
    let (_, next) = open(store, &again("late", &old), at(1_000)).await;
    assert_ne!(next.sid, opened.sid);
    assert_eq!(next.created_at, at(1_000));
    assert_eq!(resolve(store, &old, at(999)).await, None);
}

async fn another_user_ends_the_session(store: &dyn Store) {
    let (old, opened) = open(store, &sign_in("first"), at(0)).await;
    let (elsewhere, _) = open(store, &sign_in("first"), at(0)).await;
    let (new, session) = open(store, &again("second", &old), at(1)).await;
    assert_ne!(session.sid, opened.sid);
    assert_eq!(session.created_at, at(1));
    assert_eq!(resolve(store, &old, at(1)).await, None);
    assert!(resolve(store, &new, at(1)).await.is_some());
    assert!(resolve(store, &elsewhere, at(1)).await.is_some());
}

async fn one_of_two_sign_ins_goes_on(store: &dyn Store) {
    let (old, opened) = open(store, &sign_in("race"), at(0)).await;
    let renewed = again("race", &old);
    let ((one, first), (other, second)) =
        tokio::join!(open(store, &renewed, at(1)), open(store, &renewed, at(1)));
    let kept = [&first, &second]
        .into_iter()
        .filter(|session| session.sid == opened.sid);
    assert_eq!(kept.count(), 1);
    assert_ne!(first.sid, second.sid);
    for token in [one, other] {
        assert!(resolve(store, &token, at(2)).await.is_some());
    }
}

async fn applications_are_noted_once(store: &dyn Store) {
    let (token, _) = open(store, &sign_in("apps"), at(0)).await;
    for client_id in ["b", "a", "", "b"] {
        let session_use = SessionUse {
            client_id: client_id.to_owned(),
            ..session_use()
        };
        store
            .resolve_session(&token, &session_use, at(1))
            .await
            .unwrap();
    }
    assert_eq!(
        resolve(store, &token, at(1)).await.unwrap().client_ids,
        ["b", "a"]
    );
}

/// SEC-186: text of a request or of another service is only data.
async fn hostile_names_touch_nothing_else(store: &dyn Store) {
    let (bystander, untouched) = open(store, &sign_in("bystander"), at(0)).await;
    let long = "x".repeat(10_000);
    for name in [
        ":",
        "*",
        "{}",
        "{bystander}",
        "\r\nDEL *\r\n",
        "\0",
        "'; --",
        "user",
        "version",
        &long,
    ] {
        let (token, session) = open(store, &sign_in(name), at(0)).await;
        assert_eq!(session.user_id.as_str(), name);
        let session_use = SessionUse {
            client_id: name.to_owned(),
            ..session_use()
        };
        let (found, user) = store
            .resolve_session(&token, &session_use, at(1))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.client_ids, [name]);
        assert_eq!(user.id().as_str(), name);
        assert!(store.end_session(&token).await.unwrap());
    }
    assert_eq!(resolve(store, &bystander, at(1)).await, Some(untouched));
}

pub(super) async fn all(store: &dyn Store) {
    an_open_session_is_found(store).await;
    an_unknown_token_is_absent(store).await;
    an_ended_session_stays_ended(store).await;
    the_same_user_goes_on_under_a_new_token(store).await;
    the_last_device_is_noted(store).await;
    an_expired_session_does_not_go_on(store).await;
    another_user_ends_the_session(store).await;
    one_of_two_sign_ins_goes_on(store).await;
    applications_are_noted_once(store).await;
    hostile_names_touch_nothing_else(store).await;
}
