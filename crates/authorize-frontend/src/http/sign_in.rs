//! What the pages of a sign-in have in common: finding their transaction, showing a form, and signing in.

use std::fmt::Display;
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::{ErrorCode, parameters};
use doorward_proto::client_registry::v1::{Connection, Tenant};
use doorward_proto::common::v1::User;
use doorward_proto::session::v1::transaction::Stage;
use doorward_proto::session::v1::{OpenSessionRequest, SignedIn};
use http::StatusCode;

use super::elsewhere::Elsewhere;
use super::errors::{non_empty, page};
use super::form::{Form, check_csrf, csrf_value};
use super::html::{Policy, callback_source, html};
use super::redirect::{found, see_other};
use crate::browser::{Browser, session_cookie};
use crate::deps::Deps;
use crate::error::{OAuthError, ShownError};
use crate::pipeline::{
    BoundRequest, PageState, Pending, VerifiedRedirect, bind_client, limits, page_after,
    respond_error, validate_request,
};
use crate::urlencoded::Pairs;
use crate::views::{Language, Page};

/// As long as an email address may be (RFC 5321 §4.5.3.1.3).
pub(super) const MAX_IDENTIFIER: usize = 255;

/// A page of a sign-in that may be shown or submitted.
pub(super) struct SignIn {
    pub(super) pending: Pending,
    state: String,
    bound: BoundRequest,
    redirect: VerifiedRedirect,
    connections: Vec<Connection>,
    tenant: Arc<Tenant>,
    language: Language,
    csrf: String,
}

impl SignIn {
    /// The sign-in whose page is asked for.
    pub(super) async fn shown(
        query: &Pairs,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, Elsewhere> {
        let state = PageState::of(query).ok_or_else(ShownError::lost_transaction)?;
        Self::find(&state, Pending::is_at, browser, deps).await
    }

    /// The sign-in whose page is submitted, by nobody but the one who was shown it.
    pub(super) async fn submitted(
        form: &Form,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, Elsewhere> {
        Self::find(&genuine(form, browser)?, Pending::is_at, browser, deps).await
    }

    /// As [`SignIn::submitted`], for a form with a password. After a double click the browser may know nothing of what
    /// the first submit has led to, so that a repeat has to lead there by itself.
    pub(super) async fn submitted_with_password(
        form: &Form,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, Elsewhere> {
        let at_or_past =
            |pending: &Pending, state: &PageState| pending.is_at(state) || pending.sid().is_some();
        Self::find(&genuine(form, browser)?, at_or_past, browser, deps).await
    }

    /// Elsewhere, if the sign-in is not at this page. What may have changed since the request came is checked again.
    async fn find(
        state: &PageState,
        is_at: impl Fn(&Pending, &PageState) -> bool,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, Elsewhere> {
        let pending = Pending::find(state, browser, deps).await?;
        let (redirect, bound) = bind_client(pending.parameters(), deps).await?;
        if !is_at(&pending, state) {
            return Err(found(&page_after(&pending, &bound)).into());
        }
        let connections = match validate_request(&bound, deps).await {
            Ok(request) => request.connections().to_vec(),
            Err(error) => return Err(respond_error(&redirect, error).into()),
        };
        let state = state.to_string();
        Ok(Self {
            csrf: csrf_value(browser.browser_token().unwrap_or_default(), &state),
            language: language(&bound, browser),
            tenant: deps.backends.registry.tenant().await?,
            pending,
            state,
            bound,
            redirect,
            connections,
        })
    }

    pub(super) fn page(&self) -> Page<'_> {
        page(
            &self.tenant,
            self.language,
            non_empty(&self.bound.client().name),
        )
    }

    /// The `state` of this page.
    pub(super) fn state(&self) -> &str {
        &self.state
    }

    pub(super) fn csrf(&self) -> &str {
        &self.csrf
    }

    /// What a form is filled in with: the last attempt, else `login_hint`.
    pub(super) fn identifier(&self) -> &str {
        let hint = self.bound.get(parameters::LOGIN_HINT).unwrap_or_default();
        let end = hint.char_indices().nth(MAX_IDENTIFIER);
        let hint = end.map_or(hint, |(end, _)| &hint[..end]);
        non_empty(self.pending.identifier()).unwrap_or(hint)
    }

    /// The names of the connections by which the request may be satisfied.
    pub(super) fn connection_names(&self) -> Vec<String> {
        let connections = self.connections.iter();
        connections.map(|it| it.name.clone()).collect()
    }

    /// The connection that takes new users, if there is one.
    pub(super) fn signup_connection(&self) -> Option<&Connection> {
        let mut connections = self.connections.iter();
        connections.find(|connection| !connection.disable_signup)
    }

    /// Back to the first page.
    pub(super) fn to_identifier_page(&self) -> Response {
        found(&format!("/u/login/identifier?state={}", self.state))
    }

    /// A page with a form whose submit may end at the callback.
    pub(super) fn show(&self, view: &impl Display) -> Response {
        let policy = Policy {
            form_action: &format!("'self' {}", callback_source(self.redirect.uri())),
            logo_url: non_empty(&self.tenant.picture_url),
            ..Policy::default()
        };
        html(view, &policy)
    }

    /// The same page again, because of what was typed.
    pub(super) fn show_again(&self, view: &impl Display) -> Response {
        (StatusCode::BAD_REQUEST, self.show(view)).into_response()
    }

    /// Moves on to the next page.
    pub(super) async fn advance(
        self,
        stage: Stage,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Response, ShownError> {
        let mut pending = self.pending.advanced(stage);
        let sessions = &deps.backends.sessions;
        if !sessions.update_transaction(pending.to_message()).await? {
            // Submitted twice: the first submit has moved it on, and the browser follows.
            pending = Pending::find(&pending.page_state(), browser, deps).await?;
        }
        Ok(see_other(&page_after(&pending, &self.bound)))
    }

    /// The user has proved who he is: opens the session and goes on to the answer.
    pub(super) async fn complete(
        self,
        user: User,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Response, Elsewhere> {
        if user.blocked {
            let error = OAuthError::new(ErrorCode::Unauthorized, "user is blocked");
            return Ok(respond_error(&self.redirect, error));
        }
        let lifetimes = self.tenant.session_lifetimes.unwrap_or_default();
        let limits = limits(&lifetimes, lifetimes.persistent);
        let opened = deps.backends.sessions.open(OpenSessionRequest {
            connection: user.connection.clone(),
            user: Some(user),
            previous_session_token: browser.session_token().unwrap_or_default().to_owned(),
            limits: Some(limits),
            persistent: lifetimes.persistent,
            device: Some(browser.device()),
        });
        let (session_token, sid) = opened.await?;
        let max_age = lifetimes.persistent.then_some(limits.absolute_seconds);
        let cookie = session_cookie(&session_token, max_age);
        let stage = Stage::SignedIn(SignedIn { sid });
        let next = self.advance(stage, browser, deps).await?;
        Ok((cookie, next).into_response())
    }
}

/// The page that a form was on, if it was on one that we showed to this browser.
fn genuine(form: &Form, browser: &Browser) -> Result<PageState, ShownError> {
    check_csrf(form, browser)?;
    PageState::parse(&form.state).ok_or_else(ShownError::lost_transaction)
}

/// The first entry of `ui_locales`, if there are texts in it; else what the browser prefers.
fn language(bound: &BoundRequest, browser: &Browser) -> Language {
    let locales = bound.get(parameters::UI_LOCALES).unwrap_or_default();
    let asked = locales.split(' ').next().and_then(Language::from_tag);
    asked.unwrap_or(browser.language())
}
