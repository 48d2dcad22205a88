//! `/u/sessions`: lists where the user is signed in, and signs them out there.
//!
//! The page belongs to no sign-in and no application: a browser with a live session sees all sessions of its user, and
//! applications can link to it. There are three cases. The store has the session: the list. The store has no session,
//! or a block has ended it: a page without a list. The store does not respond: an error.
//!
//! The page without a list has status 403. 401 would need an authentication scheme (RFC 9110 §15.5.2), but a session
//! begins with a sign-in at an application. With 200, a program would take a sign-out for done.
//!
//! A session is named by its `sid`, which is no secret. So a `sid` alone has no effect: the store ends only sessions
//! of this user, and any other is not found. The anti-CSRF value is computed from the session cookie, so a page from
//! before a new sign-in is not valid.

mod entry;
mod user_agent;

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::ErrorCode;
use http::{HeaderMap, StatusCode};

use super::cookies::expired_session_cookie;
use super::decision_page::user_name;
use super::errors::page;
use super::fetch_metadata::check_opened_as_page;
use super::form::{Form, csrf_value, is_genuine};
use super::html::{Policy, html};
use super::logout::{end_session, logged_out};
use super::redirect::see_other;
use crate::backends::{BackendError, LiveSession, Resolved};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::model::{SessionsToRevoke, Tenant};
use crate::paths::PagePath;
use crate::views::{self, ErrorKind};
use entry::entries;

const ADDRESS: &str = PagePath::Sessions.as_str();
/// No `sid` is longer, and the store takes no longer one.
const MAX_SID_BYTES: usize = 255;

pub(super) async fn get(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    headers: HeaderMap,
) -> Result<Response, ShownError> {
    check_opened_as_page(&headers, "The sessions must be opened as a page")?;
    let tenant = deps.backends.registry.tenant().await?;
    match Viewer::find(&browser, &tenant, &deps).await? {
        Some(viewer) => viewer.show(&deps).await,
        None => Ok(nobody(&browser, &tenant)),
    }
}

pub(super) async fn post(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    headers: HeaderMap,
    mut form: Form,
) -> Result<Response, ShownError> {
    check_opened_as_page(&headers, "A sign-out must be sent by a page")?;
    let tenant = deps.backends.registry.tenant().await?;
    if browser.session_token().is_none() {
        return Ok(nobody(&browser, &tenant));
    }
    // The value is for this page, whatever the form says.
    ADDRESS.clone_into(&mut form.state);
    if !is_genuine(&form, browser.session_token()) {
        let description = "The form is not from a page of this session";
        return Err(nothing_changed(StatusCode::FORBIDDEN, description));
    }
    let Some(viewer) = Viewer::find(&browser, &tenant, &deps).await? else {
        return Ok(nobody(&browser, &tenant));
    };
    match form.action.as_str() {
        "revoke" if form.sid == viewer.live.session.sid => viewer.end(&deps).await,
        "revoke" => viewer.revoke(&form.sid, &deps).await,
        "revoke-others" => viewer.revoke_others(&deps).await,
        _ => Err(nothing_changed(
            StatusCode::BAD_REQUEST,
            "The form does not say what to do",
        )),
    }
}

/// The live session of this browser.
struct Viewer<'a> {
    browser: &'a Browser,
    session_token: &'a str,
    tenant: &'a Tenant,
    live: LiveSession,
}

impl<'a> Viewer<'a> {
    /// Looking extends the session, as any use of it does. A user who is blocked has none: it is found only so that
    /// applications can be told why.
    async fn find(
        browser: &'a Browser,
        tenant: &'a Tenant,
        deps: &Deps,
    ) -> Result<Option<Self>, BackendError> {
        let Some(session_token) = browser.session_token() else {
            return Ok(None);
        };
        let query = browser.session_query(tenant);
        Ok(match deps.backends.sessions.resolve(query).await? {
            Resolved::Live(live) if !live.user.blocked => Some(Self {
                browser,
                session_token,
                tenant,
                live: *live,
            }),
            Resolved::Live(_) | Resolved::Absent(_) => None,
        })
    }

    async fn show(&self, deps: &Deps) -> Result<Response, ShownError> {
        let user_id = &self.live.user.user_id;
        let lifetimes = self.tenant.session_lifetimes;
        let sessions = deps.backends.sessions.list(user_id, lifetimes).await?;
        let view = views::Sessions {
            page: page(self.tenant, self.browser.language(None, self.tenant), None),
            csrf: &csrf_value(self.session_token, ADDRESS),
            user: user_name(&self.live.user),
            sessions: &entries(&sessions, &self.live.session.sid, deps).await?,
        };
        let policy = Policy {
            form_action: "'self'",
            logo_urls: &[self.tenant.picture_url.as_deref()],
            isolated: true,
            ..Policy::default()
        };
        Ok(html(&view, &policy))
    }

    /// Signs out of this browser, as `/v2/logout` does.
    async fn end(&self, deps: &Deps) -> Result<Response, ShownError> {
        end_session("", self.browser, deps).await?;
        let language = self.browser.language(None, self.tenant);
        let answer = logged_out(self.tenant, language);
        Ok((expired_session_cookie(), answer).into_response())
    }

    /// The error does not reveal whether the session exists, or whose it is.
    async fn revoke(&self, sid: &str, deps: &Deps) -> Result<Response, ShownError> {
        let could_be_one = (1..=MAX_SID_BYTES).contains(&sid.len());
        let only = SessionsToRevoke::Only(sid.to_owned());
        if could_be_one && self.end_sessions(only, deps).await? > 0 {
            return Ok(see_other(ADDRESS));
        }
        let description = "There is no such session";
        Err(nothing_changed(StatusCode::NOT_FOUND, description))
    }

    /// When there are none, it is as the user wants it.
    async fn revoke_others(&self, deps: &Deps) -> Result<Response, ShownError> {
        let own = self.live.session.sid.clone();
        let others = SessionsToRevoke::AllExcept(own);
        self.end_sessions(others, deps).await?;
        Ok(see_other(ADDRESS))
    }

    async fn end_sessions(
        &self,
        sessions: SessionsToRevoke,
        deps: &Deps,
    ) -> Result<u32, ShownError> {
        let user_id = &self.live.user.user_id;
        let revoked = deps.backends.sessions.revoke(user_id, sessions).await;
        revoked.map_err(ShownError::unconfirmed_sign_out)
    }
}

/// It has no form: a sign-in begins at an application.
fn nobody(browser: &Browser, tenant: &Tenant) -> Response {
    let view = views::NoSession {
        page: page(tenant, browser.language(None, tenant), None),
    };
    let policy = Policy {
        logo_urls: &[tenant.picture_url.as_deref()],
        isolated: true,
        ..Policy::default()
    };
    (StatusCode::FORBIDDEN, html(&view, &policy)).into_response()
}

fn nothing_changed(status: StatusCode, description: &'static str) -> ShownError {
    ShownError {
        kind: ErrorKind::NothingChanged,
        ..ShownError::with_status(status, ErrorCode::InvalidRequest, description)
    }
}
