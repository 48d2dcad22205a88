//! `/oidc/logout`: ends the session of this browser at the request of an application (OpenID Connect RP-Initiated
//! Logout).
//!
//! Any page can send a browser here, so the user is asked first, at `/u/logout`, unless the request proves that it is
//! about the session of this browser.
//!
//! A logout has no transaction: there may be no sign-in, and no cookie except that of the session. Between page and
//! answer, the form holds the request as it was sent. This is safe for two reasons. The request is not trusted when it
//! comes back: client, hint and target are checked again, so changing it has no more effect than a new request. And
//! the anti-CSRF value is computed from the request and the session cookie, which only this browser has: no other page
//! can answer, and a *yes* counts only for this request and this session, not for that of the next user.

mod request;

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};

use super::body::FormBody;
use super::cookies::expired_session_cookie;
use super::decision_page::{Choice, user_name};
use super::errors::page;
use super::fetch_metadata::check_page;
use super::form::{Form, csrf_value, is_genuine};
use super::html::{Policy, html, target_source};
use super::logout::{end_session, logged_out};
use super::redirect::{found, see_other};
use crate::backends::{BackendError, LiveSession, Resolved};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::paths::PagePath;
use crate::urlencoded::Pairs;
use crate::views::{self, FormError, Page};
use request::{LogoutRequest, UI_LOCALES};

pub(super) async fn get(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    headers: HeaderMap,
    query: Pairs,
) -> Result<Response, ShownError> {
    check_page(&headers)?;
    in_its_language(query, async |params| begin(params, &browser, &deps).await).await
}

/// The query of a POST does not count.
pub(super) async fn post(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    headers: HeaderMap,
    FormBody(body): FormBody,
) -> Result<Response, ShownError> {
    check_page(&headers)?;
    let params = Pairs::parse(&body)?;
    in_its_language(params, async |params| begin(params, &browser, &deps).await).await
}

/// The page has no form of its own: a user who opens its URL asks to be signed out.
pub(super) async fn get_question() -> Response {
    found(PagePath::OidcLogout.as_str())
}

pub(super) async fn post_question(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, ShownError> {
    check_page(&headers)?;
    let params = Pairs::parse(&form.state)?;
    let answer = async |params| answer(params, &form, &browser, &deps).await;
    in_its_language(params, answer).await
}

async fn in_its_language(
    params: Pairs,
    handle: impl AsyncFnOnce(Pairs) -> Result<Response, ShownError>,
) -> Result<Response, ShownError> {
    let ui_locales = params.get(UI_LOCALES).map(str::to_owned);
    let handled = handle(params).await;
    handled.map_err(|error| error.in_language_of(ui_locales))
}

async fn begin(params: Pairs, browser: &Browser, deps: &Deps) -> Result<Response, ShownError> {
    let request = LogoutRequest::check(params, deps).await?;
    if request.tenant().oidc_logout_prompt_enabled
        && let Some(asked) = Asked::find(browser, &request, deps).await?
        && !request.is_about(&asked.live.session)
    {
        return asked.show(&request, browser, None);
    }
    finish(&request, browser, found, deps).await
}

async fn answer(
    params: Pairs,
    form: &Form,
    browser: &Browser,
    deps: &Deps,
) -> Result<Response, ShownError> {
    let request = LogoutRequest::check(params, deps).await?;
    let Some(asked) = Asked::find(browser, &request, deps).await? else {
        return finish(&request, browser, see_other, deps).await;
    };
    // Another page made the form, or the user has signed in anew since they were asked.
    // mutant: csrf-token-of-logout-not-checked
    if !is_genuine(form, Some(asked.session_token)) {
        let again = asked.show(&request, browser, None)?;
        return Ok((StatusCode::FORBIDDEN, again).into_response());
    }
    match Choice::of(form) {
        Some(Choice::Accept) => finish(&request, browser, see_other, deps).await,
        Some(Choice::Deny) => Ok(aborted(&request, browser)),
        None => {
            let again = asked.show(&request, browser, Some(FormError::InvalidAction))?;
            Ok((StatusCode::BAD_REQUEST, again).into_response())
        }
    }
}

/// The live session of this browser.
struct Asked<'a> {
    session_token: &'a str,
    live: LiveSession,
}

impl<'a> Asked<'a> {
    /// Looking extends the session, as any use of it does.
    async fn find(
        browser: &'a Browser,
        request: &LogoutRequest,
        deps: &Deps,
    ) -> Result<Option<Self>, BackendError> {
        let Some(session_token) = browser.session_token() else {
            return Ok(None);
        };
        let query = browser.session_query(request.tenant());
        // mutant: unconfirmed-oidc-logout-is-a-success (find)
        let found = deps.backends.sessions.resolve(query).await?;
        Ok(match found {
            Resolved::Live(live) => Some(Self {
                session_token,
                live: *live,
            }),
            Resolved::Absent(_) => None,
        })
    }

    /// The user is not asked about a request with an invalid target.
    fn show(
        &self,
        request: &LogoutRequest,
        browser: &Browser,
        error: Option<FormError>,
    ) -> Result<Response, ShownError> {
        let target = request.target()?.map(target_source);
        let state = request.to_form();
        let view = views::Logout {
            page: page_of(request, browser),
            state: &state,
            csrf: &csrf_value(self.session_token, &state),
            user: user_name(&self.live.user),
            error,
        };
        let form_action = match target {
            Some(source) => format!("'self' {source}"),
            None => "'self'".to_owned(),
        };
        let policy = Policy {
            form_action: &form_action,
            logo_urls: &[request.tenant().picture_url.as_deref()],
            isolated: true,
            ..Policy::default()
        };
        Ok(html(&view, &policy))
    }
}

/// A confirmed logout is true: without the store's word no user is told that they are signed out.
async fn finish(
    request: &LogoutRequest,
    browser: &Browser,
    redirect: fn(&str) -> Response,
    deps: &Deps,
) -> Result<Response, ShownError> {
    let client_id = request.client().map_or("", |client| &client.client_id);
    // mutant: unconfirmed-oidc-logout-is-a-success (end)
    end_session(client_id, browser, deps).await?;
    let language = browser.language(request.ui_locales(), request.tenant());
    // A wrong address does not keep the session alive, so it is answered last.
    let answer = match request.target() {
        Ok(Some(url)) => redirect(url),
        Ok(None) => logged_out(request.tenant(), language),
        Err(error) => {
            let ui_locales = request.ui_locales().map(str::to_owned);
            error.in_language_of(ui_locales).into_response()
        }
    };
    Ok((expired_session_cookie(), answer).into_response())
}

fn aborted(request: &LogoutRequest, browser: &Browser) -> Response {
    let view = views::LogoutAborted {
        page: page_of(request, browser),
    };
    let policy = Policy {
        logo_urls: &[request.tenant().picture_url.as_deref()],
        isolated: true,
        ..Policy::default()
    };
    html(&view, &policy)
}

fn page_of<'a>(request: &'a LogoutRequest, browser: &Browser) -> Page<'a> {
    let language = browser.language(request.ui_locales(), request.tenant());
    let client_name = request.client().map(|client| client.name.as_str());
    page(request.tenant(), language, client_name)
}
