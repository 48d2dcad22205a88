//! Which client is it, and where may it be answered?

use std::sync::Arc;

use doorward_oauth2_types::redirect_uri::{
    MatchContext, MatchedRedirectUri, match_redirect_uri, only_registered, origin_matches,
};
use doorward_oauth2_types::{ErrorCode, ResponseMode, ResponseType, auth0, parameters};
use doorward_proto::client_registry::v1::{AppType, Client, OrganizationUsage};

use super::RawParams;
use super::validate_request::is_strict_third_party;
use crate::backends::RegisteredClient;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::model::Tenant;
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

    /// The application's `state`, to be echoed byte for byte; none when it was sent twice.
    pub(crate) fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// The issuer, for tenants whose answers say it (RFC 9207).
    pub(crate) fn iss(&self) -> Option<&str> {
        self.iss.as_deref()
    }

    /// Of every page in this request.
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
    registered: Arc<RegisteredClient>,
    tenant: Arc<Tenant>,
}

impl BoundRequest {
    pub(crate) fn params(&self) -> &RawParams {
        &self.params
    }

    pub(crate) fn registered(&self) -> &Arc<RegisteredClient> {
        &self.registered
    }

    pub(crate) fn client(&self) -> &Client {
        &self.registered.client
    }

    pub(crate) fn tenant(&self) -> &Arc<Tenant> {
        &self.tenant
    }

    /// What a sign-in page may be opened with.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.params.get(name)
    }
}

/// Until this has succeeded nothing may be redirected.
pub(crate) async fn bind_client(
    params: RawParams,
    browser: &Browser,
    deps: &Deps,
) -> Result<(VerifiedRedirect, BoundRequest), ShownError> {
    for name in [parameters::CLIENT_ID, parameters::REDIRECT_URI] {
        required_once(&params, name)?;
    }
    let registered = find_client(&params, deps).await?;
    let uri = find_redirect_uri(&params, &registered.client, deps).await?;
    let tenant = deps.backends.registry.tenant().await?;
    let response_mode = response_mode(&params);
    if response_mode == ResponseMode::WebMessage {
        check_web_origin(&uri, &registered.client)?;
    }
    let redirect = VerifiedRedirect {
        uri,
        response_mode,
        state: params.get(parameters::STATE).map(str::to_owned),
        iss: tenant
            .authorization_response_iss_parameter_supported
            .then(|| deps.issuer.as_str().to_owned()),
        language: browser.language(params.get(parameters::UI_LOCALES), &tenant),
        shows_errors: is_strict_third_party(&registered.client),
    };
    let bound = BoundRequest {
        params,
        registered,
        tenant,
    };
    Ok((redirect, bound))
}

async fn find_client(params: &RawParams, deps: &Deps) -> Result<Arc<RegisteredClient>, ShownError> {
    let client_id = required_once(params, parameters::CLIENT_ID)?
        .ok_or_else(|| ShownError::invalid_request("Missing required parameter: client_id"))?;
    // The same words for an unknown, a disabled and a deleted client, and the id is not repeated.
    let found = deps.backends.registry.client(client_id).await?;
    found.ok_or_else(|| ShownError::invalid_request("Unknown client"))
}

async fn find_redirect_uri(
    params: &RawParams,
    client: &Client,
    deps: &Deps,
) -> Result<MatchedRedirectUri, ShownError> {
    let callbacks = client.callbacks.iter().map(String::as_str);
    let Some(requested) = required_once(params, parameters::REDIRECT_URI)? else {
        return only_registered(callbacks).ok_or_else(|| {
            ShownError::invalid_request("Missing required parameter: redirect_uri")
        });
    };
    let organization_name = organization_name(params, client, deps).await?;
    let context = MatchContext {
        native: client.app_type() == AppType::Native,
        organization_name: organization_name.as_deref(),
    };
    match_redirect_uri(requested, callbacks, context).ok_or_else(|| {
        let description = format!(
            "Callback URL mismatch. {requested} is not in the list of allowed callback URLs"
        );
        ShownError::new(ErrorCode::UnauthorizedClient, description)
    })
}

/// The name that stands for `{organization_name}` in a registered callback, when there is such a callback.
async fn organization_name(
    params: &RawParams,
    client: &Client,
    deps: &Deps,
) -> Result<Option<String>, ShownError> {
    let has_placeholder = |uri: &String| uri.contains("{organization_name}");
    if client.organization_usage() == OrganizationUsage::Deny
        || !client.callbacks.iter().any(has_placeholder)
    {
        return Ok(None);
    }
    let Some(organization_id) = params.get(auth0::ORGANIZATION) else {
        return Ok(None);
    };
    let found = deps.backends.organizations.find(organization_id).await?;
    Ok(found.map(|organization| organization.name))
}

fn required_once<'a>(
    params: &'a RawParams,
    name: &'static str,
) -> Result<Option<&'a str>, ShownError> {
    if params.is_repeated(name) {
        return Err(ShownError::invalid_request(format!(
            "Duplicate parameter: {name}"
        )));
    }
    Ok(params.get(name))
}

/// How to answer, also when the parameters that say so are wrong: then the error must still arrive.
fn response_mode(params: &RawParams) -> ResponseMode {
    let requested = params
        .get(parameters::RESPONSE_MODE)
        .and_then(|mode| mode.parse().ok());
    let response_type = params.get(parameters::RESPONSE_TYPE).unwrap_or_default();
    match response_type.parse::<ResponseType>() {
        Ok(parsed) => requested
            .filter(|mode| parsed.allows(*mode))
            .unwrap_or_else(|| parsed.default_response_mode()),
        // Also when it was sent twice: whoever asks for a token in any of them reads the fragment.
        Err(_) => requested.unwrap_or_else(|| {
            let all: Vec<_> = params.values(parameters::RESPONSE_TYPE).collect();
            ResponseMode::for_unusable_response_type(&all.join(" "))
        }),
    }
}

fn check_web_origin(uri: &MatchedRedirectUri, client: &Client) -> Result<(), ShownError> {
    let entries = client.web_origins.iter().map(String::as_str);
    match uri.origin() {
        Some(origin) if origin_matches(&origin, entries) => Ok(()),
        _ => Err(ShownError::invalid_request(format!(
            "The specified redirect_uri '{}' does not have a registered origin.",
            uri.as_str()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_travels_the_way_the_request_meant() {
        let cases = [
            ("response_type=token", ResponseMode::Fragment),
            ("response_type=code", ResponseMode::Query),
            (
                "response_type=token&response_mode=form_post",
                ResponseMode::FormPost,
            ),
            (
                "response_type=token&response_mode=query",
                ResponseMode::Fragment,
            ),
            (
                "response_type=token&response_mode=foo",
                ResponseMode::Fragment,
            ),
            ("response_type=TOKEN", ResponseMode::Fragment),
            ("response_type=foo", ResponseMode::Query),
            (
                "response_type=code&response_type=token",
                ResponseMode::Fragment,
            ),
            (
                "response_type=foo&response_mode=fragment",
                ResponseMode::Fragment,
            ),
            ("", ResponseMode::Query),
        ];
        for (query, expected) in cases {
            let params = RawParams::parse(query).unwrap();
            assert_eq!(response_mode(&params), expected, "{query}");
        }
    }
}
