//! Lists, part by part.

use doorward_proto::organization::v1::Page;
use doorward_proto::organization::v1::page::Start;

use super::*;

fn page(take: u32, start: Option<Start>) -> Page {
    Page { take, start }
}

/// A service with the organizations `acme` and `beta`, and one member of both.
async fn service() -> TestService {
    let service = TestService::start().await;
    let connections = vec![connection("Staff", true)];
    let domains = vec![DiscoveryDomain {
        domain: "acme.example".to_owned(),
        verified: true,
        use_for_organization_discovery: true,
    }];
    let acme = OrganizationPatch {
        connections: Some(OrganizationConnections { connections }),
        discovery_domains: Some(DiscoveryDomains { domains }),
        ..acme()
    };
    let changes = service.apply(vec![acme, beta()], false).await.unwrap();
    for change in changes {
        service.add_members(&change.id, &["auth0|a"]).await.unwrap();
    }
    service
}

#[tokio::test]
async fn organizations_are_listed() {
    let service = service().await;
    let mut client = service.client.clone();
    let all = client.list_organizations(ListOrganizationsRequest { page: None });
    let all = all.await.unwrap().into_inner();
    assert_eq!((all.organizations.len(), all.next.as_str()), (2, ""));
    assert_eq!(all.total, None);
    let first = client.list_organizations(ListOrganizationsRequest {
        page: Some(page(1, None)),
    });
    let first = first.await.unwrap().into_inner();
    assert_eq!(first.organizations, all.organizations[..1]);
    for start in [Start::From(first.next), Start::Number(1)] {
        let numbered = matches!(start, Start::Number(_));
        let second = client.list_organizations(ListOrganizationsRequest {
            page: Some(page(1, Some(start))),
        });
        let second = second.await.unwrap().into_inner();
        assert_eq!(second.organizations, all.organizations[1..]);
        assert_eq!(
            (second.next.as_str(), second.total.is_some()),
            ("", numbered)
        );
    }
    let refused = client.list_organizations(ListOrganizationsRequest {
        page: Some(page(101, None)),
    });
    let reason = reason_of(&refused.await.unwrap_err());
    assert_eq!(reason, Some(ErrorReason::InvalidField));
}

#[tokio::test]
async fn organizations_of_a_user_a_connection_and_a_domain_are_listed() {
    let service = service().await;
    let mut client = service.client.clone();
    let of_user = |user: &str| ListOrganizationsOfUserRequest {
        user_id: user.to_owned(),
        page: Some(page(1, None)),
    };
    let listed = client.list_organizations_of_user(of_user("auth0|a")).await;
    let listed = listed.unwrap().into_inner();
    assert_eq!(listed.organizations[0].name, "acme");
    assert_eq!(listed.next, "acme");
    let none = client.list_organizations_of_user(of_user("auth0|b")).await;
    assert!(none.unwrap().into_inner().organizations.is_empty());

    let assigning = client.list_organizations_that_assign(ListOrganizationsThatAssignRequest {
        connection: "Staff".to_owned(),
        take: 2,
    });
    let assigning = assigning.await.unwrap().into_inner().organizations;
    assert_eq!(assigning.len(), 1);
    assert_eq!(assigning[0].connections, [connection("Staff", true)]);

    let of_domain = client.list_organizations_of_domain(ListOrganizationsOfDomainRequest {
        domain: "ACME.example".to_owned(),
        take: 2,
    });
    let of_domain = of_domain.await.unwrap().into_inner().organizations;
    assert_eq!(of_domain, assigning);

    for impossible in ["", "a\0"] {
        let assigning = client.list_organizations_that_assign(ListOrganizationsThatAssignRequest {
            connection: impossible.to_owned(),
            take: 2,
        });
        assert!(
            assigning
                .await
                .unwrap()
                .into_inner()
                .organizations
                .is_empty()
        );
        let of_domain = client.list_organizations_of_domain(ListOrganizationsOfDomainRequest {
            domain: impossible.to_owned(),
            take: 2,
        });
        assert!(
            of_domain
                .await
                .unwrap()
                .into_inner()
                .organizations
                .is_empty()
        );
    }
}

#[tokio::test]
async fn members_are_listed() {
    let service = service().await;
    let users = ["auth0|c", "auth0|b"];
    service.add_members("org_acme", &users).await.unwrap();
    service
        .set_roles("org_acme", "auth0|b", &["rol_1"])
        .await
        .unwrap();
    let mut client = service.client.clone();
    let of = |id: &str, start| ListMembersRequest {
        organization_id: id.to_owned(),
        page: Some(page(2, start)),
    };
    let first = client.list_members(of("org_acme", None)).await.unwrap();
    let first = first.into_inner();
    let ids: Vec<_> = first.members.iter().map(|it| it.user_id.as_str()).collect();
    assert_eq!(ids, ["auth0|a", "auth0|b"]);
    assert_eq!(first.members[1].role_ids, ["rol_1"]);
    let second = client.list_members(of("org_acme", Some(Start::From(first.next))));
    let second = second.await.unwrap().into_inner();
    assert_eq!((second.members.len(), second.next.as_str()), (1, ""));
    let last = client.list_members(of("org_acme", Some(Start::Number(1))));
    assert_eq!(last.await.unwrap().into_inner().total, Some(3));
    let refused = client.list_members(of("org_nowhere", None)).await;
    let reason = reason_of(&refused.unwrap_err());
    assert_eq!(reason, Some(ErrorReason::OrganizationNotFound));
}
