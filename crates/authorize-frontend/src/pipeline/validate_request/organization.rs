//! `organization` and `invitation`: whether the client uses organizations, and which one it is.

use doorward_oauth2_types::{Prompt, auth0};
use doorward_proto::client_registry::v1::{Client, OrganizationUsage};
use doorward_proto::organization::v1::Organization;

use crate::deps::Deps;
use crate::error::OAuthError;
use crate::pipeline::RawParams;

/// Ids begin with it; names never do.
const ID_PREFIX: &str = "org_";

pub(super) async fn check(
    params: &RawParams,
    client: &Client,
    prompt: Prompt,
    deps: &Deps,
) -> Result<Option<Organization>, OAuthError> {
    let requested = params.get(auth0::ORGANIZATION);
    let invitation = params.get(auth0::INVITATION);
    if let Some(error) = refusal(requested, invitation, client) {
        return Err(OAuthError::invalid_request(error));
    }
    if invitation.is_some() {
        return Err(refused_invitation(prompt));
    }
    let Some(id) = requested else {
        return Ok(None);
    };
    match deps.backends.organizations.find(id).await? {
        Some(organization) => Ok(Some(organization)),
        None => Err(OAuthError::invalid_request(format!(
            "parameter organization is invalid: {id}"
        ))),
    }
}

fn refusal(
    organization: Option<&str>,
    invitation: Option<&str>,
    client: &Client,
) -> Option<&'static str> {
    match (client.organization_usage(), organization) {
        (OrganizationUsage::Allow | OrganizationUsage::Require, Some(id)) => {
            let problem = "authorization request parameter organization must be an organization id";
            (!id.starts_with(ID_PREFIX)).then_some(problem)
        }
        (OrganizationUsage::Require, None) => {
            Some("parameter organization is required for this client")
        }
        (_, Some(_)) => Some("parameter organization is not allowed for this client"),
        (_, None) => invitation.map(|_| "parameter organization is required"),
    }
}

/// Invitations do not exist yet, so none can be open. Accepting one is an interaction, whatever becomes of it: a silent
/// request does not get as far as to look for it (SEC-099).
fn refused_invitation(prompt: Prompt) -> OAuthError {
    if prompt.none() {
        return OAuthError::interaction_required();
    }
    OAuthError::invalid_request("invitation not found or already used")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals() {
        use OrganizationUsage::{Allow, Deny, Require};
        let not_allowed = Some("parameter organization is not allowed for this client");
        let required = Some("parameter organization is required for this client");
        let not_an_id =
            Some("authorization request parameter organization must be an organization id");
        let cases = [
            (Deny, None, None),
            (Deny, Some("org_a"), not_allowed),
            (Allow, None, None),
            (Allow, Some("org_a"), None),
            (Allow, Some("acme"), not_an_id),
            (Require, None, required),
            (Require, Some("org_a"), None),
        ];
        for (usage, organization, expected) in cases {
            let client = Client {
                organization_usage: usage.into(),
                ..Client::default()
            };
            assert_eq!(
                refusal(organization, None, &client),
                expected,
                "{usage:?} {organization:?}"
            );
        }
    }
}
