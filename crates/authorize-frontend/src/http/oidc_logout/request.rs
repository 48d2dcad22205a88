//! A checked logout request (RP-Initiated Logout §2).

use std::sync::Arc;

use doorward_oauth2_types::parameters;
use doorward_oauth2_types::redirect_uri::match_post_logout_redirect_uri;
use url::form_urlencoded;

use crate::deps::Deps;
use crate::error::ShownError;
use crate::http::logout::not_allowed;
use crate::http::response_mode::in_query;
use crate::model::{Client, Session, Tenant};
use crate::tokens::verify::{HintedSession, verify_logout_hint};
use crate::urlencoded::Pairs;

pub(super) use doorward_oauth2_types::parameters::UI_LOCALES;

/// The `sid` of the session.
const LOGOUT_HINT: &str = "logout_hint";
const POST_LOGOUT_REDIRECT_URI: &str = "post_logout_redirect_uri";
/// All others are ignored, and so is Auth0's `federated`: there is no upstream provider yet.
const KNOWN: [&str; 6] = [
    parameters::ID_TOKEN_HINT,
    LOGOUT_HINT,
    parameters::CLIENT_ID,
    POST_LOGOUT_REDIRECT_URI,
    parameters::STATE,
    UI_LOCALES,
];
/// No request target is longer, and the page must be able to send it back.
const MAX_TOTAL_BYTES: usize = 8 * 1024;

/// A request whose parts fit each other.
pub(super) struct LogoutRequest {
    params: Pairs,
    tenant: Arc<Tenant>,
    client: Option<Arc<Client>>,
    hint: Option<HintedSession>,
    target: Result<Option<String>, ShownError>,
}

impl LogoutRequest {
    /// A target that is not registered is kept: whether the session ends does not depend on it.
    pub(super) async fn check(mut params: Pairs, deps: &Deps) -> Result<Self, ShownError> {
        params.retain(|name| KNOWN.contains(&name));
        check_form(&params)?;
        let hint = find_hint(&params, deps).await?;
        let client = find_client(&params, hint.as_ref(), deps).await?;
        let tenant = deps.backends.registry.tenant().await?;
        let target = find_target(&params, client.as_deref(), hint.is_some(), &tenant);
        Ok(Self {
            params,
            tenant,
            client,
            hint,
            target,
        })
    }

    /// The request as the page sends it back.
    pub(super) fn to_form(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(self.params.iter()).finish()
    }

    /// Whether it proves that its sender knows this session, so that the user need not be asked.
    pub(super) fn is_about(&self, session: &Session) -> bool {
        match (&self.hint, self.params.get(LOGOUT_HINT)) {
            // mutant: session-of-hint-not-compared
            (Some(hint), _) => hint.sid == session.sid && hint.sub == session.user_id,
            (None, Some(sid)) => sid == session.sid,
            // mutant: logout-never-asked
            (None, None) => false,
        }
    }

    /// Where to go after it; `None`: a page of ours.
    pub(super) fn target(&self) -> Result<Option<&str>, ShownError> {
        let target = self.target.as_ref().map_err(ShownError::clone)?;
        Ok(target.as_deref())
    }

    pub(super) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    pub(super) fn client(&self) -> Option<&Client> {
        self.client.as_deref()
    }

    pub(super) fn ui_locales(&self) -> Option<&str> {
        self.params.get(UI_LOCALES)
    }
}

fn check_form(params: &Pairs) -> Result<(), ShownError> {
    let total: usize = params
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if total > MAX_TOTAL_BYTES {
        return Err(ShownError::invalid_request("Too long parameters"));
    }
    match KNOWN.into_iter().find(|name| params.is_repeated(name)) {
        Some(name) => Err(ShownError::invalid_request(format!(
            "Duplicate parameter: {name}"
        ))),
        None => Ok(()),
    }
}

/// The session that `id_token_hint` names, which everything else that was sent has to agree with.
async fn find_hint(params: &Pairs, deps: &Deps) -> Result<Option<HintedSession>, ShownError> {
    let Some(sent) = params.get(parameters::ID_TOKEN_HINT) else {
        return Ok(None);
    };
    let hint = verify_logout_hint(sent, deps)
        .await?
        .ok_or_else(invalid_hint)?;
    let differs = |name, expected: &str| params.get(name).is_some_and(|sent| sent != expected);
    // mutant: audience-of-hint-not-compared
    if differs(parameters::CLIENT_ID, &hint.aud) {
        let description = "client_id is not the application of id_token_hint";
        return Err(ShownError::invalid_request(description));
    }
    if differs(LOGOUT_HINT, &hint.sid) {
        let description = "logout_hint is not the session of id_token_hint";
        return Err(ShownError::invalid_request(description));
    }
    Ok(Some(hint))
}

/// An unknown `client_id` has no effect, but a hint must be for an existing application.
async fn find_client(
    params: &Pairs,
    hint: Option<&HintedSession>,
    deps: &Deps,
) -> Result<Option<Arc<Client>>, ShownError> {
    let hinted = hint.map(|hint| hint.aud.as_str());
    let Some(client_id) = hinted.or(params.get(parameters::CLIENT_ID)) else {
        return Ok(None);
    };
    match deps.backends.registry.client(client_id).await? {
        Some(found) if found.is_strict_third_party() => Err(not_allowed()),
        None if hinted.is_some() => Err(invalid_hint()),
        found => Ok(found),
    }
}

fn invalid_hint() -> ShownError {
    ShownError::invalid_request("id_token_hint is invalid")
}

/// The address that was asked for, if it is registered; without one, the first of the application that `client_id`
/// names.
fn find_target(
    params: &Pairs,
    client: Option<&Client>,
    hinted: bool,
    tenant: &Tenant,
) -> Result<Option<String>, ShownError> {
    let of_client = client.map(|client| &client.allowed_logout_urls);
    let url = if let Some(requested) = params.get(POST_LOGOUT_REDIRECT_URI) {
        // Without a hint nothing says that an application is concerned which did not name itself.
        // mutant: logout-urls-of-tenant-for-named-applications
        let of_tenant = Some(&tenant.allowed_logout_urls).filter(|_| hinted || client.is_none());
        let registered = of_client.into_iter().chain(of_tenant).flatten();
        let matched = match_post_logout_redirect_uri(requested, registered);
        // mutant: oidc-logout-url-not-checked
        let url = matched.ok_or_else(|| not_registered(requested))?;
        Some(url.as_str().to_owned())
    } else {
        let named = client.filter(|_| params.get(parameters::CLIENT_ID).is_some());
        let default = named.and_then(Client::default_logout_url);
        default.map(str::to_owned)
    };
    let state = params.get(parameters::STATE);
    Ok(url.map(|url| match state {
        Some(state) => in_query(&url, &[("state", state.to_owned())]),
        None => url,
    }))
}

fn not_registered(requested: &str) -> ShownError {
    ShownError::invalid_request(format!(
        "The \"post_logout_redirect_uri\" querystring parameter \"{requested}\" is not defined as a valid URL in \"Allowed Logout URLs\""
    ))
}
