//! Which client is it, and where may it be answered?

use std::sync::Arc;

use doorward_oauth2_types::auth0::OrganizationUsage;
use doorward_oauth2_types::redirect_uri::{
    MatchContext, MatchedRedirectUri, Placeholder, RegisteredUri, match_redirect_uri,
    origin_matches,
};
use doorward_oauth2_types::{ErrorCode, ResponseMode, ResponseType, auth0, parameters};

use super::requested_answer::RequestedAnswer;
use super::{RawParams, is_open};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::{OAuthError, ShownError};
use crate::model::{Client, OrganizationSelector, Tenant};
use crate::views::Language;

/// Where the answer goes, and how. Nothing else can be redirected to.
#[derive(Debug)]
pub(crate) struct VerifiedRedirect {
    uri: MatchedRedirectUri,
    response_mode: ResponseMode,
    state: Option<String>,
    iss: Option<String>,
    language: Language,
    shows_errors: bool,
}

impl VerifiedRedirect {
    pub(crate) fn uri(&self) -> &MatchedRedirectUri {
        &self.uri
    }

    pub(crate) fn response_mode(&self) -> ResponseMode {
        self.response_mode
    }

    /// The application's `state`, to be echoed byte for byte; `None` when it was sent twice.
    pub(crate) fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// The issuer, if the tenant's answers carry it (RFC 9207).
    pub(crate) fn iss(&self) -> Option<&str> {
        self.iss.as_deref()
    }

    /// The language of every page in this request.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// Whether errors stay on a page of ours: a strict third-party application is not worth an open redirect.
    pub(crate) fn shows_errors(&self) -> bool {
        self.shows_errors
    }
}

/// A request of a known client.
#[derive(Debug)]
pub(crate) struct BoundRequest {
    params: RawParams,
    client: Arc<Client>,
    tenant: Arc<Tenant>,
    requested: RequestedAnswer,
}

impl BoundRequest {
    pub(crate) fn params(&self) -> &RawParams {
        &self.params
    }

    pub(crate) fn client(&self) -> &Arc<Client> {
        &self.client
    }

    pub(crate) fn tenant(&self) -> &Arc<Tenant> {
        &self.tenant
    }

    /// The requested `response_type`, or why there is no answer.
    pub(super) fn response_type(&self) -> Result<ResponseType, OAuthError> {
        self.requested.response_type()
    }

    /// Whether the application wants an answer without a page.
    pub(super) fn is_silent(&self) -> bool {
        self.get(parameters::PROMPT) == Some("none")
    }

    /// A parameter that the sign-in pages use.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.params.get(name)
    }
}

/// Finds the client and checks `redirect_uri`. An error is shown on a page of ours and never redirected.
///
/// # Errors
/// On a page, because the callback is not verified (RFC 6749 §3.1.2.4, §4.2.2.1):
/// - `invalid_request`: `client_id` is missing, repeated or unknown; `redirect_uri` is repeated, or missing without a
///   single registered one; a `web_message` callback has no registered origin.
/// - `unauthorized_client`: the callback is not registered.
/// - `temporarily_unavailable`, `server_error`: a backend failed.
pub(crate) async fn bind_client(
    params: RawParams,
    browser: &Browser,
    deps: &Deps,
) -> Result<(VerifiedRedirect, BoundRequest), ShownError> {
    let client_id = at_most_once(&params, parameters::CLIENT_ID)?;
    let redirect_uri = at_most_once(&params, parameters::REDIRECT_URI)?;
    let client = find_client(client_id, deps).await?;
    let tenant = deps.backends.registry.tenant().await?;
    // mutant: callback-error-reveals-session
    let uri = find_redirect_uri(redirect_uri, &params, &client, &tenant, deps).await?;
    let requested = RequestedAnswer::parse(&params);
    let response_mode = requested.response_mode();
    // mutant: web-origin-not-checked
    if response_mode == ResponseMode::WebMessage {
        check_web_origin(&uri, &client)?;
    }
    let redirect = VerifiedRedirect {
        uri,
        response_mode,
        // mutant: state-trimmed
        state: params.get(parameters::STATE).map(str::to_owned),
        // mutant: iss-in-every-answer
        iss: tenant
            .authorization_response_iss_parameter_supported
            .then(|| deps.issuer.as_str().to_owned()),
        language: browser.language(params.get(parameters::UI_LOCALES), &tenant),
        shows_errors: client.is_strict_third_party(),
    };
    let bound = BoundRequest {
        params,
        client,
        tenant,
        requested,
    };
    Ok((redirect, bound))
}

