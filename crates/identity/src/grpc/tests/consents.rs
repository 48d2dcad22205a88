use doorward_proto::common::v1::Consent;

use super::*;

fn consent(client_id: &str, audience: &str, scopes: &[&str]) -> Consent {
    Consent {
        client_id: client_id.to_owned(),
        audience: audience.to_owned(),
        organization_id: String::new(),
        scopes: scopes.iter().map(ToString::to_string).collect(),
    }
}

impl TestService {
    pub(super) async fn agree(&self, user_id: &str, consent: Consent) -> Result<User, Status> {
        let request = AddConsentRequest {
            user_id: user_id.to_owned(),
            consent: Some(consent),
        };
        let answer = self.client.clone().add_consent(request).await?;
        Ok(answer.into_inner().user.unwrap())
    }

    async fn revoke(&self, user_id: &str, client_id: &str) -> Result<u32, Status> {
        let request = RemoveConsentsRequest {
            user_id: user_id.to_owned(),
            client_id: client_id.to_owned(),
        };
        let answer = self.client.clone().remove_consents(request).await?;
        Ok(answer.into_inner().removed)
    }
}

#[tokio::test]
async fn users_carry_what_they_agreed_to() {
    let service = TestService::start().await;
    let user = service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
    service
        .agree(
            &user.user_id,
            consent("b", "api", &["write", "read", "read"]),
        )
        .await
        .unwrap();
    service
        .agree(&user.user_id, consent("a", "", &["openid"]))
        .await
        .unwrap();
    let changed = service
        .agree(&user.user_id, consent("b", "api", &["delete"]))
        .await
        .unwrap();
    let expected = User {
        version: 4,
        consents: vec![
            consent("a", "", &["openid"]),
            consent("b", "api", &["delete", "read", "write"]),
        ],
        ..user.clone()
    };
    assert_eq!(changed, expected);
    assert_eq!(
        service.verify(sign_in(EMAIL, PASSWORD)).await.unwrap(),
        expected
    );
    assert_eq!(service.find(&user.user_id).await, Some(expected.clone()));
    assert_eq!(service.list(EMAIL).await, [expected.clone()]);
    let known = consent("b", "api", &["read"]);
    assert_eq!(service.agree(&user.user_id, known).await.unwrap(), expected);

    assert_eq!(service.revoke(&user.user_id, "b").await.unwrap(), 1);
    assert_eq!(
        service.find(&user.user_id).await.unwrap().consents,
        [consent("a", "", &["openid"])]
    );
    assert_eq!(service.revoke(&user.user_id, "").await.unwrap(), 1);
    assert_eq!(service.revoke(&user.user_id, "").await.unwrap(), 0);
}

#[tokio::test]
async fn broken_fields_are_named() {
    let service = TestService::start().await;
    let user = service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
    for (field, broken) in [
        ("client_id", consent("", "api", &[])),
        ("audience", consent("a", &"x".repeat(601), &[])),
        ("scopes", consent("a", "api", &["read write"])),
    ] {
        let refused = service.agree(&user.user_id, broken).await.unwrap_err();
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
    let without = AddConsentRequest {
        user_id: user.user_id.clone(),
        consent: None,
    };
    let refused = service
        .client
        .clone()
        .add_consent(without)
        .await
        .unwrap_err();
    assert_eq!(reason_of(&refused), Some(ErrorReason::InvalidField));
    assert_eq!(service.find(&user.user_id).await, Some(user));
}

#[tokio::test]
async fn nobody_has_consents_without_an_account() {
    let service = TestService::start().await;
    for nobody in ["auth0|nobody", "", "a\nb"] {
        for refused in [
            service
                .agree(nobody, consent("a", "api", &[]))
                .await
                .unwrap_err(),
            service.revoke(nobody, "a").await.unwrap_err(),
        ] {
            assert_eq!(
                reason_of(&refused),
                Some(ErrorReason::UserNotFound),
                "{nobody:?}"
            );
        }
    }
}

#[tokio::test]
async fn sec_185_text_stays_text() {
    for service in TestService::start_both().await {
        let user = service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
        for nasty in NASTY {
            let given = Consent {
                organization_id: nasty.to_owned(),
                ..consent(nasty, nasty, &["read"])
            };
            match service.agree(&user.user_id, given.clone()).await {
                Ok(user) => assert_eq!(user.consents, [given]),
                Err(refused) => assert!(nasty.contains('\0'), "{nasty:?}: {refused}"),
            }
            let removed = service.revoke(&user.user_id, nasty).await.unwrap();
            assert_eq!(removed, u32::from(!nasty.contains('\0')), "{nasty:?}");
        }
    }
}
