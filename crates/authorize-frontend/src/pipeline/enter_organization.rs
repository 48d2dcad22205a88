//! Finds the organization of a sign-in, and by which connections its users come.

use doorward_oauth2_types::ErrorCode;

use super::{OrganizationTarget, ValidatedRequest};
use crate::backends::BackendError;
use crate::deps::Deps;
use crate::error::OAuthError;
use crate::model::{Client, Connection, FoundOrganization, Invitation, Organization};

/// A request whose organization is found, if it names one.
#[derive(Debug)]
pub(crate) struct Entered {
    request: ValidatedRequest,
    found: Option<FoundOrganization>,
    invitation: Option<Box<Invitation>>,
}

impl Entered {
    pub(crate) fn request(&self) -> &ValidatedRequest {
        &self.request
    }

    /// The organization that the request names, or the user has chosen before the sign-in.
    pub(crate) fn organization(&self) -> Option<&Organization> {
        self.found.as_ref().map(|found| &found.organization)
    }

    /// The same organization, with the membership of the user that was looked for.
    pub(super) fn found(&self) -> Option<&FoundOrganization> {
        self.found.as_ref()
    }

    /// The invitation whose ticket the request carries: open, or accepted by this very sign-in.
    pub(crate) fn invitation(&self) -> Option<&Invitation> {
        self.invitation.as_deref()
    }

    /// For tests: a request without an organization, or one in it.
    #[cfg(test)]
    pub(super) fn new(request: ValidatedRequest, found: Option<FoundOrganization>) -> Self {
        let invitation = None;
        Self {
            request,
            found,
            invitation,
        }
    }

    /// For tests: the same with an invitation.
    #[cfg(test)]
    pub(super) fn invited(self, invitation: Invitation) -> Self {
        let invitation = Some(Box::new(invitation));
        Self { invitation, ..self }
    }

    /// Whether the invitation, if there is one, lets users of this connection in.
    fn is_invited_by(&self, connection: &str) -> bool {
        self.invitation()
            .is_none_or(|invitation| invitation.allows(connection))
    }

    /// Whether users of a connection may use the application. The session of one that the request did not name will do:
    /// single sign-on is the tenant's. In an organization, only its own connections count.
    pub(super) fn is_enabled(&self, connection: &str) -> bool {
        let Some(organization) = self.organization() else {
            let mut enabled = self.request.client().connections.iter();
            return enabled.any(|it| it.name == connection);
        };
        // mutant: connection-of-organization-not-checked
        organization.connection(connection).is_some() && self.is_invited_by(connection)
    }
}

/// Looks the organization up, with the membership of the session's user if there is a session: in one call, because
/// silent authentication waits for it.
///
/// # Errors
/// - `invalid_request`: the invitation cannot be used, for whatever reason.
/// - `invalid_request`: the organization does not exist, or a third-party client may not use it: the error does not say
///   which; or the connection that the request names is not enabled for it.
/// - `access_denied`: the organization lists the clients that may use it, and this one is not listed.
/// - `temporarily_unavailable`, `server_error`: a backend failed.
pub(crate) async fn enter_organization(
    request: ValidatedRequest,
    user_id: Option<&str>,
    deps: &Deps,
) -> Result<Entered, OAuthError> {
    let OrganizationTarget::Named(named) = request.organization_target() else {
        return Ok(Entered {
            request,
            found: None,
            invitation: None,
        });
    };
    let found = deps.backends.organizations.find(&named.selector, user_id);
    let found = found
        .await?
        .filter(|found| admits_party(&found.organization, request.client()));
    let Some(found) = found else {
        let sent = &named.sent;
        let description = format!("parameter organization is invalid: {sent}");
        return Err(OAuthError::invalid_request(description));
    };
    if !found.organization.admits(&request.client().client_id) {
        let description = "client is not allowed to use the organization";
        return Err(OAuthError::new(ErrorCode::AccessDenied, description));
    }
    // mutant: named-connection-of-organization-not-checked
    if let Some(name) = request.named_connection()
        && found.organization.connection(name).is_none()
    {
        return Err(OAuthError::invalid_request(CONNECTION_NOT_ENABLED));
    }
    let invitation = find_invitation(&request, &found.organization, deps).await?;
    Ok(Entered {
        request,
        found: Some(found),
        invitation,
    })
}

