//! The generated trait: decode, call the store, encode.

use std::sync::Arc;

use doorward_proto::InvalidField;
use doorward_proto::organization::v1::find_organization_request::Organization as Selected;
use doorward_proto::organization::v1::organization_service_server::OrganizationService;
use doorward_proto::organization::v1::{
    AddMembersRequest, AddMembersResponse, ApplyOrganizationsRequest, ApplyOrganizationsResponse,
    DeleteOrganizationRequest, DeleteOrganizationResponse, FindOrganizationRequest,
    FindOrganizationResponse, JoinOrganizationRequest, JoinOrganizationResponse,
    ListMembersRequest, ListMembersResponse, ListOrganizationsOfUserRequest,
    ListOrganizationsOfUserResponse, ListOrganizationsRequest, ListOrganizationsResponse,
    ListOrganizationsThatAssignRequest, ListOrganizationsThatAssignResponse, Member,
    OrganizationChange, RemoveMembersRequest, RemoveMembersResponse, SetMemberRolesRequest,
    SetMemberRolesResponse,
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
        let request = request.into_inner();
        let organization = match request.organization {
            Some(Selected::OrganizationId(id)) => self.store.find_organization(&id.into()).await,
            Some(Selected::Name(name)) => self.store.find_organization_by_name(&name).await,
            None => return Err(InvalidField::new("organization", "is missing").into()),
        };
        let organization = organization.map_err(Error::from)?;
        let member = match (&organization, request.user_id) {
            (Some(organization), Some(user)) => {
                let user = UserId::from(user);
                let is_member = self.store.is_member(&organization.id, &user).await?;
                is_member.then(|| Member {
                    user_id: user.as_str().to_owned(),
                    role_ids: Vec::new(),
                })
            }
            _ => None,
        };
        Ok(Response::new(FindOrganizationResponse {
            organization: organization.map(Into::into),
            member,
        }))
    }

    async fn add_members(
        &self,
        request: Request<AddMembersRequest>,
    ) -> Result<Response<AddMembersResponse>, Status> {
        let request = request.into_inner();
        let id = OrganizationId::from(request.organization_id);
        let mut added = Vec::new();
        for user in request.user_ids {
            if user.is_empty() {
                return Err(InvalidField::new("user_ids", "has an empty entry").into());
            }
            if self
                .store
                .add_member(&id, &UserId::from(user.clone()))
                .await?
            {
                added.push(user);
            }
        }
        Ok(Response::new(AddMembersResponse { added }))
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

    async fn list_organizations(
        &self,
        _: Request<ListOrganizationsRequest>,
    ) -> Result<Response<ListOrganizationsResponse>, Status> {
        Err(Status::unimplemented("not yet"))
    }

    async fn list_organizations_of_user(
        &self,
        _: Request<ListOrganizationsOfUserRequest>,
    ) -> Result<Response<ListOrganizationsOfUserResponse>, Status> {
        Err(Status::unimplemented("not yet"))
    }

    async fn list_organizations_that_assign(
        &self,
        _: Request<ListOrganizationsThatAssignRequest>,
    ) -> Result<Response<ListOrganizationsThatAssignResponse>, Status> {
        Err(Status::unimplemented("not yet"))
    }

    async fn join_organization(
        &self,
        _: Request<JoinOrganizationRequest>,
    ) -> Result<Response<JoinOrganizationResponse>, Status> {
        Err(Status::unimplemented("not yet"))
    }

    async fn remove_members(
        &self,
        _: Request<RemoveMembersRequest>,
    ) -> Result<Response<RemoveMembersResponse>, Status> {
        Err(Status::unimplemented("not yet"))
    }

    async fn list_members(
        &self,
        _: Request<ListMembersRequest>,
    ) -> Result<Response<ListMembersResponse>, Status> {
        Err(Status::unimplemented("not yet"))
    }

    async fn set_member_roles(
        &self,
        _: Request<SetMemberRolesRequest>,
    ) -> Result<Response<SetMemberRolesResponse>, Status> {
        Err(Status::unimplemented("not yet"))
    }

    async fn delete_organization(
        &self,
        _: Request<DeleteOrganizationRequest>,
    ) -> Result<Response<DeleteOrganizationResponse>, Status> {
        Err(Status::unimplemented("not yet"))
    }
}

#[cfg(test)]
mod tests;
