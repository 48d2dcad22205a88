//! Members and their roles.

use super::*;

#[tokio::test]
async fn members_are_added_found_and_removed() {
    let service = TestService::start().await;
    service.apply(vec![acme()], false).await.unwrap();
    let (a, b) = ("auth0|a", "auth0|b");
    assert_eq!(service.member("org_acme", a).await, None);
    let added = service.add_members("org_acme", &[a, b, a]).await.unwrap();
    assert_eq!(added, [a, b]);
    let added = service.add_members("org_acme", &[b]).await.unwrap();
    assert!(added.is_empty());
    let member = service.member("org_acme", a).await.unwrap();
    assert_eq!((member.user_id.as_str(), member.role_ids.len()), (a, 0));
    let by_name = service.select(Selected::Name("ACME".to_owned()), Some(a));
    assert!(by_name.await.member.is_some());
    let nowhere = Selected::OrganizationId("org_nowhere".to_owned());
    let absent = service.select(nowhere, Some(a)).await;
    assert_eq!(absent, FindOrganizationResponse::default());
    let removed = service.remove_members("org_acme", &["x", a]).await.unwrap();
    assert_eq!(removed, [a]);
    assert_eq!(service.member("org_acme", a).await, None);
    assert!(service.member("org_acme", b).await.is_some());
}

#[tokio::test]
async fn roles_of_a_member_are_set() {
    let service = TestService::start().await;
    service.apply(vec![acme()], false).await.unwrap();
    service.add_members("org_acme", &["auth0|a"]).await.unwrap();
    let set = service.set_roles("org_acme", "auth0|a", &["rol_b", "rol_a", "rol_b"]);
    assert_eq!(set.await.unwrap(), ["rol_a", "rol_b"]);
    let member = service.member("org_acme", "auth0|a").await.unwrap();
    assert_eq!(member.role_ids, ["rol_a", "rol_b"]);
    let set = service.set_roles("org_acme", "auth0|a", &[]).await.unwrap();
    assert!(set.is_empty());
}

#[tokio::test]
async fn users_join_by_connections_that_assign_membership() {
    let service = TestService::start().await;
    let connections = vec![connection("Staff", true), connection("Guests", false)];
    let patch = OrganizationPatch {
        connections: Some(OrganizationConnections { connections }),
        ..acme()
    };
    service.apply(vec![patch], false).await.unwrap();
    let joined = service.join("org_acme", "auth0|a", "Staff").await.unwrap();
    assert!(joined.added);
    assert_eq!(joined.member.unwrap().user_id, "auth0|a");
    let again = service.join("org_acme", "auth0|a", "Staff").await.unwrap();
    assert!(!again.added);
    let refused = service.join("org_acme", "auth0|b", "Guests").await;
    let reason = reason_of(&refused.unwrap_err());
    assert_eq!(reason, Some(ErrorReason::ConnectionNotEnabled));
    assert_eq!(service.member("org_acme", "auth0|b").await, None);
}

#[tokio::test]
async fn what_is_refused_says_why() {
    let service = TestService::start().await;
    service.apply(vec![acme()], false).await.unwrap();
    service.add_members("org_acme", &["auth0|a"]).await.unwrap();
    let roles: Vec<String> = (0..51).map(|index| format!("rol_{index}")).collect();
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    let nowhere = "org_nowhere";
    for (answer, reason) in [
        (
            service.add_members("org_acme", &[]).await.map(drop),
            ErrorReason::InvalidField,
        ),
        (
            service.add_members("org_acme", &["a"; 11]).await.map(drop),
            ErrorReason::InvalidField,
        ),
        (
            service.add_members("org_acme", &[""]).await.map(drop),
            ErrorReason::InvalidField,
        ),
        (
            service.add_members(nowhere, &["auth0|a"]).await.map(drop),
            ErrorReason::OrganizationNotFound,
        ),
        (
            service.add_members("a\0", &["auth0|a"]).await.map(drop),
            ErrorReason::OrganizationNotFound,
        ),
        (
            service
                .remove_members(nowhere, &["auth0|a"])
                .await
                .map(drop),
            ErrorReason::OrganizationNotFound,
        ),
        (
            service.join(nowhere, "auth0|a", "Staff").await.map(drop),
            ErrorReason::OrganizationNotFound,
        ),
        (
            service.set_roles(nowhere, "auth0|a", &[]).await.map(drop),
            ErrorReason::OrganizationNotFound,
        ),
        (
            service
                .set_roles("org_acme", "auth0|b", &[])
                .await
                .map(drop),
            ErrorReason::MemberNotFound,
        ),
        (
            service
                .set_roles("org_acme", "auth0|a", &roles)
                .await
                .map(drop),
            ErrorReason::InvalidField,
        ),
    ] {
        assert_eq!(reason_of(&answer.unwrap_err()), Some(reason));
    }
}
