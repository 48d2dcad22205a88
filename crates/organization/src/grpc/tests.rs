//! The service through its generated client.

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_proto::organization::v1::{Organization, OrganizationPatch};
use doorward_proto::reason_of;
use doorward_service_kit::Shutdown;
use doorward_service_kit::grpc::{Channel, in_memory};
use doorward_service_kit::sql::DatabaseConfig;

use super::*;

struct TestService {
    client: OrganizationServiceClient<Channel>,
    _data: tempfile::TempDir,
}

impl TestService {
    async fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let config = DatabaseConfig::sqlite(&data.path().join("organization.db"));
        let routes = crate::routes(crate::open(&config).await.unwrap());
        Self {
            client: OrganizationServiceClient::new(in_memory(routes, Shutdown::new())),
            _data: data,
        }
    }

    async fn apply(
        &self,
        organizations: Vec<OrganizationPatch>,
        dry_run: bool,
    ) -> Result<Vec<OrganizationChange>, Status> {
        let request = ApplyOrganizationsRequest {
            organizations,
            dry_run,
        };
        let response = self.client.clone().apply_organizations(request).await?;
        Ok(response.into_inner().changes)
    }

    async fn find(&self, id: &str) -> Option<Organization> {
        self.select(Selected::OrganizationId(id.to_owned()), None)
            .await
            .organization
    }

    async fn select(&self, organization: Selected, user: Option<&str>) -> FindOrganizationResponse {
        let request = FindOrganizationRequest {
            organization: Some(organization),
            user_id: user.map(str::to_owned),
        };
        let response = self.client.clone().find_organization(request).await;
        response.unwrap().into_inner()
    }

    async fn is_member(&self, id: &str, user: &str) -> bool {
        let selected = Selected::OrganizationId(id.to_owned());
        self.select(selected, Some(user)).await.member.is_some()
    }

    async fn add_member(&self, id: &str, user: &str) -> Result<bool, Status> {
        let request = AddMembersRequest {
            organization_id: id.to_owned(),
            user_ids: vec![user.to_owned()],
        };
        let response = self.client.clone().add_members(request).await?;
        Ok(!response.into_inner().added.is_empty())
    }
}

fn acme() -> OrganizationPatch {
    OrganizationPatch {
        id: Some("org_acme".to_owned()),
        name: "acme".to_owned(),
        display_name: Some("Acme".to_owned()),
        ..OrganizationPatch::default()
    }
}

fn beta() -> OrganizationPatch {
    OrganizationPatch {
        name: "beta".to_owned(),
        ..OrganizationPatch::default()
    }
}

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
async fn a_dry_run_gives_no_ids_and_makes_nothing() {
    let service = TestService::start().await;
    let changes = service.apply(vec![acme(), beta()], true).await.unwrap();
    let told = changes
        .iter()
        .map(|change| (change.name.as_str(), change.id.as_str()));
    assert_eq!(told.collect::<Vec<_>>(), [("acme", ""), ("beta", "")]);
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
async fn members_are_added_and_known() {
    let service = TestService::start().await;
    service.apply(vec![acme()], false).await.unwrap();
    assert!(!service.is_member("org_acme", "auth0|a").await);
    assert!(service.add_member("org_acme", "auth0|a").await.unwrap());
    assert!(!service.add_member("org_acme", "auth0|a").await.unwrap());
    assert!(service.is_member("org_acme", "auth0|a").await);
    assert!(!service.is_member("org_acme", "auth0|b").await);
    let by_name = service.select(Selected::Name("ACME".to_owned()), Some("auth0|a"));
    assert!(by_name.await.member.is_some());
    let nowhere = Selected::OrganizationId("org_nowhere".to_owned());
    let absent = service.select(nowhere, Some("auth0|a")).await;
    assert_eq!(absent, FindOrganizationResponse::default());
}

#[tokio::test]
async fn what_is_refused_says_why() {
    let service = TestService::start().await;
    service.apply(vec![acme()], false).await.unwrap();
    let bad_name = OrganizationPatch {
        name: "Acme".to_owned(),
        ..acme()
    };
    let no_text = OrganizationPatch {
        display_name: Some(String::new()),
        ..acme()
    };
    let namesake = OrganizationPatch {
        id: Some("org_other".to_owned()),
        ..acme()
    };
    let nowhere = "org_nowhere";
    let cases = [
        (
            service.apply(vec![bad_name], false).await.map(drop),
            ErrorReason::InvalidField,
        ),
        (
            service.apply(vec![no_text], false).await.map(drop),
            ErrorReason::InvalidField,
        ),
        (
            service.apply(vec![namesake], false).await.map(drop),
            ErrorReason::NameTaken,
        ),
        (
            service.add_member("org_acme", "").await.map(drop),
            ErrorReason::InvalidField,
        ),
        (
            service.add_member(nowhere, "auth0|a").await.map(drop),
            ErrorReason::OrganizationNotFound,
        ),
    ];
    for (answer, reason) in cases {
        assert_eq!(reason_of(&answer.unwrap_err()), Some(reason));
    }
}

#[tokio::test]
async fn a_bad_field_is_named_with_its_organization() {
    let service = TestService::start().await;
    let no_text = OrganizationPatch {
        display_name: Some(String::new()),
        ..acme()
    };
    let refused = service
        .apply(vec![beta(), no_text], false)
        .await
        .unwrap_err();
    let message = refused.message();
    assert!(
        message.contains("acme") && message.contains("display_name"),
        "{message}"
    );
    assert!(service.apply(vec![beta()], false).await.unwrap()[0].created);
}
