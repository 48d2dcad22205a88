//! Organizations and their members.

mod convert;

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::organization::v1::find_organization_request::Organization as Selected;
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_proto::organization::v1::page::Start;
use doorward_proto::organization::v1::{
    FindOrganizationRequest, JoinOrganizationRequest, ListOrganizationsOfDomainRequest,
    ListOrganizationsOfUserRequest, ListOrganizationsThatAssignRequest, Page,
};
use doorward_service_kit::grpc::Channel;

use super::calls::Calls;
use super::convert::non_empty;
use super::{BackendError, Patience};
use crate::model::{
    FoundOrganization, Member, Organization, OrganizationPage, OrganizationSelector,
};

#[derive(Debug, Clone)]
pub(crate) struct Organizations {
    client: OrganizationServiceClient<Channel>,
    calls: Calls,
}

/// The outcome of a sign-in that creates the membership.
#[derive(Debug)]
pub(crate) enum JoinVerdict {
    /// The user is a member now.
    Joined(Member),
    /// The connection does not create memberships any more, or the organization is gone.
    NotAssigned,
    /// The organization has as many members as it may have.
    Full,
}

impl Organizations {
    pub(super) fn new(channel: Channel, patience: &Patience) -> Self {
        Self {
            client: OrganizationServiceClient::new(channel),
            calls: Calls::new("organization", patience),
        }
    }

    /// The organization, and the membership of a user in it, in one call.
    pub(crate) async fn find(
        &self,
        selector: &OrganizationSelector,
        user_id: Option<&str>,
    ) -> Result<Option<FoundOrganization>, BackendError> {
        let (OrganizationSelector::Id(text) | OrganizationSelector::Name(text)) = selector;
        if !may_be_stored(text) {
            return Ok(None);
        }
        let request = FindOrganizationRequest {
            organization: Some(match selector.clone() {
                OrganizationSelector::Id(id) => Selected::OrganizationId(id),
                OrganizationSelector::Name(name) => Selected::Name(name),
            }),
            user_id: user_id.map(str::to_owned),
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.find_organization(request).await
            })
            .await;
        let found = self.calls.answer(result)?;
        let organization: Option<Organization> = self.calls.converted(found.organization)?;
        let member = found.member.map(Member::from);
        Ok(organization.map(|organization| FoundOrganization {
            organization,
            member,
        }))
    }

    /// The organizations that a user is a member of, ordered by name; `from` is the `next` of the part before.
    pub(crate) async fn of_user(
        &self,
        user_id: &str,
        from: Option<&str>,
        take: u32,
    ) -> Result<OrganizationPage, BackendError> {
        let from = from.filter(|from| may_be_stored(from));
        let request = ListOrganizationsOfUserRequest {
            user_id: user_id.to_owned(),
            page: Some(Page {
                take,
                start: from.map(|from| Start::From(from.to_owned())),
            }),
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.list_organizations_of_user(request).await
            })
            .await;
        let listed = self.calls.answer(result)?;
        let organizations = listed.organizations.into_iter();
        let organizations = organizations.map(|organization| self.calls.convert(organization));
        Ok(OrganizationPage {
            organizations: organizations.collect::<Result<_, _>>()?,
            next: non_empty(listed.next),
        })
    }

    /// The organizations in which a sign-in by a connection creates the membership, ordered by name.
    pub(crate) async fn that_assign(
        &self,
        connection: &str,
        take: u32,
    ) -> Result<Vec<Organization>, BackendError> {
        let request = ListOrganizationsThatAssignRequest {
            connection: connection.to_owned(),
            take,
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.list_organizations_that_assign(request).await
            })
            .await;
        let organizations = self.calls.answer(result)?.organizations.into_iter();
        organizations
            .map(|organization| self.calls.convert(organization))
            .collect()
    }

    /// The organizations that email addresses of a domain lead to, ordered by name.
    pub(crate) async fn of_domain(
        &self,
        domain: &str,
        take: u32,
    ) -> Result<Vec<Organization>, BackendError> {
        if !may_be_stored(domain) {
            return Ok(Vec::new());
        }
        let request = ListOrganizationsOfDomainRequest {
            domain: domain.to_owned(),
            take,
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.list_organizations_of_domain(request).await
            })
            .await;
        let organizations = self.calls.answer(result)?.organizations.into_iter();
        organizations
            .map(|organization| self.calls.convert(organization))
            .collect()
    }

    /// Makes a user a member who has signed in by a connection that creates memberships. A repeat changes nothing.
    pub(crate) async fn join(
        &self,
        organization_id: &str,
        user_id: &str,
        connection: &str,
    ) -> Result<JoinVerdict, BackendError> {
        let request = JoinOrganizationRequest {
            organization_id: organization_id.to_owned(),
            user_id: user_id.to_owned(),
            connection: connection.to_owned(),
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.join_organization(request).await
            })
            .await;
        let expected = [
            ErrorReason::ConnectionNotEnabled,
            ErrorReason::OrganizationFull,
            ErrorReason::OrganizationNotFound,
        ];
        match self.calls.answer_or_refusal(result, &expected)? {
            Ok(joined) => {
                let member = self.calls.required(joined.member, "member")?;
                Ok(JoinVerdict::Joined(member.into()))
            }
            Err(ErrorReason::OrganizationFull) => Ok(JoinVerdict::Full),
            Err(_) => Ok(JoinVerdict::NotAssigned),
        }
    }
}

/// Whether a text can be an id, a name or a domain. Others come from users only, and PostgreSQL refuses some of them.
fn may_be_stored(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_control)
}
