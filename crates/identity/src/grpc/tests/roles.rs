use super::*;

fn permission(scope: &str) -> Permission {
    Permission {
        resource_server_identifier: "https://api.example/".to_owned(),
        permission_name: scope.to_owned(),
    }
}

fn reader() -> RolePatch {
    RolePatch {
        id: None,
        name: "reader".to_owned(),
        description: Some("Reads".to_owned()),
        permissions: vec![
            permission("read:b"),
            permission("read:a"),
            permission("read:b"),
        ],
        replace_permissions: true,
    }
}

impl TestService {
    async fn apply(&self, roles: Vec<RolePatch>, dry_run: bool) -> Result<Vec<RoleChange>, Status> {
        let request = ApplyRolesRequest { roles, dry_run };
        let answer = self.client.clone().apply_roles(request).await?;
        Ok(answer.into_inner().changes)
    }

    async fn roles(&self, known_revision: u64) -> ListRolesResponse {
        let request = ListRolesRequest { known_revision };
        self.client
            .clone()
            .list_roles(request)
            .await
            .unwrap()
            .into_inner()
    }

    async fn set_roles(&self, user_id: &str, roles: &[&str]) -> Result<User, Status> {
        let request = SetUserRolesRequest {
            user_id: user_id.to_owned(),
            roles: roles.iter().map(ToString::to_string).collect(),
        };
        let answer = self.client.clone().set_user_roles(request).await?;
        Ok(answer.into_inner().user.unwrap())
    }
}

#[tokio::test]
async fn roles_are_told_to_those_who_do_not_know_them() {
    let service = TestService::start().await;
    let nothing = service.roles(0).await;
    assert_eq!(nothing.roles, []);
    let change = service
        .apply(vec![reader()], false)
        .await
        .unwrap()
        .remove(0);
    assert!(change.created && change.id.starts_with("rol_"));

    let told = service.roles(nothing.revision).await;
    assert!(told.revision > nothing.revision);
    let expected = Role {
        id: change.id,
        name: "reader".to_owned(),
        description: "Reads".to_owned(),
        permissions: vec![permission("read:a"), permission("read:b")],
    };
    assert_eq!(told.roles, [expected]);
    assert_eq!(service.roles(told.revision).await.roles, []);
    assert_eq!(
        service.roles(told.revision + 1).await,
        told,
        "from another database"
    );
}

#[tokio::test]
async fn permissions_stay_unless_they_are_replaced() {
    let service = TestService::start().await;
    service.apply(vec![reader()], false).await.unwrap();
    let silent = RolePatch {
        permissions: Vec::new(),
        replace_permissions: false,
        ..reader()
    };
    assert_eq!(
        service.apply(vec![silent.clone()], false).await.unwrap(),
        []
    );
    let none = RolePatch {
        replace_permissions: true,
        ..silent
    };
    let change = service.apply(vec![none], false).await.unwrap().remove(0);
    assert_eq!(
        (change.created, change.fields),
        (false, vec!["permissions".to_owned()])
    );
    assert_eq!(service.roles(0).await.roles[0].permissions, []);
}

#[tokio::test]
async fn a_dry_run_makes_up_no_id() {
    let service = TestService::start().await;
    let change = service.apply(vec![reader()], true).await.unwrap().remove(0);
    assert_eq!(
        (change.name.as_str(), change.id.as_str(), change.created),
        ("reader", "", true)
    );
    assert_eq!(service.roles(0).await.roles, []);
}

#[tokio::test]
async fn what_no_role_may_have_is_named() {
    let service = TestService::start().await;
    service
        .apply(
            vec![RolePatch {
                id: Some("rol_1".to_owned()),
                ..reader()
            }],
            false,
        )
        .await
        .unwrap();
    let named = |name: &str| RolePatch {
        name: name.to_owned(),
        ..reader()
    };
    for (roles, reason, place) in [
        (
            vec![named("")],
            ErrorReason::InvalidField,
            "role \"\": name: ",
        ),
        (
            vec![named("fine"), named("<")],
            ErrorReason::InvalidField,
            "role \"<\": name: ",
        ),
        (
            vec![named("twice"), named("twice")],
            ErrorReason::InvalidField,
            "role \"twice\": ",
        ),
        (
            vec![RolePatch {
                id: Some(String::new()),
                ..named("a")
            }],
            ErrorReason::InvalidField,
            "role \"a\": id: ",
        ),
        (
            vec![RolePatch {
                permissions: vec![permission("a b")],
                ..named("a")
            }],
            ErrorReason::InvalidField,
            "role \"a\": permissions: \"a b\"",
        ),
        (
            vec![RolePatch {
                id: Some("rol_2".to_owned()),
                ..reader()
            }],
            ErrorReason::NameTaken,
            "another role has the name \"reader\"",
        ),
    ] {
        let refused = service.apply(roles, false).await.unwrap_err();
        assert_eq!(reason_of(&refused), Some(reason), "{place}");
        assert!(
            refused.message().starts_with(place),
            "{}",
            refused.message()
        );
    }
    assert_eq!(service.roles(0).await.roles.len(), 1);
}

#[tokio::test]
async fn users_carry_the_ids_of_their_roles() {
    let service = TestService::start().await;
    let user = service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
    let ids = ["rol_2", "rol_1"].map(str::to_owned);
    let roles = ids.clone().map(|id| RolePatch {
        name: format!("name of {id}"),
        id: Some(id),
        ..reader()
    });
    service.apply(roles.to_vec(), false).await.unwrap();

    let changed = service
        .set_roles(&user.user_id, &["name of rol_2", "rol_1"])
        .await
        .unwrap();
    assert_eq!(changed.role_ids, ["rol_1", "rol_2"]);
    assert_eq!((changed.version, changed.updated_at), (2, user.updated_at));
    assert_eq!(
        service.verify(sign_in(EMAIL, PASSWORD)).await.unwrap(),
        changed
    );
    assert_eq!(service.find(&user.user_id).await, Some(changed.clone()));
    assert_eq!(service.list(EMAIL).await, [changed]);

    let refused = service
        .set_roles(&user.user_id, &["name of rol_3"])
        .await
        .unwrap_err();
    assert_eq!(reason_of(&refused), Some(ErrorReason::InvalidField));
    assert_eq!(
        refused.message(),
        "roles: there is no role \"name of rol_3\""
    );
    for nobody in ["auth0|nobody", ""] {
        let refused = service.set_roles(nobody, &[]).await.unwrap_err();
        assert_eq!(
            reason_of(&refused),
            Some(ErrorReason::UserNotFound),
            "{nobody:?}"
        );
    }
}

#[tokio::test]
async fn sec_185_text_stays_text() {
    for service in TestService::start_both().await {
        let user = service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
        for nasty in NASTY {
            let described = RolePatch {
                name: "reader".to_owned(),
                description: Some(nasty.to_owned()),
                ..reader()
            };
            match service.apply(vec![described], false).await {
                Ok(_) => assert_eq!(service.roles(0).await.roles[0].description, nasty),
                Err(refused) => assert_eq!(
                    reason_of(&refused),
                    Some(ErrorReason::InvalidField),
                    "{nasty:?}"
                ),
            }
            for refused in [
                service
                    .set_roles(&user.user_id, &[nasty])
                    .await
                    .unwrap_err(),
                service.set_roles(nasty, &["reader"]).await.unwrap_err(),
            ] {
                assert!(reason_of(&refused).is_some(), "{nasty:?}: {refused}");
            }
        }
    }
}
