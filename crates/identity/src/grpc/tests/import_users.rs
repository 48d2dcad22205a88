use super::*;

fn counts(answer: &ImportUsersResponse) -> (u32, u32, u32) {
    (answer.created, answer.updated, answer.unchanged)
}

/// An entry with all fields.
fn whole() -> ImportedUser {
    let text = |text: &str| Some(text.to_owned());
    ImportedUser {
        user_id: text("auth0|507f1f77bcf86cd799439011"),
        claims: Some(UserClaims {
            email: text(EMAIL),
            email_verified: Some(true),
            username: text("alice"),
            name: text("Alice Brown"),
            given_name: text("Alice"),
            family_name: text("Brown"),
            middle_name: text("B."),
            nickname: text("al"),
            preferred_username: text("alice.b"),
            profile: text("https://example.com/alice"),
            picture: text("https://example.com/alice.png"),
            website: text("https://alice.example"),
            gender: text("female"),
            birthdate: text("2001-02-03"),
            zoneinfo: text("Europe/Paris"),
            locale: text("fr-FR"),
            phone_number: text("+33123456789"),
            phone_number_verified: Some(true),
        }),
        blocked: Some(true),
        password_hash: Some(bcrypt::hash(PASSWORD, 4).unwrap()),
        app_metadata_json: text(r#"{"plan": {"seats": [1, 2.5, null]}}"#),
        user_metadata_json: text(r#"{"colour": "r\u00e9d\u0000"}"#),
    }
}

#[tokio::test]
async fn everything_is_kept_and_the_second_time_is_the_same() {
    let service = TestService::start().await;
    let entries = vec![whole(), imported("bob@example.com")];
    assert_eq!(
        counts(&service.import(entries.clone()).await.unwrap()),
        (2, 0, 0)
    );
    let alice = service
        .find("auth0|507f1f77bcf86cd799439011")
        .await
        .unwrap();
    assert_eq!(alice.claims, whole().claims);
    assert!(alice.blocked);
    assert_eq!(counts(&service.import(entries).await.unwrap()), (0, 0, 2));
    assert_eq!(service.find(&alice.user_id).await, Some(alice));
}

#[tokio::test]
async fn what_is_absent_stays() {
    let service = TestService::start().await;
    service.import(vec![whole()]).await.unwrap();
    let before = service.list(EMAIL).await.remove(0);
    assert_eq!(
        counts(&service.import(vec![imported(EMAIL)]).await.unwrap()),
        (0, 0, 1)
    );

    let mut entry = imported(EMAIL);
    entry.claims.as_mut().unwrap().nickname = Some("ally".to_owned());
    assert_eq!(
        counts(&service.import(vec![entry]).await.unwrap()),
        (0, 1, 0)
    );
    let after = service.list(EMAIL).await.remove(0);
    assert_eq!((before.version, after.version), (1, 2));
    let mut wanted = before.claims;
    wanted.as_mut().unwrap().nickname = Some("ally".to_owned());
    assert_eq!(after.claims, wanted);
}

#[tokio::test]
async fn metadata_alone_is_a_change() {
    let service = TestService::start().await;
    service.import(vec![whole()]).await.unwrap();
    let user_metadata_json = Some("{}".to_owned());
    let entry = ImportedUser {
        user_metadata_json,
        ..imported(EMAIL)
    };
    assert_eq!(
        counts(&service.import(vec![entry.clone()]).await.unwrap()),
        (0, 1, 0)
    );
    assert_eq!(
        counts(&service.import(vec![entry]).await.unwrap()),
        (0, 0, 1)
    );
    assert_eq!(service.list(EMAIL).await[0].version, 2);
}

#[tokio::test]
async fn a_broken_entry_is_named_and_nothing_is_changed() {
    let service = TestService::start().await;
    let broken = |change: &dyn Fn(&mut ImportedUser)| {
        let mut entry = imported("bob@example.com");
        change(&mut entry);
        entry
    };
    let some = |text: &str| Some(text.to_owned());
    let cases = [
        ("email", broken(&|entry| entry.claims = None)),
        ("email", imported("bob@example@com")),
        ("email", imported(&"x".repeat(100_000))),
        ("email", imported("Alice@example.com")),
        ("user_id", broken(&|entry| entry.user_id = some(""))),
        ("user_id", broken(&|entry| entry.user_id = some("auth0|\0"))),
        (
            "given_name",
            broken(&|entry| entry.claims.as_mut().unwrap().given_name = some("")),
        ),
        (
            "password_hash",
            broken(&|entry| entry.password_hash = some("5f4dcc3b5aa765d61d8327deb882cf99")),
        ),
        (
            "password_hash",
            broken(&|entry| entry.password_hash = some("$2b$31$")),
        ),
        (
            "app_metadata",
            broken(&|entry| entry.app_metadata_json = some("[]")),
        ),
        (
            "user_metadata",
            broken(&|entry| entry.user_metadata_json = some("{")),
        ),
        (
            "user_metadata",
            broken(&|entry| entry.user_metadata_json = Some("[".repeat(100_000))),
        ),
    ];
    for (field, entry) in cases {
        let refused = service
            .import(vec![imported(EMAIL), entry])
            .await
            .unwrap_err();
        let message = refused.message();
        assert_eq!(
            reason_of(&refused),
            Some(ErrorReason::InvalidField),
            "{field}: {message}"
        );
        assert!(
            message.starts_with("users[1] \"") && message.contains(&format!("\": {field}: ")),
            "{message}"
        );
        assert!(message.len() < 300, "{field}: {message}");
        assert!(!message.contains("5f4dcc3b"), "{message}");
        assert_eq!(service.list(EMAIL).await, [], "{field}");
    }
}

#[tokio::test]
async fn a_taken_email_is_named() {
    let service = TestService::start().await;
    service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
    let user_id = Some("auth0|other".to_owned());
    let refused = service
        .import(vec![ImportedUser {
            user_id,
            ..imported(EMAIL)
        }])
        .await
        .unwrap_err();
    assert_eq!(reason_of(&refused), Some(ErrorReason::UserAlreadyExists));
    assert!(refused.message().contains(EMAIL), "{}", refused.message());
}

#[tokio::test]
async fn at_most_a_thousand() {
    let service = TestService::start().await;
    let entries = |count| {
        (0..count)
            .map(|n| imported(&format!("user{n}@example.com")))
            .collect()
    };
    let refused = service.import(entries(1001)).await.unwrap_err();
    assert_eq!(reason_of(&refused), Some(ErrorReason::InvalidField));
    assert_eq!(
        counts(&service.import(entries(1000)).await.unwrap()),
        (1000, 0, 0)
    );
}

#[tokio::test]
async fn sec_185_text_stays_text() {
    for service in TestService::start_both().await {
        for nasty in NASTY {
            let mut entry = imported(EMAIL);
            let claims = entry.claims.as_mut().unwrap();
            claims.name = Some(nasty.to_owned());
            claims.locale = Some(nasty.to_owned());
            entry.app_metadata_json = Some(serde_json::json!({ nasty: nasty }).to_string());
            service.import(vec![entry]).await.unwrap();
            let claims = service.list(EMAIL).await.remove(0).claims.unwrap();
            assert_eq!(
                (claims.name.as_deref(), claims.locale.as_deref()),
                (Some(nasty), Some(nasty))
            );

            let user_id = Some(nasty.to_owned());
            let entry = ImportedUser {
                user_id,
                ..imported("bob@example.com")
            };
            let outcome = service.import(vec![entry]).await;
            let first = nasty == NASTY[0];
            assert_eq!(
                outcome.is_ok(),
                first,
                "only the first takes the email: {nasty:?}"
            );
        }
        assert_eq!(service.find(NASTY[0]).await.unwrap().user_id, NASTY[0]);
    }
}

/// Every message with the user has a limit, and blocking a user must reach `session`.
#[tokio::test]
async fn metadata_that_fits_no_message_stays_here() {
    let service = TestService::start().await;
    // {"a":"..."}: eight bytes beside the text.
    let with = |length: usize| Some(format!(r#"{{"a":"{}"}}"#, "x".repeat(length)));
    let fits = 64 * 1024 - 8;
    let entry = ImportedUser {
        app_metadata_json: with(fits),
        user_metadata_json: with(fits + 1),
        ..whole()
    };
    service.import(vec![entry.clone()]).await.unwrap();
    let user = service.find("auth0|507f1f77bcf86cd799439011").await;
    let user = user.unwrap();
    assert_eq!(user.app_metadata_json, entry.app_metadata_json);
    assert_eq!(user.user_metadata_json, None);
    let again = service.import(vec![entry]).await.unwrap();
    assert_eq!(counts(&again), (0, 0, 1));
}

/// Every sign-in computes one hash of each kind.
#[tokio::test]
async fn a_ninth_kind_of_hash_is_refused() {
    let service = TestService::start().await;
    let user = |number: u32, rounds: u32| ImportedUser {
        password_hash: Some(format!(
            "$pbkdf2-sha256$i={rounds},l=16$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"
        )),
        ..imported(&format!("user{number}@example.com"))
    };
    let eight = (1..=8).map(|number| user(number, number)).collect();
    service.import(eight).await.unwrap();
    let status = service.import(vec![user(9, 9)]).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::InvalidArgument);
    assert!(status.message().contains("password_hash"), "{status:?}");
    // A kind that there is, and a user without a password, cost nothing more.
    let others = vec![user(9, 8), imported("user10@example.com")];
    assert_eq!(counts(&service.import(others).await.unwrap()), (2, 0, 0));
}
