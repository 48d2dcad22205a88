//! Do the parameters fit each other, and the client? One check per file, in the order of their errors.

mod audience;
mod connection;
mod freshness;
mod grant_type;
mod id_token_hint;
mod invitation;
mod nonce;
mod organization;
mod pkce;
mod scope;
mod strict;
mod unsupported;

use std::sync::Arc;

use doorward_oauth2_types::{Prompt, ResponseType, Scope, auth0, parameters};

use super::{BoundRequest, Pending};
use crate::deps::Deps;
use crate::error::OAuthError;
use crate::model::{Api, Client, Connection, Tenant, Ticket};

pub(crate) use organization::OrganizationTarget;
pub(super) use scope::is_oidc_scope;

/// A request that can be granted, if its user agrees.
#[derive(Debug)]
pub(crate) struct ValidatedRequest {
    client: Arc<Client>,
    tenant: Arc<Tenant>,
    response_type: ResponseType,
    nonce: Option<String>,
    prompt: Prompt,
    max_age: Option<u64>,
    api: Option<Arc<Api>>,
    scope: Scope,
    connection: Option<String>,
    connections: Vec<Connection>,
    organization: OrganizationTarget,
    ticket: Option<Ticket>,
    hinted_sub: Option<String>,
}

impl ValidatedRequest {
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    pub(crate) fn response_type(&self) -> ResponseType {
        self.response_type
    }

    pub(crate) fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    pub(crate) fn prompt(&self) -> Prompt {
        self.prompt
    }

    /// In seconds.
    pub(crate) fn max_age(&self) -> Option<u64> {
        self.max_age
    }

    /// The API that the access token is for; `None`: only `/userinfo`.
    pub(crate) fn api(&self) -> Option<&Api> {
        self.api.as_deref()
    }

    /// Whether a scope is OpenID Connect's, or the API offers it to the client.
    pub(crate) fn is_offered_scope(&self, token: &str) -> bool {
        let granted = || audience::check_grant(self.api()?, &self.client).ok();
        let offers = |grant| {
            self.api()
                .is_some_and(|api| scope::offers(api, grant, token))
        };
        is_oidc_scope(token) || granted().is_some_and(offers)
    }

    /// The requested scope, without undefined scopes.
    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The connection that the request names.
    pub(super) fn named_connection(&self) -> Option<&str> {
        self.connection.as_deref()
    }

    /// The client's connections that a user may sign in by; none when the request is for an organization, whose own
    /// connections count instead.
    pub(super) fn connections(&self) -> &[Connection] {
        &self.connections
    }

    /// The organization, as far as the request and the choice of its user say.
    pub(crate) fn organization_target(&self) -> &OrganizationTarget {
        &self.organization
    }

    /// The ticket of an invitation.
    pub(super) fn ticket(&self) -> Option<&Ticket> {
        self.ticket.as_ref()
    }

    /// The user that `id_token_hint` names.
    pub(crate) fn hinted_sub(&self) -> Option<&str> {
        self.hinted_sub.as_deref()
    }
}

/// Checks everything that needs neither a user nor the organization. `pending` has the choices that the user has made
/// on the pages of this request.
///
/// # Errors
/// The first failing check decides:
/// - `invalid_request`: a parameter is missing, repeated, malformed, or does not fit another one.
/// - `unsupported_response_type`, `unauthorized_client`: the server or the client does not support the response type.
/// - `request_not_supported`, `request_uri_not_supported`: a request object.
/// - `invalid_target`, `access_denied`, `unauthorized_client`: two APIs, an unknown one, or one without a client grant.
/// - `invalid_scope`: `scope` is malformed.
/// - `interaction_required`: an invitation with `prompt=none`.
/// - `temporarily_unavailable`, `server_error`: a backend failed.
pub(crate) async fn validate_request(
    bound: &BoundRequest,
    pending: Option<&Pending>,
    deps: &Deps,
) -> Result<ValidatedRequest, OAuthError> {
    let (params, client) = (bound.params(), bound.client());
    let response_type = bound.response_type()?;
    if let Some(name) = params.first_repeated() {
        return Err(OAuthError::invalid_request(format!(
            "Duplicate parameter: {name}"
        )));
    }
    strict::check(params, response_type, client)?;
    grant_type::check(response_type, client)?;
    unsupported::check(params)?;
    pkce::check(params)?;
    let nonce = nonce::check(params, response_type)?;
    let (prompt, max_age) = freshness::check(params)?;
    let hinted_sub = id_token_hint::check(params, client, deps).await?;
    let tenant = Arc::clone(bound.tenant());
    let api = audience::check(params, &tenant, deps).await?;
    let granted = match &api {
        Some(api) => Some((&**api, audience::check_grant(api, client)?)),
        None => None,
    };
    let requested = params.get(parameters::SCOPE);
    let scope = scope::check(requested, response_type, &tenant, granted)?;
    let choice = pending.and_then(Pending::organization_choice);
    let organization = organization::check(params, client, &tenant, prompt.none(), choice)?;
    let ticket = invitation::check(params, prompt.none(), pending)?;
    let connections = match organization {
        OrganizationTarget::Personal | OrganizationTarget::AskedLater(_) => {
            connection::check(params, &client.connections, deps).await?
        }
        OrganizationTarget::Named(_) | OrganizationTarget::AskedFirst => Vec::new(),
    };
    Ok(ValidatedRequest {
        client: Arc::clone(client),
        tenant,
        response_type,
        nonce,
        prompt,
        max_age,
        api,
        scope,
        connection: params.get(auth0::CONNECTION).map(str::to_owned),
        connections,
        organization,
        ticket,
        hinted_sub,
    })
}

#[cfg(test)]
pub(super) use tests::RequestParts;

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of a validated request that later steps decide by.
    #[derive(Debug, Clone, Default)]
    pub(in crate::pipeline) struct RequestParts {
        pub(in crate::pipeline) client: Client,
        pub(in crate::pipeline) prompt: Prompt,
        pub(in crate::pipeline) max_age: Option<u64>,
        pub(in crate::pipeline) connections: Vec<Connection>,
        pub(in crate::pipeline) hinted_sub: Option<String>,
    }

    impl From<RequestParts> for ValidatedRequest {
        fn from(parts: RequestParts) -> Self {
            let client = Client {
                connections: parts.connections,
                ..parts.client
            };
            Self {
                client: Arc::new(client),
                tenant: Arc::default(),
                response_type: "token".parse().unwrap(),
                nonce: None,
                prompt: parts.prompt,
                max_age: parts.max_age,
                api: None,
                scope: Scope::default(),
                connection: None,
                connections: Vec::new(),
                organization: OrganizationTarget::Personal,
                ticket: None,
                hinted_sub: parts.hinted_sub,
            }
        }
    }
}
