//! `organization` and `invitation`: whether the client uses organizations, and which one it is.

use doorward_oauth2_types::auth0::{self, OrganizationUsage};
use doorward_oauth2_types::{ErrorCode, Prompt};

use crate::deps::Deps;
use crate::error::OAuthError;
use crate::model::{Client, Organization};
use crate::pipeline::RawParams;

/// Prefix of ids; no name begins with it.
const ID_PREFIX: &str = "org_";

pub(super) async fn check(
    params: &RawParams,
    client: &Client,
    prompt: Prompt,
    deps: &Deps,
) -> Result<Option<Organization>, OAuthError> {
    let requested = params.get(auth0::ORGANIZATION);
    let invitation = params.get(auth0::INVITATION);
    if let Some(error) = refusal(requested, invitation, prompt, client) {
        return Err(error);
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
    prompt: Prompt,
    client: &Client,
) -> Option<OAuthError> {
    let error = match (client.organization_usage, organization) {
        (OrganizationUsage::Allow | OrganizationUsage::Require, Some(id)) => {
            if !id.starts_with(ID_PREFIX) {
                "authorization request parameter organization must be an organization id"
            // mutant: invitation-accepted-silently
            } else if invitation.is_some() && prompt.none() {
                // Accepting an invitation is an interaction, whatever its state.
                return Some(OAuthError::new(
                    ErrorCode::InteractionRequired,
                    "Interaction required",
                ));
            } else if invitation.is_some() {
                // Invitations do not exist yet, so none can be open.
                "invitation not found or already used"
            } else {
                return None;
            }
        }
        (OrganizationUsage::Require, None) => "parameter organization is required for this client",
        (_, Some(_)) => "parameter organization is not allowed for this client",
        (_, None) => {
            invitation?;
            "parameter organization is required"
        }
    };
    Some(OAuthError::invalid_request(error))
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
                organization_usage: usage,
                ..Client::default()
            };
            let refused = refusal(organization, None, Prompt::default(), &client);
            assert_eq!(
                refused,
                expected.map(OAuthError::invalid_request),
                "{usage:?} {organization:?}"
            );
        }
    }

    #[test]
    fn sec_099_an_invitation_is_not_accepted_silently() {
        let client = Client {
            organization_usage: OrganizationUsage::Allow,
            ..Client::default()
        };
        for (prompt, expected) in [
            ("none", ErrorCode::InteractionRequired),
            ("login", ErrorCode::InvalidRequest),
            ("", ErrorCode::InvalidRequest),
        ] {
            let prompt = prompt.parse().unwrap();
            let refused = refusal(Some("org_a"), Some("ticket"), prompt, &client);
            assert_eq!(refused.unwrap().code, expected, "{prompt:?}");
        }
    }
}
