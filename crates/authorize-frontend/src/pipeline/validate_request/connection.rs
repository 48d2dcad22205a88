//! `connection`: where the user may come from.

use doorward_oauth2_types::auth0;

use crate::deps::Deps;
use crate::error::OAuthError;
use crate::model::Connection;
use crate::pipeline::RawParams;

/// The connections to offer: the one that was named, or all that are enabled.
pub(super) async fn check(
    params: &RawParams,
    enabled: &[Connection],
    deps: &Deps,
) -> Result<Vec<Connection>, OAuthError> {
    if enabled.is_empty() {
        return Err(OAuthError::invalid_request(
            "no connections enabled for the client",
        ));
    }
    let Some(name) = params.get(auth0::CONNECTION) else {
        return Ok(enabled.to_vec());
    };
    if let Some(named) = enabled.iter().find(|it| it.name == name) {
        return Ok(vec![named.clone()]);
    }
    // mutant: unknown-connection-ignored
    let found = deps.backends.registry.connection(name).await?;
    Err(OAuthError::invalid_request(if found.is_some() {
        "the connection was disabled"
    } else {
        "the connection was not found"
    }))
}
