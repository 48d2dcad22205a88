use doorward_proto::common::v1::Consent;

use super::*;

#[tokio::test]
async fn a_store_that_does_not_answer_is_neither_a_refusal_nor_an_absence() {
    let service = TestService::start().await;
    service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
    service.store.break_down();
    let mut client = service.client.clone();
    let find = FindUserRequest {
        user_id: "auth0|1".to_owned(),
    };
    let list = ListUsersByEmailRequest {
        email: EMAIL.to_owned(),
    };
    let agree = AddConsentRequest {
        user_id: "auth0|1".to_owned(),
        consent: Some(Consent {
            client_id: "client".to_owned(),
            ..Consent::default()
        }),
    };
    let revoke = RemoveConsentsRequest {
        user_id: "auth0|1".to_owned(),
        client_id: String::new(),
    };
    let roles = ListRolesRequest { known_revision: 0 };
    let apply = ApplyRolesRequest::default();
    let set = SetUserRolesRequest {
        user_id: "auth0|1".to_owned(),
        roles: Vec::new(),
    };
    let block = SetUserBlockedRequest {
        user_id: "auth0|1".to_owned(),
        blocked: true,
    };
    let change = SetPasswordRequest {
        user_id: "auth0|1".to_owned(),
        password: PASSWORD.to_owned(),
        min_password_length: 0,
    };
    let confirm = ConfirmEmailRequest {
        user_id: "auth0|1".to_owned(),
        email: EMAIL.to_owned(),
        ..ConfirmEmailRequest::default()
    };
    for status in [
        service.verify(sign_in(EMAIL, PASSWORD)).await.unwrap_err(),
        service
            .create(sign_up("bob@example.com", PASSWORD))
            .await
            .unwrap_err(),
        service.import(vec![imported(EMAIL)]).await.unwrap_err(),
        client.find_user(find).await.unwrap_err(),
        client.list_users_by_email(list).await.unwrap_err(),
        client.add_consent(agree).await.unwrap_err(),
        client.remove_consents(revoke).await.unwrap_err(),
        client.list_roles(roles).await.unwrap_err(),
        client.apply_roles(apply).await.unwrap_err(),
        client.set_user_roles(set).await.unwrap_err(),
        client.set_user_blocked(block).await.unwrap_err(),
        client.set_password(change).await.unwrap_err(),
        client.confirm_email(confirm).await.unwrap_err(),
    ] {
        assert_eq!(
            reason_of(&status),
            Some(ErrorReason::StoreUnavailable),
            "{status}"
        );
        assert!(!status.message().contains("broken by the test"), "{status}");
    }
}

#[tokio::test]
async fn a_better_hash_that_cannot_be_stored_fails_no_sign_in() {
    let service = TestService::start().await;
    let hash = bcrypt::hash(PASSWORD, 4).unwrap();
    let entry = ImportedUser {
        password_hash: Some(hash.clone()),
        ..imported(EMAIL)
    };
    service.import(vec![entry]).await.unwrap();
    service.store.stop_writes();
    assert!(service.verify(sign_in(EMAIL, PASSWORD)).await.is_ok());
    assert_eq!(service.stored_hash().await, hash);
}
