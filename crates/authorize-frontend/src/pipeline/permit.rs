//! Limits the scope to the user's permissions: Auth0's role-based access control of an API (`enforce_policies`).

use doorward_oauth2_types::Scope;

use super::validate_request::is_oidc_scope;
use super::{Joined, Stop, ValidatedRequest};
use crate::deps::Deps;
use crate::model::{Api, Organization, Session, User};

/// A request whose scope is cut to what the user may be given.
#[derive(Debug)]
pub(crate) struct Permitted {
    joined: Joined,
    scope: Scope,
    permissions: Option<Vec<String>>,
}

impl Permitted {
    pub(crate) fn request(&self) -> &ValidatedRequest {
        self.joined.request()
    }

    pub(crate) fn session(&self) -> &Session {
        self.joined.session()
    }

    pub(crate) fn user(&self) -> &User {
        self.joined.user()
    }

    /// The organization that the user is a member of; `None`: the personal account.
    pub(crate) fn organization(&self) -> Option<&Organization> {
        self.joined.organization()
    }

    pub(super) fn role_ids(&self) -> Vec<String> {
        self.joined.role_ids()
    }

    /// The requested scope without what no API defines and without what the user may not be given.
    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// All that the user is permitted at the API; `None` for access tokens that do not include it.
    pub(crate) fn permissions(&self) -> Option<&[String]> {
        self.permissions.as_deref()
    }
}

/// Roles are cached, so this calls no backend.
///
/// # Errors
/// `temporarily_unavailable`: the permissions of the user's roles are unknown. A scope without permission is no error:
/// it is dropped.
pub(crate) async fn permit(joined: Joined, deps: &Deps) -> Result<Permitted, Stop> {
    let request = joined.request();
    let mut scope = request.scope().clone();
    let mut permissions = None;
    if let Some(api) = request.api().filter(|api| asks_for_permissions(api)) {
        let role_ids = joined.role_ids();
        let permitted = deps.backends.roles.permissions(&role_ids, &api.identifier);
        let mut permitted = permitted.await?;
        // Scopes that the API does not define any more are no permissions.
        permitted.retain(|name| api.defines(name));
        if api.enforce_policies {
            scope.retain(|token| is_oidc_scope(token) || permitted.contains(token));
        }
        permissions = api
            .token_dialect
            .includes_permissions()
            .then(|| permitted.into_iter().collect());
    }
    Ok(Permitted {
        joined,
        scope,
        permissions,
    })
}

fn asks_for_permissions(api: &Api) -> bool {
    api.enforce_policies || api.token_dialect.includes_permissions()
}
