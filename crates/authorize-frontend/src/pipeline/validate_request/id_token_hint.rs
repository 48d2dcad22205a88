//! `id_token_hint`: an ID token of ours that names the expected user. A hint, never a credential.

use doorward_oauth2_types::parameters;

use crate::deps::Deps;
use crate::error::OAuthError;
use crate::model::Client;
use crate::pipeline::RawParams;
use crate::tokens::verify::verify_id_token_hint;

/// Accepts expired tokens: the hint is most useful once the token is old (OIDC Core §3.1.2.1).
pub(super) async fn check(
    params: &RawParams,
    client: &Client,
    deps: &Deps,
) -> Result<Option<String>, OAuthError> {
    let Some(hint) = params.get(parameters::ID_TOKEN_HINT) else {
        return Ok(None);
    };
    match verify_id_token_hint(hint, &client.client_id, deps).await? {
        Some(sub) => Ok(Some(sub)),
        // mutant: invalid-hint-ignored
        None => Err(OAuthError::invalid_request("id_token_hint is invalid")),
    }
}
