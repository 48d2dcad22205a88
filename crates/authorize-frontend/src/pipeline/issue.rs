//! The tokens of an answer, made from what was granted.

use super::Confirmed;
use crate::deps::Deps;
use crate::error::OAuthError;
use crate::tokens::{
    ClaimsContext, CustomClaims, Grant, GrantedApi, GrantedClient, GrantedOrganization,
    GrantedUser, Minted, Requested, TokenChannel, custom_claims, mint, user_claims,
};

/// The tokens for the application.
#[derive(Debug)]
pub(crate) struct Issued(Minted);

impl Issued {
    /// The parameters of the answer, in the order that Auth0 sends them.
    pub(crate) fn into_parameters(self, state: Option<&str>) -> Vec<(&'static str, String)> {
        // mutant: refresh-token-in-answer
        let mut parameters = Vec::new();
        if let Some(token) = self.0.access_token {
            parameters.push(("access_token", token.value));
            parameters.push(("scope", token.scope));
            parameters.push(("expires_in", token.expires_in.to_string()));
            parameters.push(("token_type", "Bearer".to_owned()));
        }
        // mutant: state-decoded-twice
        parameters.extend(state.map(|state| ("state", state.to_owned())));
        parameters.extend(self.0.id_token.map(|token| ("id_token", token)));
        parameters
    }
}

/// Issues the tokens of the answer.
///
/// # Errors
/// - `temporarily_unavailable`: `token-signing` or `session` does not respond.
/// - `server_error`: the custom claims are too large; a backend failed, or did not return the requested tokens.
pub(crate) async fn issue(confirmed: Confirmed, deps: &Deps) -> Result<Issued, OAuthError> {
    let response_type = confirmed.consented().request().response_type();
    let requested = response_type.into();
    let custom_claims = claims_of_the_tenant(&confirmed, requested, deps).await?;
    let grant = Grant {
        custom_claims,
        ..Grant::from(&confirmed)
    };
    Ok(Issued(mint(&grant, requested, deps).await?))
}

/// The claims that the tenant defines, and those of its hook, which come before them.
async fn claims_of_the_tenant(
    confirmed: &Confirmed,
    requested: Requested,
    deps: &Deps,
) -> Result<CustomClaims, OAuthError> {
    let consented = confirmed.consented();
    let request = consented.request();
    let (defined, of_hook) = (&request.tenant().custom_claims, consented.hook_claims());
    if defined.is_empty() && of_hook.is_none() {
        return Ok(CustomClaims::default());
    }
    let context = ClaimsContext {
        user: consented.user(),
        role_ids: &consented.role_ids(),
        client: request.client(),
        organization: consented.organization(),
        audience: request.api().map(|api| api.identifier.as_str()),
        scope: consented.granted_scope(),
    };
    let claims = custom_claims(defined, context, deps).await?;
    let mut claims = claims.merged(of_hook.cloned().unwrap_or_default());
    // What no token carries cannot be too large.
    if !requested.id_token {
        claims.id_token.clear();
    }
    if !requested.access_token || request.api().is_none() {
        claims.access_token.clear();
    }
    claims.check_size()?;
    Ok(claims)
}

impl From<&Confirmed> for Grant {
    fn from(confirmed: &Confirmed) -> Self {
        let consented = confirmed.consented();
        let (request, session) = (consented.request(), consented.session());
        let (user, scope) = (consented.user(), consented.granted_scope());
        Self {
            channel: TokenChannel::Front,
            client: GrantedClient {
                client_id: request.client().client_id.clone(),
                id_token_lifetime_seconds: request.client().id_token_lifetime_seconds,
                id_token_signing_alg: request.client().id_token_signing_alg,
            },
            user: Some(GrantedUser {
                user_id: user.user_id.clone(),
                claims: user_claims(user, scope, request.tenant()),
            }),
            scope: scope.clone(),
            api: request.api().map(|api| GrantedApi {
                identifier: api.identifier.clone(),
                signing_alg: api.signing_alg,
                dialect: api.token_dialect,
                token_lifetime_seconds: api.token_lifetime_seconds,
                token_lifetime_for_web_seconds: api.token_lifetime_for_web_seconds,
            }),
            // mutant: nonce-lowercased
            nonce: request.nonce().map(str::to_owned),
            auth_time: Some(session.authenticated_at),
            sid: Some(session.sid.clone()),
            organization: consented
                .organization()
                .map(|organization| GrantedOrganization {
                    id: organization.id.clone(),
                    name: request
                        .tenant()
                        .allow_organization_name_in_authentication_api
                        .then(|| organization.name.clone()),
                }),
            permissions: consented.permissions().map(<[String]>::to_vec),
            custom_claims: CustomClaims::default(),
        }
    }
}
