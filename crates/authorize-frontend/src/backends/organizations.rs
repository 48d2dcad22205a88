//! Organizations and their members.

use doorward_proto::InvalidField;
use doorward_proto::organization::v1::find_organization_request::Organization as Selected;
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_proto::organization::v1::{
    self as wire, FindOrganizationRequest, FindOrganizationResponse,
};
use doorward_service_kit::grpc::Channel;

use super::calls::Calls;
use super::convert::{non_empty, required_text};
use super::{BackendError, Patience};
use crate::model::Organization;

#[derive(Debug, Clone)]
pub(crate) struct Organizations {
    client: OrganizationServiceClient<Channel>,
    calls: Calls,
}

impl Organizations {
    pub(super) fn new(channel: Channel, patience: &Patience) -> Self {
        Self {
            client: OrganizationServiceClient::new(channel),
            calls: Calls::new("organization", patience),
        }
    }

    pub(crate) async fn find(
        &self,
        organization_id: &str,
    ) -> Result<Option<Organization>, BackendError> {
        let found = self.call(organization_id, None).await?;
        self.calls.converted(found.organization)
    }

    /// Whether the user belongs to the organization. An organization that does not exist any more has no members.
    pub(crate) async fn is_member(
        &self,
        organization_id: &str,
        user_id: &str,
    ) -> Result<bool, BackendError> {
        let found = self.call(organization_id, Some(user_id)).await?;
        Ok(found.member.is_some())
    }

    async fn call(
        &self,
        organization_id: &str,
        user_id: Option<&str>,
    ) -> Result<FindOrganizationResponse, BackendError> {
        let request = FindOrganizationRequest {
            organization: Some(Selected::OrganizationId(organization_id.to_owned())),
            user_id: user_id.map(str::to_owned),
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.find_organization(request).await
            })
            .await;
        self.calls.answer(result)
    }
}

impl TryFrom<wire::Organization> for Organization {
    type Error = InvalidField;

    fn try_from(organization: wire::Organization) -> Result<Self, Self::Error> {
        let name = required_text("name", organization.name)?;
        Ok(Self {
            id: required_text("id", organization.id)?,
            display_name: non_empty(organization.display_name).unwrap_or_else(|| name.clone()),
            name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organization_without_a_display_name_is_shown_by_its_name() {
        let message = |id: &str, name: &str, display_name: &str| wire::Organization {
            id: id.to_owned(),
            name: name.to_owned(),
            display_name: display_name.to_owned(),
            ..wire::Organization::default()
        };
        for (display_name, shown) in [("", "acme"), ("Acme Inc", "Acme Inc")] {
            let organization = Organization::try_from(message("org_a", "acme", display_name));
            assert_eq!(organization.unwrap().display_name, shown);
        }
        for (id, name, expected) in [
            ("", "acme", "id: is missing"),
            ("org_a", "", "name: is missing"),
        ] {
            let refused = Organization::try_from(message(id, name, "")).unwrap_err();
            assert_eq!(refused.to_string(), expected);
        }
    }
}
