use super::*;

impl TestService {
    async fn block(&self, user_id: &str, blocked: bool) -> Result<User, Status> {
        let user_id = user_id.to_owned();
        let request = SetUserBlockedRequest { user_id, blocked };
        let answer = self.client.clone().set_user_blocked(request).await?;
        Ok(answer.into_inner().user.unwrap())
    }

    async fn change(&self, user_id: &str, password: &str, least: u32) -> Result<User, Status> {
        let request = SetPasswordRequest {
            user_id: user_id.to_owned(),
            password: password.to_owned(),
            min_password_length: least,
        };
        let answer = self.client.clone().set_password(request).await?;
        Ok(answer.into_inner().user.unwrap())
    }
}

#[tokio::test]
async fn a_block_is_seen_at_the_next_sign_in() {
    let service = TestService::start().await;
    let user = service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
    let blocked = service.block(&user.user_id, true).await.unwrap();
    let expected = User {
        version: 2,
        blocked: true,
        sessions_from_version: 2,
        ..user.clone()
    };
    assert_eq!(blocked, expected);
    let verified = service.verify(sign_in(EMAIL, PASSWORD)).await.unwrap();
    assert_eq!(verified, expected);
    let unblocked = service.block(&user.user_id, false).await.unwrap();
    let expected = User {
        version: 3,
        blocked: false,
        ..expected
    };
    assert_eq!(unblocked, expected);
}

#[tokio::test]
async fn a_new_password_takes_the_place_of_the_old_one() {
    let service = TestService::start().await;
    let user = service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
    let new = "battery staple";
    let changed = service.change(&user.user_id, new, 0).await.unwrap();
    assert_eq!((changed.version, changed.sessions_from_version), (2, 2));
    let verified = service.verify(sign_in(EMAIL, new)).await.unwrap();
    assert_eq!(verified, changed);
    let refused = service.verify(sign_in(EMAIL, PASSWORD)).await.unwrap_err();
    assert_eq!(reason_of(&refused), Some(ErrorReason::WrongCredentials));
}

#[tokio::test]
async fn what_is_refused_changes_nothing() {
    let service = TestService::start().await;
    let user = service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
    let id = &*user.user_id;
    let long = "x".repeat(1_025);
    for (id, password, least, reason) in [
        (id, "short", 0, ErrorReason::PasswordTooWeak),
        (id, "long enough", 20, ErrorReason::PasswordTooWeak),
        (id, &*long, 0, ErrorReason::InvalidField),
        ("auth0|nobody", PASSWORD, 0, ErrorReason::UserNotFound),
        ("", PASSWORD, 0, ErrorReason::UserNotFound),
    ] {
        let refused = service.change(id, password, least).await.unwrap_err();
        assert_eq!(reason_of(&refused), Some(reason), "{id} {password}");
    }
    let refused = service.block("auth0|nobody", true).await.unwrap_err();
    assert_eq!(reason_of(&refused), Some(ErrorReason::UserNotFound));
    assert_eq!(
        service.verify(sign_in(EMAIL, PASSWORD)).await.unwrap(),
        user
    );
}