/// Finds the invitation whose ticket the request carries.
async fn find_invitation(
    request: &ValidatedRequest,
    organization: &Organization,
    deps: &Deps,
) -> Result<Option<Box<Invitation>>, OAuthError> {
    let Some(ticket) = request.ticket() else {
        return Ok(None);
    };
    // mutant: invitation-of-any-application
    let client_id = Some(request.client().client_id.as_str());
    let invitations = &deps.backends.invitations;
    let found = Box::pin(invitations.find(ticket.clone(), &organization.id, client_id)).await?;
    found.map_or_else(
        || Err(OAuthError::invitation_not_usable()),
        |invitation| Ok(Some(Box::new(invitation))),
    )
}

const CONNECTION_NOT_ENABLED: &str = "connection is not enabled for the organization";

/// The error after a sign-in by a connection that was switched off meanwhile.
pub(super) fn connection_not_enabled() -> OAuthError {
    OAuthError::new(ErrorCode::AccessDenied, CONNECTION_NOT_ENABLED)
}

/// Whether a client may sign users in to an organization.
pub(crate) fn is_open(organization: &Organization, client: &Client) -> bool {
    admits_party(organization, client) && organization.admits(&client.client_id)
}

fn admits_party(organization: &Organization, client: &Client) -> bool {
    client.is_first_party() || organization.third_party_clients_allowed
}

/// The connections that the sign-in pages offer.
///
/// # Errors
/// - `invalid_request`: the organization has none that the pages can show.
/// - `temporarily_unavailable`, `server_error`: a backend failed.
pub(crate) async fn offered_connections(
    entered: &Entered,
    deps: &Deps,
) -> Result<Vec<Connection>, OAuthError> {
    let request = entered.request();
    let Some(organization) = entered.organization() else {
        return Ok(request.connections().to_vec());
    };
    let offered = connections_of(organization, entered, deps).await?;
    if offered.is_empty() {
        return Err(OAuthError::invalid_request(
            "no connections enabled for the organization are visible",
        ));
    }
    Ok(offered)
}

/// The enabled connections of an organization that exist; only the one that the request or the invitation names, if it
/// does. The client's own list does not restrict them.
async fn connections_of(
    organization: &Organization,
    entered: &Entered,
    deps: &Deps,
) -> Result<Vec<Connection>, BackendError> {
    let named = entered.request().named_connection();
    let mut connections = Vec::new();
    for enabled in &organization.connections {
        let is_named = named.is_none_or(|named| named == enabled.name);
        if !is_named || !entered.is_invited_by(&enabled.name) {
            continue;
        }
        if let Some(connection) = deps.backends.registry.connection(&enabled.name).await? {
            connections.push(Connection {
                // Without a membership or an invitation, a new account would be refused at once.
                // mutant: sign-up-of-organization-not-checked
                allows_signup: enabled.is_signup_enabled
                    || (connection.allows_signup
                        && (enabled.assign_membership_on_login || entered.invitation().is_some())),
                ..Connection::clone(&connection)
            });
        }
    }
    Ok(connections)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Party;

    #[test]
    fn third_parties_enter_where_they_are_allowed() {
        for (party, allowed, expected) in [
            (Party::First, false, true),
            (Party::First, true, true),
            (Party::Third, false, false),
            (Party::Third, true, true),
            (Party::StrictThird, false, false),
            (Party::StrictThird, true, true),
        ] {
            let client = Client {
                party,
                ..Client::default()
            };
            let organization = Organization {
                third_party_clients_allowed: allowed,
                ..Organization::default()
            };
            assert_eq!(
                is_open(&organization, &client),
                expected,
                "{party:?} {allowed}"
            );
        }
    }
}
