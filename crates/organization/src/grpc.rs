//! The generated traits: decode, call the store, encode.

pub(crate) mod invitations;

use std::sync::Arc;

use doorward_proto::organization::v1::organization_service_server::OrganizationService;
use doorward_proto::organization::v1::{
    AddMembersRequest, AddMembersResponse, ApplyOrganizationsRequest, ApplyOrganizationsResponse,
    DeleteOrganizationRequest, DeleteOrganizationResponse, FindOrganizationRequest,
    FindOrganizationResponse, JoinOrganizationRequest, JoinOrganizationResponse,
    ListMembersRequest, ListMembersResponse, ListOrganizationsOfDomainRequest,
    ListOrganizationsOfDomainResponse, ListOrganizationsOfUserRequest,
    ListOrganizationsOfUserResponse, ListOrganizationsRequest, ListOrganizationsResponse,
    ListOrganizationsThatAssignRequest, ListOrganizationsThatAssignResponse, OrganizationChange,
    RemoveMembersRequest, RemoveMembersResponse, SetMemberRolesRequest, SetMemberRolesResponse,
};
use tonic::{Request, Response, Status};

use crate::Error;
use crate::convert::{all, organization_id, selector};
use crate::domain::{
    Page, Patch, UserId, check_distinct, is_connection_name, parse_domain, parse_roles, parse_take,
    parse_users,
};
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
        let user = request.user_id.map(|id| UserId::parse("user_id", id));
        let user = user.transpose()?;
        let found = match selector(request.organization)? {
            Some(selector) => {
                let found = self.store.find(&selector, user.as_ref()).await;
                found.map_err(Error::from)?
            }
            None => None,
        };
        let (organization, member) = found.map(|it| (it.organization, it.member)).unzip();
        Ok(Response::new(FindOrganizationResponse {
            organization: organization.map(Into::into),
            member: member.flatten().map(Into::into),
        }))
    }

    async fn list_organizations(
        &self,
        request: Request<ListOrganizationsRequest>,
    ) -> Result<Response<ListOrganizationsResponse>, Status> {
        let page = Page::try_from(request.into_inner().page)?;
        let listed = self.store.list(&page).await.map_err(Error::from)?;
        Ok(Response::new(ListOrganizationsResponse {
            organizations: all(listed.items),
            next: listed.next.unwrap_or_default(),
            total: listed.total,
        }))
    }

    async fn list_organizations_of_user(
        &self,
        request: Request<ListOrganizationsOfUserRequest>,
    ) -> Result<Response<ListOrganizationsOfUserResponse>, Status> {
        let request = request.into_inner();
        let user = UserId::parse("user_id", request.user_id)?;
        let page = Page::try_from(request.page)?;
        let listed = self.store.list_of_user(&user, &page).await;
        let listed = listed.map_err(Error::from)?;
        Ok(Response::new(ListOrganizationsOfUserResponse {
            organizations: all(listed.items),
            next: listed.next.unwrap_or_default(),
            total: listed.total,
        }))
    }

    async fn list_organizations_that_assign(
        &self,
        request: Request<ListOrganizationsThatAssignRequest>,
    ) -> Result<Response<ListOrganizationsThatAssignResponse>, Status> {
        let request = request.into_inner();
        let take = parse_take(request.take)?;
        let listed = if is_connection_name(&request.connection) {
            let listed = self.store.list_that_assign(&request.connection, take).await;
            listed.map_err(Error::from)?
        } else {
            Vec::new()
        };
        Ok(Response::new(ListOrganizationsThatAssignResponse {
            organizations: all(listed),
        }))
    }

    async fn list_organizations_of_domain(
        &self,
        request: Request<ListOrganizationsOfDomainRequest>,
    ) -> Result<Response<ListOrganizationsOfDomainResponse>, Status> {
        let request = request.into_inner();
        let take = parse_take(request.take)?;
        let listed = match parse_domain(&request.domain) {
            Some(domain) => {
                let listed = self.store.list_of_domain(&domain, take).await;
                listed.map_err(Error::from)?
            }
            None => Vec::new(),
        };
        Ok(Response::new(ListOrganizationsOfDomainResponse {
            organizations: all(listed),
        }))
    }

    async fn join_organization(
        &self,
        request: Request<JoinOrganizationRequest>,
    ) -> Result<Response<JoinOrganizationResponse>, Status> {
        let request = request.into_inner();
        let id = organization_id(request.organization_id)?;
        let user = UserId::parse("user_id", request.user_id)?;
        let (member, added) = self.store.join(&id, &user, &request.connection).await?;
        Ok(Response::new(JoinOrganizationResponse {
            member: Some(member.into()),
            added,
        }))
    }

    async fn add_members(
        &self,
        request: Request<AddMembersRequest>,
    ) -> Result<Response<AddMembersResponse>, Status> {
        let request = request.into_inner();
        let id = organization_id(request.organization_id)?;
        let users = parse_users(request.user_ids)?;
        let added = self.store.add_members(&id, &users).await?;
        Ok(Response::new(AddMembersResponse {
            added: added.iter().map(ToString::to_string).collect(),
        }))
    }

    async fn remove_members(
        &self,
        request: Request<RemoveMembersRequest>,
    ) -> Result<Response<RemoveMembersResponse>, Status> {
        let request = request.into_inner();
        let id = organization_id(request.organization_id)?;
        let users = parse_users(request.user_ids)?;
        let removed = self.store.remove_members(&id, &users).await?;
        Ok(Response::new(RemoveMembersResponse {
            removed: removed.iter().map(ToString::to_string).collect(),
        }))
    }

    async fn list_members(
        &self,
        request: Request<ListMembersRequest>,
    ) -> Result<Response<ListMembersResponse>, Status> {
        let request = request.into_inner();
        let id = organization_id(request.organization_id)?;
        let page = Page::try_from(request.page)?;
        let listed = self.store.list_members(&id, &page).await?;
        Ok(Response::new(ListMembersResponse {
            members: all(listed.items),
            next: listed.next.unwrap_or_default(),
            total: listed.total,
        }))
    }

    async fn set_member_roles(
        &self,
        request: Request<SetMemberRolesRequest>,
    ) -> Result<Response<SetMemberRolesResponse>, Status> {
        let request = request.into_inner();
        let id = organization_id(request.organization_id)?;
        let user = UserId::parse("user_id", request.user_id)?;
        let roles = parse_roles(request.role_ids)?;
        let member = self.store.set_member_roles(&id, &user, &roles).await?;
        Ok(Response::new(SetMemberRolesResponse {
            member: Some(member.into()),
        }))
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
        let mut changes: Vec<OrganizationChange> = all(changes);
        if request.dry_run {
            // The id of a new organization in a dry run is not stored.
            let created = changes.iter_mut().filter(|change| change.created);
            created.for_each(|change| change.id.clear());
        }
        Ok(Response::new(ApplyOrganizationsResponse { changes }))
    }

    async fn delete_organization(
        &self,
        request: Request<DeleteOrganizationRequest>,
    ) -> Result<Response<DeleteOrganizationResponse>, Status> {
        let id = organization_id(request.into_inner().organization_id)?;
        self.store.delete(&id).await?;
        Ok(Response::new(DeleteOrganizationResponse {}))
    }
}

#[cfg(test)]
mod tests;