async fn find_client(client_id: Option<&str>, deps: &Deps) -> Result<Arc<Client>, ShownError> {
    let client_id = client_id
        .ok_or_else(|| ShownError::invalid_request("Missing required parameter: client_id"))?;
    // One message for unknown, disabled and deleted clients, without the id.
    let found = deps.backends.registry.client(client_id).await?;
    // mutant: unknown-client-repeated
    found.ok_or_else(|| ShownError::invalid_request("Unknown client"))
}

async fn find_redirect_uri(
    requested: Option<&str>,
    params: &RawParams,
    client: &Client,
    tenant: &Tenant,
    deps: &Deps,
) -> Result<MatchedRedirectUri, ShownError> {
    let Some(requested) = requested else {
        return client.only_callback.clone().ok_or_else(|| {
            ShownError::invalid_request("Missing required parameter: redirect_uri")
        });
    };
    let organization_name = organization_name(params, client, tenant, deps).await?;
    let context = MatchContext {
        native: client.is_native(),
        organization_name: organization_name.as_deref(),
    };
    match_redirect_uri(requested, &client.callbacks, context).ok_or_else(|| {
        let description = format!(
            "Callback URL mismatch. {requested} is not in the list of allowed callback URLs"
        );
        ShownError::new(ErrorCode::UnauthorizedClient, description)
    })
}

/// The name that stands for `{organization_name}` in a registered callback, when there is such a callback. An
/// organization that the client may not use looks like one that does not exist.
async fn organization_name(
    params: &RawParams,
    client: &Client,
    tenant: &Tenant,
    deps: &Deps,
) -> Result<Option<String>, ShownError> {
    let mut placeholders = client
        .callbacks
        .iter()
        .filter_map(RegisteredUri::placeholder);
    if client.organization_usage == OrganizationUsage::Deny
        || !placeholders.any(|it| it == Placeholder::OrganizationName)
    {
        return Ok(None);
    }
    let allows_names = tenant.allow_organization_name_in_authentication_api;
    let selector = params
        .get(auth0::ORGANIZATION)
        .and_then(|sent| OrganizationSelector::parse(sent, allows_names));
    let Some(selector) = selector else {
        return Ok(None);
    };
    let found = deps.backends.organizations.find(&selector, None).await?;
    let open = found.filter(|found| is_open(&found.organization, client));
    Ok(open.map(|found| found.organization.name))
}

fn at_most_once<'a>(
    params: &'a RawParams,
    name: &'static str,
) -> Result<Option<&'a str>, ShownError> {
    // mutant: first-of-two-clients-accepted
    if params.is_repeated(name) {
        return Err(ShownError::invalid_request(format!(
            "Duplicate parameter: {name}"
        )));
    }
    Ok(params.get(name))
}

fn check_web_origin(uri: &MatchedRedirectUri, client: &Client) -> Result<(), ShownError> {
    match uri.origin() {
        // mutant: web-message-to-unregistered-origin
        Some(origin) if origin_matches(&origin, &client.web_origins) => Ok(()),
        _ => Err(ShownError::invalid_request(format!(
            "The specified redirect_uri '{}' does not have a registered origin.",
            uri.as_str()
        ))),
    }
}
