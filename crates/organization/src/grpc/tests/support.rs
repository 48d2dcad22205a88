//! A service over a new store, and its calls.

use doorward_proto::organization::v1::invitation_service_client::InvitationServiceClient;
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_service_kit::grpc::{Channel, in_memory};
use doorward_service_kit::sql::DatabaseConfig;
use doorward_service_kit::{KeyEncryptionKey, Shutdown};
use doorward_test_support::FakeClock;

use super::*;
use crate::InvitationLimits;

pub(super) struct TestService {
    pub(super) client: OrganizationServiceClient<Channel>,
    pub(super) invitations: InvitationServiceClient<Channel>,
    pub(super) clock: Arc<FakeClock>,
    pub(super) stores: crate::Stores,
    _data: tempfile::TempDir,
}

impl TestService {
    pub(super) async fn start() -> Self {
        Self::with_limits(InvitationLimits::default()).await
    }

    pub(super) async fn with_limits(limits: InvitationLimits) -> Self {
        let data = tempfile::tempdir().unwrap();
        let config = DatabaseConfig::sqlite(&data.path().join("organization.db"));
        let clock = FakeClock::start();
        let stores = crate::open(&config, key()).await.unwrap();
        let routes = crate::routes(&stores, limits, clock.clone());
        let channel = in_memory(routes, Shutdown::new());
        Self {
            client: OrganizationServiceClient::new(channel.clone()),
            invitations: InvitationServiceClient::new(channel),
            clock,
            stores,
            _data: data,
        }
    }

    pub(super) async fn apply(
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

    pub(super) async fn find(&self, id: &str) -> Option<Organization> {
        let selected = Selected::OrganizationId(id.to_owned());
        self.select(selected, None).await.organization
    }

    pub(super) async fn member(&self, id: &str, user: &str) -> Option<Member> {
        let selected = Selected::OrganizationId(id.to_owned());
        self.select(selected, Some(user)).await.member
    }

    pub(super) async fn select(
        &self,
        organization: Selected,
        user: Option<&str>,
    ) -> FindOrganizationResponse {
        let request = FindOrganizationRequest {
            organization: Some(organization),
            user_id: user.map(str::to_owned),
        };
        let response = self.client.clone().find_organization(request).await;
        response.unwrap().into_inner()
    }

    pub(super) async fn add_members(
        &self,
        id: &str,
        users: &[&str],
    ) -> Result<Vec<String>, Status> {
        let request = AddMembersRequest {
            organization_id: id.to_owned(),
            user_ids: users.iter().map(ToString::to_string).collect(),
        };
        let response = self.client.clone().add_members(request).await?;
        Ok(response.into_inner().added)
    }

    pub(super) async fn remove_members(
        &self,
        id: &str,
        users: &[&str],
    ) -> Result<Vec<String>, Status> {
        let request = RemoveMembersRequest {
            organization_id: id.to_owned(),
            user_ids: users.iter().map(ToString::to_string).collect(),
        };
        let response = self.client.clone().remove_members(request).await?;
        Ok(response.into_inner().removed)
    }

    pub(super) async fn set_roles(
        &self,
        id: &str,
        user: &str,
        roles: &[&str],
    ) -> Result<Vec<String>, Status> {
        let request = SetMemberRolesRequest {
            organization_id: id.to_owned(),
            user_id: user.to_owned(),
            role_ids: roles.iter().map(ToString::to_string).collect(),
        };
        let response = self.client.clone().set_member_roles(request).await?;
        Ok(response.into_inner().member.unwrap().role_ids)
    }

    pub(super) async fn join(
        &self,
        id: &str,
        user: &str,
        connection: &str,
    ) -> Result<JoinOrganizationResponse, Status> {
        let request = JoinOrganizationRequest {
            organization_id: id.to_owned(),
            user_id: user.to_owned(),
            connection: connection.to_owned(),
        };
        let response = self.client.clone().join_organization(request).await?;
        Ok(response.into_inner())
    }

    pub(super) async fn delete(&self, id: &str) -> Result<(), Status> {
        let request = DeleteOrganizationRequest {
            organization_id: id.to_owned(),
        };
        self.client.clone().delete_organization(request).await?;
        Ok(())
    }
}

pub(super) fn acme() -> OrganizationPatch {
    OrganizationPatch {
        id: Some("org_acme".to_owned()),
        name: "acme".to_owned(),
        display_name: Some("Acme".to_owned()),
        ..OrganizationPatch::default()
    }
}

pub(super) fn beta() -> OrganizationPatch {
    OrganizationPatch {
        name: "beta".to_owned(),
        ..OrganizationPatch::default()
    }
}

/// An enabled connection.
pub(super) fn connection(name: &str, assigns: bool) -> OrganizationConnection {
    OrganizationConnection {
        name: name.to_owned(),
        assign_membership_on_login: assigns,
        is_signup_enabled: false,
        show_as_button: true,
        is_enabled: true,
    }
}

/// Encrypts the tickets of tests.
pub(super) fn key() -> Arc<KeyEncryptionKey> {
    Arc::new(KeyEncryptionKey::from_bytes(&[1; KeyEncryptionKey::LENGTH]).unwrap())
}
