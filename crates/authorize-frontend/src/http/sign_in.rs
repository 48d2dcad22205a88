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

use super::errors::{non_empty, page};
use super::form::csrf_value;
use super::html::{Policy, callback_source, html};
use super::redirect::{found, see_other};
use crate::browser::{Browser, session_cookie};
use crate::deps::Deps;
use crate::error::{OAuthError, ShownError};
use crate::pipeline::{
    BoundRequest, PageState, Pending, VerifiedRedirect, bind_client, limits, page_after,
    respond_error, validate_request,
};
use crate::views::{Language, Page};

/// A page of a sign-in that may be shown or submitted.
pub(super) struct SignIn {
    pub(super) pending: Pending,
    pub(super) bound: BoundRequest,
    redirect: VerifiedRedirect,
    tenant: Arc<Tenant>,
    language: Language,
    csrf: String,
}

/// The pending transaction of this browser.
pub(super) async fn find_pending(
    state: &PageState,
    browser: &Browser,
    deps: &Deps,
) -> Result<Pending, ShownError> {
    let browser_token = browser
        .browser_token()
        .ok_or_else(ShownError::lost_transaction)?;
    let sessions = &deps.backends.sessions;
    let found = sessions
        .find_transaction(&state.transaction_id, browser_token)
        .await?;
    found
        .map(Pending::new)
        .ok_or_else(ShownError::lost_transaction)
}

impl SignIn {
    /// The sign-in that `state` belongs to; or where the browser has to go, because it has moved on since that page.
    pub(super) async fn find(
        state: &str,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Result<Self, Response>, ShownError> {
        let state = PageState::parse(state).ok_or_else(ShownError::lost_transaction)?;
        let pending = find_pending(&state, browser, deps).await?;
        let (redirect, bound) = bind_client(pending.parameters(), deps).await?;
        if pending.page_state() != state || pending.sid().is_some() {
            return Ok(Err(found(&page_after(&pending, &bound))));
        }
        let locales = bound.get(parameters::UI_LOCALES).unwrap_or_default();
        let asked = locales.split(' ').next().and_then(Language::from_tag);
        Ok(Ok(Self {
            csrf: csrf_value(
                browser.browser_token().unwrap_or_default(),
                &state.to_string(),
            ),
            language: asked.unwrap_or(browser.language()),
            tenant: deps.backends.registry.tenant().await?,
            pending,
            bound,
            redirect,
        }))
    }

    pub(super) fn page(&self) -> Page<'_> {
        page(
            &self.tenant,
            self.language,
            non_empty(&self.bound.client().name),
        )
    }

    pub(super) fn csrf(&self) -> &str {
        &self.csrf
    }

    /// What `login_hint` fills in; as long as an email address may be.
    pub(super) fn login_hint(&self) -> String {
        let hint = self.bound.get(parameters::LOGIN_HINT).unwrap_or_default();
        hint.chars().take(255).collect()
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

    /// The connections by which the request may be satisfied, checked again; or the answer to the application.
    pub(super) async fn connections(&self, deps: &Deps) -> Result<Vec<Connection>, Response> {
        match validate_request(&self.bound, deps).await {
            Ok(request) => Ok(request.connections().to_vec()),
            Err(error) => Err(respond_error(&self.redirect, error)),
        }
    }

    /// The connection that takes new users, if there is one.
    pub(super) fn signup_connection(connections: &[Connection]) -> Option<&Connection> {
        connections
            .iter()
            .find(|connection| !connection.disable_signup)
    }

    /// Moves on to the next page.
    pub(super) async fn advance(
        self,
        stage: Stage,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Response, ShownError> {
        let mut pending = self.pending.advanced(stage);
        if !deps
            .backends
            .sessions
            .update_transaction(pending.to_message())
            .await?
        {
            // Submitted twice: the first submit has moved it on, and the browser follows.
            pending = find_pending(&pending.page_state(), browser, deps).await?;
        }
        Ok(see_other(&page_after(&pending, &self.bound)))
    }

    /// The user has proved who he is: opens the session and goes on to the answer.
    pub(super) async fn complete(
        self,
        user: User,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Response, ShownError> {
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
        let opened = opened.await?;
        let sid = opened
            .session
            .map(|session| session.sid)
            .unwrap_or_default();
        let max_age = lifetimes.persistent.then_some(limits.absolute_seconds);
        let cookie = session_cookie(&opened.session_token, max_age);
        let next = self
            .advance(Stage::SignedIn(SignedIn { sid }), browser, deps)
            .await?;
        Ok((cookie, next).into_response())
    }
}
