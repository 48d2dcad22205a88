//! The generated trait: decode, call the store, encode.

use std::sync::Arc;

use doorward_proto::InvalidField;
use doorward_proto::organization::v1::organization_service_server::OrganizationService;
use doorward_proto::organization::v1::{
    AddMemberRequest, AddMemberResponse, ApplyOrganizationsRequest, ApplyOrganizationsResponse,
    CheckMembershipRequest, CheckMembershipResponse, FindOrganizationRequest,
    FindOrganizationResponse, OrganizationChange,
};
use tonic::{Request, Response, Status};

use crate::Error;
use crate::domain::{OrganizationId, Patch, UserId, check_distinct};
use crate::store::Store;

#[derive(Debug)]
pub(crate) struct Service {
    store: Arc<dyn Store>,
}

impl Service {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }
}

#[tonic::async_trait]
impl OrganizationService for Service {
    async fn find_organization(
        &self,
        request: Request<FindOrganizationRequest>,
    ) -> Result<Response<FindOrganizationResponse>, Status> {
        let id = OrganizationId::from(request.into_inner().organization_id);
        let organization = self
            .store
            .find_organization(&id)
            .await
            .map_err(Error::from)?;
        Ok(Response::new(FindOrganizationResponse {
            organization: organization.map(Into::into),
        }))
    }

    async fn check_membership(
        &self,
        request: Request<CheckMembershipRequest>,
    ) -> Result<Response<CheckMembershipResponse>, Status> {
        let request = request.into_inner();
        let id = OrganizationId::from(request.organization_id);
        let user = UserId::from(request.user_id);
        let member = self.store.is_member(&id, &user).await?;
        Ok(Response::new(CheckMembershipResponse { member }))
    }

    async fn add_member(
        &self,
        request: Request<AddMemberRequest>,
    ) -> Result<Response<AddMemberResponse>, Status> {
        let request = request.into_inner();
        if request.user_id.is_empty() {
            return Err(InvalidField::new("user_id", "is missing").into());
        }
        let id = OrganizationId::from(request.organization_id);
        let user = UserId::from(request.user_id);
        let added = self.store.add_member(&id, &user).await?;
        Ok(Response::new(AddMemberResponse { added }))
    }

    async fn apply_organizations(
        &self,
        request: Request<ApplyOrganizationsRequest>,
    ) -> Result<Response<ApplyOrganizationsResponse>, Status> {
        let request = request.into_inner();
        let patches = request.organizations.into_iter().map(Patch::try_from);
        let patches = patches.collect::<Result<Vec<_>, _>>()?;
        check_distinct(&patches)?;
        let changes = self.store.apply(patches, request.dry_run).await?;
        let mut changes: Vec<OrganizationChange> = changes.into_iter().map(Into::into).collect();
        if request.dry_run {
            // The id of a new organization in a dry run is not stored.
            let created = changes.iter_mut().filter(|change| change.created);
            created.for_each(|change| change.id.clear());
        }
        Ok(Response::new(ApplyOrganizationsResponse { changes }))
    }
}

#[cfg(test)]
mod tests;
