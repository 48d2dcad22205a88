use super::*;

impl TestService {
    async fn confirm(&self, request: ConfirmEmailRequest) -> Result<User, Status> {
        let answer = self.client.clone().confirm_email(request).await?;
        Ok(answer.into_inner().user.unwrap())
    }
}

fn proof(user_id: &str) -> ConfirmEmailRequest {
    ConfirmEmailRequest {
        user_id: user_id.to_owned(),
        email: EMAIL.to_ascii_uppercase(),
        app_metadata_json: Some(r#"{"plan": "gold"}"#.to_owned()),
        ..ConfirmEmailRequest::default()
    }
}

#[tokio::test]
async fn sec_122_a_proved_email_is_verified_and_ends_sessions() {
    let service = TestService::start().await;
    let user = service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
    let confirmed = service.confirm(proof(&user.user_id)).await.unwrap();
    let claims = confirmed.claims.clone().unwrap();
    assert_eq!(claims.email_verified, Some(true));
    assert_eq!((confirmed.version, confirmed.sessions_from_version), (2, 2));
    let again = service.confirm(proof(&user.user_id)).await.unwrap();
    assert_eq!(again, confirmed);
    let verified = service.verify(sign_in(EMAIL, PASSWORD)).await.unwrap();
    assert_eq!(verified, confirmed);
}

#[tokio::test]
async fn what_is_no_proof_changes_nothing() {
    let service = TestService::start().await;
    let user = service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
    let id = &*user.user_id;
    let other = ConfirmEmailRequest {
        email: "mallory@example.com".to_owned(),
        ..proof(id)
    };
    let no_email = ConfirmEmailRequest {
        email: "alice".to_owned(),
        ..proof(id)
    };
    let no_object = ConfirmEmailRequest {
        user_metadata_json: Some("[1]".to_owned()),
        ..proof(id)
    };
    for (request, reason) in [
        (other, ErrorReason::Conflict),
        (no_email, ErrorReason::InvalidField),
        (no_object, ErrorReason::InvalidField),
        (proof("auth0|nobody"), ErrorReason::UserNotFound),
        (proof(""), ErrorReason::UserNotFound),
    ] {
        let refused = service.confirm(request.clone()).await.unwrap_err();
        assert_eq!(reason_of(&refused), Some(reason), "{request:?}");
    }
    let verified = service.verify(sign_in(EMAIL, PASSWORD)).await.unwrap();
    assert_eq!(verified, user);
}
