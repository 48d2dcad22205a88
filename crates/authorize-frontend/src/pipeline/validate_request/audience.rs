//! `audience`: the API that the access token is for.

use std::sync::Arc;

use doorward_oauth2_types::{ErrorCode, auth0};
use doorward_proto::client_registry::v1::{ResourceServer, Tenant, UserAccess};

use crate::deps::Deps;
use crate::error::OAuthError;
use crate::pipeline::RawParams;

/// The API, compared byte for byte; none when only `/userinfo` is wanted.
pub(super) async fn check(
    params: &RawParams,
    tenant: &Tenant,
    deps: &Deps,
) -> Result<Option<Arc<ResourceServer>>, OAuthError> {
    let default = Some(tenant.default_audience.as_str()).filter(|it| !it.is_empty());
    let Some(audience) = params.get(auth0::AUDIENCE).or(default) else {
        return Ok(None);
    };
    if audience == deps.issuer.userinfo_endpoint() {
        return Ok(None);
    }
    match deps.backends.registry.resource_server(audience).await? {
        Some(api) if api.user_access() == UserAccess::AllowAll => Ok(Some(api)),
        // There are no client grants yet that could let an application in.
        Some(_) => Err(OAuthError::new(
            ErrorCode::UnauthorizedClient,
            format!("Client is not authorized to access \"{audience}\"."),
        )),
        None => Err(OAuthError::new(
            ErrorCode::AccessDenied,
            format!("Service not found: {audience}"),
        )),
    }
}
