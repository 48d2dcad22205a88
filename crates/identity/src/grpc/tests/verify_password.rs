use argon2::password_hash::PasswordHasher;
use argon2::{Algorithm, Argon2, Version};

use super::*;

async fn service_with_alice() -> TestService {
    let service = TestService::start().await;
    service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
    service
}

#[tokio::test]
async fn the_right_password_gives_the_user() {
    let service = service_with_alice().await;
    let user = service
        .verify(sign_in("ALICE@example.com", PASSWORD))
        .await
        .unwrap();
    assert_eq!(service.find(&user.user_id).await, Some(user));
}

#[tokio::test]
async fn a_blocked_user_with_the_right_password_is_an_answer() {
    let service = service_with_alice().await;
    service
        .import(vec![ImportedUser {
            blocked: Some(true),
            ..imported(EMAIL)
        }])
        .await
        .unwrap();
    assert!(
        service
            .verify(sign_in(EMAIL, PASSWORD))
            .await
            .unwrap()
            .blocked
    );
    let refused = service
        .verify(sign_in(EMAIL, "wrong horse"))
        .await
        .unwrap_err();
    assert_eq!(reason_of(&refused), Some(ErrorReason::WrongCredentials));
}

#[tokio::test]
async fn the_first_connection_that_has_the_user_decides() {
    let service = service_with_alice().await;
    let elsewhere = CreateUserRequest {
        connection: "Elsewhere".to_owned(),
        ..sign_up(EMAIL, "other horse")
    };
    service.create(elsewhere).await.unwrap();
    let try_in = |connections: &[&str], password| VerifyPasswordRequest {
        connections: connections.iter().map(ToString::to_string).collect(),
        ..sign_in(EMAIL, password)
    };
    let user = service
        .verify(try_in(&["None", "Elsewhere", CONNECTION], "other horse"))
        .await;
    assert_eq!(user.unwrap().connection, "Elsewhere");
    assert!(
        service
            .verify(try_in(&["Elsewhere", CONNECTION], PASSWORD))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn sec_140_142_a_refusal_never_says_why() {
    let service = service_with_alice().await;
    service
        .import(vec![imported("no-password@example.com")])
        .await
        .unwrap();
    let long = "x".repeat(1025);
    let elsewhere = VerifyPasswordRequest {
        connections: vec!["Elsewhere".to_owned()],
        ..sign_in(EMAIL, PASSWORD)
    };
    let nowhere = VerifyPasswordRequest {
        connections: Vec::new(),
        ..sign_in(EMAIL, PASSWORD)
    };
    let wrong = service
        .verify(sign_in(EMAIL, "wrong horse"))
        .await
        .unwrap_err();
    assert_eq!(reason_of(&wrong), Some(ErrorReason::WrongCredentials));
    for other in [
        sign_in("nobody@example.com", PASSWORD),
        sign_in("no-password@example.com", PASSWORD),
        sign_in("not an email", PASSWORD),
        sign_in("", PASSWORD),
        sign_in(EMAIL, ""),
        sign_in("nobody@example.com", ""),
        sign_in(EMAIL, &long),
        sign_in("nobody@example.com", &long),
        elsewhere,
        nowhere,
    ] {
        let identifier = other.identifier.clone();
        let status = service.verify(other).await.unwrap_err();
        let told = |status: &Status| {
            (
                status.code(),
                status.message().to_owned(),
                status.details().to_owned(),
            )
        };
        assert_eq!(told(&status), told(&wrong), "{identifier:?}");
    }
}

#[tokio::test]
async fn sec_151_passwords_are_compared_as_typed() {
    let service = TestService::start().await;
    let passwords = [
        " leading space",
        "trailing space ",
        "émoji 🐎 password",
        &"x".repeat(64),
        &"🐎".repeat(256),
    ];
    for (number, password) in passwords.into_iter().enumerate() {
        let email = format!("user{number}@example.com");
        service.create(sign_up(&email, password)).await.unwrap();
        assert!(
            service.verify(sign_in(&email, password)).await.is_ok(),
            "{password:?}"
        );
        let shorter: String = password.chars().skip(1).collect();
        let decomposed = password.replace('é', "e\u{301}");
        for other in [
            shorter,
            decomposed,
            password.trim().to_owned(),
            password.to_uppercase(),
        ] {
            if other != password {
                assert!(
                    service.verify(sign_in(&email, &other)).await.is_err(),
                    "{other:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn sec_153_new_hashes_are_argon2id_at_owasp_settings() {
    let service = TestService::start_with(HashingConfig::default()).await;
    service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
    let stored = service.stored_hash().await;
    assert!(
        stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{stored}"
    );
}

#[tokio::test]
async fn sec_153_imported_hashes_are_replaced_at_the_first_login() {
    let argon2 = |algorithm, memory| {
        let cost = Params::new(memory, 1, 1, None).unwrap();
        let argon2 = Argon2::new(algorithm, Version::V0x13, cost);
        argon2
            .hash_password(PASSWORD.as_bytes())
            .unwrap()
            .to_string()
    };
    let bcrypt = bcrypt::hash(PASSWORD, 4).unwrap();
    for old in [
        bcrypt.replacen("$2b$", "$2a$", 1),
        bcrypt,
        argon2(Algorithm::Argon2i, 64),
        argon2(Algorithm::Argon2d, 64),
        argon2(Algorithm::Argon2id, 32),
    ] {
        let service = TestService::start().await;
        let entry = ImportedUser {
            password_hash: Some(old.clone()),
            ..imported(EMAIL)
        };
        service.import(vec![entry.clone()]).await.unwrap();
        assert!(service.verify(sign_in(EMAIL, "wrong horse")).await.is_err());
        assert_eq!(service.stored_hash().await, old);

        let user = service.verify(sign_in(EMAIL, PASSWORD)).await.unwrap();
        let new = service.stored_hash().await;
        assert!(
            new.starts_with("$argon2id$v=19$m=64,t=1,p=1$"),
            "{old} became {new}"
        );

        let again = service.import(vec![entry]).await.unwrap();
        assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 1));
        assert_eq!(
            service.verify(sign_in(EMAIL, PASSWORD)).await.unwrap(),
            user
        );
        assert_eq!(service.stored_hash().await, new, "replaced once");
    }
}

#[tokio::test]
async fn too_many_at_once_are_refused_as_overloaded() {
    let service = TestService::start_with(HashingConfig {
        max_concurrent: 1.try_into().unwrap(),
        max_waiting: 1,
        ..HashingConfig::default()
    })
    .await;
    let calls = (0..10).map(|_| service.verify(sign_in("nobody@example.com", PASSWORD)));
    let answers = futures::future::join_all(calls).await;
    let count = |reason| {
        let refused = answers
            .iter()
            .map(|answer| reason_of(answer.as_ref().unwrap_err()));
        refused.filter(|given| *given == Some(reason)).count()
    };
    let served = count(ErrorReason::WrongCredentials);
    let refused = count(ErrorReason::Overloaded);
    assert!(
        served >= 2 && refused >= 1,
        "{served} served, {refused} refused"
    );
    assert_eq!(served + refused, 10);
}

#[tokio::test]
async fn sec_152_a_huge_password_is_not_hashed() {
    let service = TestService::start_with(HashingConfig {
        max_concurrent: 1.try_into().unwrap(),
        max_waiting: 0,
        ..HashingConfig::default()
    })
    .await;
    // Only one hash at a time, so concurrent calls would be refused as overloaded if they were hashed.
    // A whole request may have 1 MiB.
    let huge = "x".repeat(1_000_000);
    let calls = (0..10).map(|_| service.verify(sign_in(EMAIL, &huge)));
    for answer in futures::future::join_all(calls).await {
        assert_eq!(
            reason_of(&answer.unwrap_err()),
            Some(ErrorReason::WrongCredentials)
        );
    }
}

#[tokio::test]
async fn sec_185_text_stays_text() {
    for service in TestService::start_both().await {
        service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
        for nasty in NASTY {
            let in_connection = VerifyPasswordRequest {
                connections: vec![nasty.to_owned()],
                ..sign_in(EMAIL, PASSWORD)
            };
            for request in [
                sign_in(nasty, PASSWORD),
                sign_in(EMAIL, nasty),
                in_connection,
            ] {
                let refused = service.verify(request).await.unwrap_err();
                assert_eq!(
                    reason_of(&refused),
                    Some(ErrorReason::WrongCredentials),
                    "{nasty:?}"
                );
            }
        }
        assert!(service.verify(sign_in(EMAIL, PASSWORD)).await.is_ok());
    }
}
