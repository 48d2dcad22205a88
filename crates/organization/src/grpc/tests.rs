//! The service through its generated client.

mod invitations;
mod lists;
mod members;
mod support;

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::organization::v1::find_organization_request::Organization as Selected;
use doorward_proto::organization::v1::{
    Branding, DiscoveryDomain, DiscoveryDomains, Member, Metadata, Organization,
    OrganizationClient, OrganizationClients, OrganizationConnection, OrganizationConnections,
    OrganizationPatch,
};
use doorward_proto::reason_of;

use super::*;
use support::{TestService, acme, beta, connection};

#[tokio::test]
async fn organizations_are_made_and_found() {
    let service = TestService::start().await;
    let changes = service.apply(vec![acme(), beta()], false).await.unwrap();
    assert!(changes.iter().all(|change| change.created));
    assert_eq!(changes[0].id, "org_acme");
    assert_eq!(
        service.find("org_acme").await,
        Some(Organization {
            id: "org_acme".to_owned(),
            name: "acme".to_owned(),
            display_name: "Acme".to_owned(),
            ..Organization::default()
        })
    );
    assert_eq!(service.find(&changes[1].id).await.unwrap().name, "beta");
    assert_eq!(service.find("org_nowhere").await, None);
}

#[tokio::test]
async fn a_name_is_found_in_any_letter_case() {
    let service = TestService::start().await;
    service.apply(vec![acme()], false).await.unwrap();
    for name in ["acme", "ACME", "Acme"] {
        let found = service.select(Selected::Name(name.to_owned()), None).await;
        assert_eq!(found.organization.unwrap().id, "org_acme");
    }
    for nothing in ["", "acme ", "org_acme", "Acme\n", "é"] {
        let found = service
            .select(Selected::Name(nothing.to_owned()), None)
            .await;
        assert_eq!(found, FindOrganizationResponse::default(), "{nothing:?}");
    }
    let found = service.select(Selected::OrganizationId("org_acme\0".to_owned()), None);
    assert_eq!(found.await, FindOrganizationResponse::default());
    let found = service.select(Selected::OrganizationId("ORG_ACME".to_owned()), None);
    assert_eq!(
        found.await.organization,
        None,
        "ids are compared byte for byte"
    );
}

#[tokio::test]
async fn every_setting_comes_back() {
    let service = TestService::start().await;
    let organization = rich();
    let patch = OrganizationPatch {
        id: Some(organization.id.clone()),
        name: organization.name.clone(),
        display_name: Some(organization.display_name.clone()),
        branding: organization.branding.clone(),
        metadata: Some(Metadata {
            pairs: organization.metadata.clone(),
        }),
        connections: Some(OrganizationConnections {
            connections: organization.connections.iter().rev().cloned().collect(),
        }),
        third_party_clients_allowed: Some(true),
        discovery_domains: Some(DiscoveryDomains {
            domains: organization.discovery_domains.clone(),
        }),
        is_app_entitlement_active: Some(true),
        clients: Some(OrganizationClients {
            clients: organization.clients.clone(),
        }),
    };
    service.apply(vec![patch.clone()], false).await.unwrap();
    assert_eq!(service.find("org_rich").await, Some(organization));
    assert_eq!(service.apply(vec![patch], false).await.unwrap(), []);
}

fn rich() -> Organization {
    let staff = OrganizationConnection {
        is_signup_enabled: true,
        show_as_button: false,
        ..connection("Staff", true)
    };
    Organization {
        id: "org_rich".to_owned(),
        name: "rich".to_owned(),
        display_name: "Rich".to_owned(),
        branding: Some(Branding {
            logo_url: Some("https://rich.example/logo.png".to_owned()),
            primary_color: Some("#0059d6".to_owned()),
            page_background_color: None,
        }),
        metadata: [("tier".to_owned(), "gold".to_owned())].into(),
        connections: vec![connection("Guests", false), staff],
        third_party_clients_allowed: true,
        discovery_domains: vec![DiscoveryDomain {
            domain: "rich.example".to_owned(),
            verified: true,
            use_for_organization_discovery: true,
        }],
        is_app_entitlement_active: true,
        clients: vec![OrganizationClient {
            client_id: "app".to_owned(),
            use_for_member_access: true,
        }],
    }
}

#[tokio::test]
async fn a_dry_run_gives_no_ids_and_makes_nothing() {
    let service = TestService::start().await;
    let changes = service.apply(vec![acme(), beta()], true).await.unwrap();
    let planned = changes
        .iter()
        .map(|change| (change.name.as_str(), change.id.as_str()));
    assert_eq!(planned.collect::<Vec<_>>(), [("acme", ""), ("beta", "")]);
    assert_eq!(service.find("org_acme").await, None);
}

#[tokio::test]
async fn a_change_names_what_differs() {
    let service = TestService::start().await;
    service.apply(vec![acme()], false).await.unwrap();
    let renamed = OrganizationPatch {
        name: "acme-2".to_owned(),
        display_name: None,
        ..acme()
    };
    for dry_run in [true, false] {
        let changes = service.apply(vec![renamed.clone()], dry_run).await.unwrap();
        assert_eq!(
            changes,
            [OrganizationChange {
                name: "acme-2".to_owned(),
                id: "org_acme".to_owned(),
                created: false,
                fields: vec!["name".to_owned()],
            }]
        );
    }
}

#[tokio::test]
async fn a_bad_field_is_named_with_its_organization() {
    let service = TestService::start().await;
    let no_text = OrganizationPatch {
        display_name: Some(String::new()),
        ..acme()
    };
    let refused = service.apply(vec![beta(), no_text], false).await;
    let refused = refused.unwrap_err();
    assert_eq!(
        refused.message(),
        "organization acme: display_name: must have 1 to 255 characters"
    );
    assert!(service.apply(vec![beta()], false).await.unwrap()[0].created);
}

#[tokio::test]
async fn organizations_are_deleted() {
    let service = TestService::start().await;
    service.apply(vec![acme()], false).await.unwrap();
    service.add_members("org_acme", &["auth0|a"]).await.unwrap();
    service.delete("org_acme").await.unwrap();
    assert_eq!(service.find("org_acme").await, None);
    let again = service.delete("org_acme").await.unwrap_err();
    assert_eq!(reason_of(&again), Some(ErrorReason::OrganizationNotFound));
}

#[tokio::test]
async fn what_is_refused_says_why() {
    let service = TestService::start().await;
    service.apply(vec![acme()], false).await.unwrap();
    let bad_name = OrganizationPatch {
        name: "Acme".to_owned(),
        ..acme()
    };
    let namesake = OrganizationPatch {
        id: Some("org_other".to_owned()),
        ..acme()
    };
    let bad_color = OrganizationPatch {
        branding: Some(Branding {
            primary_color: Some("red;}".to_owned()),
            ..Branding::default()
        }),
        ..acme()
    };
    let apply = |patch| service.apply(vec![patch], false);
    for (answer, reason) in [
        (apply(bad_name).await.map(drop), ErrorReason::InvalidField),
        (apply(bad_color).await.map(drop), ErrorReason::InvalidField),
        (apply(namesake).await.map(drop), ErrorReason::NameTaken),
    ] {
        assert_eq!(reason_of(&answer.unwrap_err()), Some(reason));
    }
    let nothing = FindOrganizationRequest::default();
    let refused = service.client.clone().find_organization(nothing).await;
    let reason = reason_of(&refused.unwrap_err());
    assert_eq!(reason, Some(ErrorReason::InvalidField));
}
