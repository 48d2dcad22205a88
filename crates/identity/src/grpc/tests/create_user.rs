use super::*;

#[tokio::test]
async fn a_new_user_is_named_after_the_email() {
    let service = TestService::start().await;
    let request = CreateUserRequest {
        email_verified: true,
        ..sign_up("Alice.B@Example.com", PASSWORD)
    };
    let user = service.create(request).await.unwrap();
    let id = user.user_id.strip_prefix("auth0|").unwrap();
    assert!(
        id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{id}"
    );
    assert_eq!(
        (user.version, user.connection.as_str(), user.blocked),
        (1, CONNECTION, false)
    );
    assert_eq!(user.created_at, user.updated_at);
    let claims = UserClaims {
        email: Some("alice.b@example.com".to_owned()),
        email_verified: Some(true),
        name: Some("alice.b@example.com".to_owned()),
        nickname: Some("alice.b".to_owned()),
        ..UserClaims::default()
    };
    assert_eq!(user.claims, Some(claims));
}

#[tokio::test]
async fn an_email_is_taken_in_any_letter_case() {
    let service = TestService::start().await;
    service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
    let refused = service
        .create(sign_up("ALICE@EXAMPLE.COM", "other horse"))
        .await
        .unwrap_err();
    assert_eq!(reason_of(&refused), Some(ErrorReason::UserAlreadyExists));
    assert!(service.verify(sign_in(EMAIL, PASSWORD)).await.is_ok());
}

#[tokio::test]
async fn of_two_at_the_same_time_one_wins() {
    let service = TestService::start().await;
    let (one, other) = tokio::join!(
        service.create(sign_up(EMAIL, PASSWORD)),
        service.create(sign_up(EMAIL, PASSWORD)),
    );
    assert_ne!(one.is_ok(), other.is_ok());
    let refused = one.err().or(other.err()).unwrap();
    assert_eq!(reason_of(&refused), Some(ErrorReason::UserAlreadyExists));
}

#[tokio::test]
async fn short_passwords_are_too_weak() {
    let service = TestService::start().await;
    for (password, min_password_length) in [("", 0), ("", 1), ("seven 7", 0), ("eleven char", 12)] {
        let request = CreateUserRequest {
            min_password_length,
            ..sign_up(EMAIL, password)
        };
        let refused = service.create(request).await.unwrap_err();
        assert_eq!(
            reason_of(&refused),
            Some(ErrorReason::PasswordTooWeak),
            "{password:?}"
        );
    }
    let request = CreateUserRequest {
        min_password_length: 5,
        ..sign_up(EMAIL, "fünf5")
    };
    assert!(service.create(request).await.is_ok());
}

#[tokio::test]
async fn broken_fields_are_named() {
    let service = TestService::start().await;
    let cases = [
        (
            "connection",
            CreateUserRequest {
                connection: String::new(),
                ..sign_up(EMAIL, PASSWORD)
            },
        ),
        ("email", sign_up("alice", PASSWORD)),
        (
            "email",
            sign_up(&format!("{}@example.com", "x".repeat(65)), PASSWORD),
        ),
        (
            "email",
            sign_up(&format!("x@{}", "a.".repeat(127)), PASSWORD),
        ),
        ("password", sign_up(EMAIL, &"x".repeat(1025))),
    ];
    for (field, request) in cases {
        let refused = service.create(request).await.unwrap_err();
        assert_eq!(
            reason_of(&refused),
            Some(ErrorReason::InvalidField),
            "{field}"
        );
        assert!(
            refused.message().starts_with(&format!("{field}: ")),
            "{}",
            refused.message()
        );
    }
}

#[tokio::test]
async fn sec_185_text_stays_text() {
    for service in TestService::start_both().await {
        for nasty in NASTY {
            let refused = service.create(sign_up(nasty, PASSWORD)).await.unwrap_err();
            assert_eq!(
                reason_of(&refused),
                Some(ErrorReason::InvalidField),
                "{nasty:?}"
            );
            let in_connection = CreateUserRequest {
                connection: nasty.to_owned(),
                ..sign_up(EMAIL, nasty)
            };
            match service.create(in_connection).await {
                Ok(user) => assert_eq!(user.connection, nasty),
                Err(refused) => assert!(nasty.contains('\0'), "{nasty:?}: {refused}"),
            }
        }
        assert_eq!(service.list(EMAIL).await.len(), NASTY.len() - 1);
    }
}
