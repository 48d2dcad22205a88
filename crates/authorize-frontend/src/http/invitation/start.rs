//! `/u/invitation/start`: the landing page of invitations for applications without one of their own. A tenant names it
//! as its `default_redirection_uri`. It changes nothing.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use doorward_oauth2_types::redirect_uri::{Placeholder, RegisteredUri};
use doorward_oauth2_types::{GrantType, auth0, parameters};
use doorward_service_kit::secret;
use url::form_urlencoded::Serializer;

use crate::deps::Deps;
use crate::error::ShownError;
use crate::http::redirect::found;
use crate::model::{Client, OrganizationSelector, Ticket};
use crate::paths::PagePath;
use crate::urlencoded::Pairs;

/// Forwards to `/authorize` of the application that the ticket invites to. Of the link, only the ticket and the id of
/// the organization count.
pub(in crate::http) async fn start(
    State(deps): State<Arc<Deps>>,
    query: Pairs,
) -> Result<Response, ShownError> {
    let link = (query.get(auth0::INVITATION), query.get(auth0::ORGANIZATION));
    let (Some(ticket), Some(organization)) = link else {
        return Err(ShownError::lost_transaction());
    };
    let ticket = Ticket {
        id: ticket.to_owned(),
        acceptance_id: None,
    };
    let invitations = &deps.backends.invitations;
    let found_invitation = invitations.find(ticket.clone(), organization, None).await?;
    // mutant: ticket-spent-by-the-landing-page
    let invitation = found_invitation.ok_or_else(ShownError::invitation_not_usable)?;
    let client = deps.backends.registry.client(&invitation.client_id).await?;
    let client = client.ok_or_else(ShownError::invitation_not_usable)?;
    let selector = OrganizationSelector::Id(organization.to_owned());
    let found_organization = deps.backends.organizations.find(&selector, None).await?;
    let organization = found_organization
        .ok_or_else(ShownError::invitation_not_usable)?
        .organization;
    let callback = callback(&client, &organization.name).ok_or_else(|| {
        ShownError::invalid_request("The application of the invitation has no callback URL")
    })?;
    let request = request(&client, &callback, &ticket.id, &organization.id);
    Ok(found(&format!("{}?{request}", PagePath::Authorize)))
}

/// The first callback that needs nothing filled in but the organization's name. `/authorize` checks it like any other.
fn callback(client: &Client, organization_name: &str) -> Option<String> {
    let fill = |uri: &RegisteredUri| match uri.placeholder() {
        None => Some(uri.as_str().to_owned()),
        Some(Placeholder::OrganizationName) => {
            let filled = uri.as_str();
            Some(filled.replacen("{organization_name}", organization_name, 1))
        }
        _ => None,
    };
    client.callbacks.iter().find_map(fill)
}

/// An application that has not sent the request itself cannot compare `state` and `nonce`, so it is given no more than
/// an ID token. Its own sign-in afterwards needs no page.
fn request(client: &Client, callback: &str, ticket: &str, organization: &str) -> String {
    let nonce = secret();
    let mut request = Serializer::new(String::new());
    request
        .append_pair(parameters::CLIENT_ID, &client.client_id)
        .append_pair(parameters::REDIRECT_URI, callback)
        .append_pair(parameters::SCOPE, "openid profile email");
    if client.grant_types.contains(&GrantType::Implicit) {
        request
            .append_pair(parameters::RESPONSE_TYPE, "id_token")
            .append_pair(parameters::NONCE, &nonce);
    } else {
        request.append_pair(parameters::RESPONSE_TYPE, "code");
    }
    request
        .append_pair(auth0::INVITATION, ticket)
        .append_pair(auth0::ORGANIZATION, organization);
    request.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_without_gaps_comes_first() {
        let cases: [(&[&str], Option<&str>); 4] = [
            (&[], None),
            (&["https://*.a.test/cb"], None),
            (
                &["https://{organization_name}.a.test/cb"],
                Some("https://acme.a.test/cb"),
            ),
            (
                &["https://*.a.test/cb", "https://b.test/cb"],
                Some("https://b.test/cb"),
            ),
        ];
        for (callbacks, expected) in cases {
            let callbacks = callbacks.iter();
            let client = Client {
                callbacks: callbacks
                    .map(|it| RegisteredUri::parse(it).unwrap())
                    .collect(),
                ..Client::default()
            };
            assert_eq!(callback(&client, "acme").as_deref(), expected, "{client:?}");
        }
    }
}
