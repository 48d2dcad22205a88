//! The tokens of an answer, signed in one call.

mod claims;

use doorward_oauth2_types::{ErrorCode, StandardClaim};
use doorward_proto::session::v1::AccessToken;
use doorward_proto::to_timestamp;
use doorward_proto::token_signing::v1::sign_tokens_request::AccessToken as Wanted;
use doorward_proto::token_signing::v1::{
    AccessTokenClaims, IdTokenClaims, Permissions, SignTokensRequest, SignTokensResponse,
    TokenDialect,
};
use doorward_service_kit::secret;
use jiff::SignedDuration;

use super::{Confirmed, Consented};
use crate::backends::BackendError;
use crate::deps::Deps;
use crate::error::OAuthError;
use crate::model::Api;

pub(crate) use claims::granted_claims;

/// Life of an opaque access token from this endpoint.
const OPAQUE_LIFETIME_SECONDS: u32 = 7_200;

/// What the application gets.
#[derive(Debug)]
pub(crate) struct Issued {
    access_token: Option<IssuedAccessToken>,
    id_token: Option<String>,
}

#[derive(Debug)]
struct IssuedAccessToken {
    value: String,
    expires_in: u32,
    scope: String,
}

impl Issued {
    /// What was asked for, and nothing else; less would be a broken answer of the signer.
    fn new(
        consented: &Consented,
        opaque: Option<String>,
        signed: SignTokensResponse,
    ) -> Option<Self> {
        let request = consented.request();
        let value = opaque.or(signed.access_token);
        let access_token = value.map(|value| IssuedAccessToken {
            value,
            expires_in: lifetime_seconds(request.api()),
            scope: consented.granted_scope().to_string(),
        });
        let response_type = request.response_type();
        let complete = access_token.is_some() == response_type.has_token()
            && signed.id_token.is_some() == response_type.has_id_token();
        complete.then_some(Self {
            access_token,
            id_token: signed.id_token,
        })
    }

    /// The parameters of the answer, in the order that Auth0 sends them.
    pub(crate) fn into_parameters(self, state: Option<&str>) -> Vec<(&'static str, String)> {
        let mut parameters = Vec::new();
        if let Some(token) = self.access_token {
            parameters.push(("access_token", token.value));
            parameters.push(("scope", token.scope));
            parameters.push(("expires_in", token.expires_in.to_string()));
            parameters.push(("token_type", "Bearer".to_owned()));
        }
        parameters.extend(state.map(|state| ("state", state.to_owned())));
        parameters.extend(self.id_token.map(|token| ("id_token", token)));
        parameters
    }
}

pub(crate) async fn issue(confirmed: Confirmed, deps: &Deps) -> Result<Issued, OAuthError> {
    let consented = confirmed.consented();
    let request = consented.request();
    let opaque = (request.response_type().has_token() && request.api().is_none()).then(secret);
    let (kept, signed) = tokio::join!(
        keep(opaque.as_deref(), consented, deps),
        sign(opaque.as_deref(), consented, deps)
    );
    kept?;
    Issued::new(consented, opaque, signed?)
        .ok_or_else(|| OAuthError::new(ErrorCode::ServerError, "The tokens could not be made"))
}

async fn sign(
    opaque: Option<&str>,
    consented: &Consented,
    deps: &Deps,
) -> Result<SignTokensResponse, BackendError> {
    let request = consented.request();
    let response_type = request.response_type();
    // An opaque token alone has nothing to sign.
    if opaque.is_some() && !response_type.has_id_token() {
        return Ok(SignTokensResponse::default());
    }
    let access_token = match (opaque, request.api()) {
        (Some(token), _) => Some(Wanted::OpaqueAccessToken(token.to_owned())),
        (None, Some(api)) if response_type.has_token() => Some(Wanted::JwtAccessToken(
            access_token_claims(consented, api, deps),
        )),
        _ => None,
    };
    let id_token = response_type
        .has_id_token()
        .then(|| id_token_claims(consented));
    let request = SignTokensRequest {
        access_token,
        id_token,
    };
    deps.backends.token_signing.sign(request).await
}

fn lifetime_seconds(api: Option<&Api>) -> u32 {
    api.map_or(OPAQUE_LIFETIME_SECONDS, |api| {
        api.token_lifetime_for_web_seconds
    })
}

/// Remembers what an opaque token stands for; a JWT says so itself.
async fn keep(
    opaque: Option<&str>,
    consented: &Consented,
    deps: &Deps,
) -> Result<(), BackendError> {
    let Some(token) = opaque else {
        return Ok(());
    };
    let request = consented.request();
    let scopes = consented.granted_scope().iter().map(str::to_owned);
    let life = SignedDuration::from_secs(i64::from(OPAQUE_LIFETIME_SECONDS));
    let access_token = AccessToken {
        user_id: consented.user().user_id.clone(),
        client_id: request.client().client_id.clone(),
        scopes: scopes.collect(),
        expires_at: Some(to_timestamp(deps.clock.now() + life)),
        organization_id: request.organization_id().unwrap_or_default().to_owned(),
    };
    let sessions = &deps.backends.sessions;
    sessions.add_access_token(token, access_token).await
}

fn access_token_claims(consented: &Consented, api: &Api, deps: &Deps) -> AccessTokenClaims {
    let scope = consented.granted_scope();
    let mut aud = vec![api.identifier.clone()];
    if scope.contains("openid") {
        aud.push(deps.issuer.userinfo_endpoint());
    }
    let dialect = if api.token_dialect.is_rfc9068() {
        TokenDialect::Rfc9068Profile
    } else {
        TokenDialect::AccessToken
    };
    AccessTokenClaims {
        sub: consented.user().user_id.clone(),
        aud,
        client_id: consented.request().client().client_id.clone(),
        scopes: scope.iter().map(str::to_owned).collect(),
        lifetime_seconds: lifetime_seconds(Some(api)),
        dialect: dialect.into(),
        org_id: consented
            .request()
            .organization_id()
            .unwrap_or_default()
            .to_owned(),
        permissions: consented.permissions().map(|values| Permissions {
            values: values.to_vec(),
        }),
    }
}

fn id_token_claims(consented: &Consented) -> IdTokenClaims {
    let (request, session, user) = (consented.request(), consented.session(), consented.user());
    let scope = consented.granted_scope();
    IdTokenClaims {
        sub: user.user_id.clone(),
        aud: request.client().client_id.clone(),
        nonce: request.nonce().map(str::to_owned),
        auth_time: session.authenticated_at,
        sid: session.sid.clone(),
        org_id: request.organization_id().unwrap_or_default().to_owned(),
        lifetime_seconds: request.client().id_token_lifetime_seconds,
        claims: Some(granted_claims(user.claims.clone(), scope)),
        updated_at: user
            .updated_at
            .filter(|_| scope.asks_for(StandardClaim::UpdatedAt))
            .map(to_timestamp),
        created_at: user
            .created_at
            .filter(|_| scope.asks_for(StandardClaim::CreatedAt))
            .map(to_timestamp),
    }
}
