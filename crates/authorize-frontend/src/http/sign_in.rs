//! What the pages of a sign-in have in common: who may sign in, and what happens when somebody has.

use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::{ErrorCode, parameters};
use doorward_proto::client_registry::v1::Connection;
use doorward_proto::common::v1::User;
use doorward_proto::session::v1::transaction::Stage;
use doorward_proto::session::v1::{OpenSessionRequest, SignedIn};

use super::elsewhere::Elsewhere;
use super::errors::non_empty;
use super::form::Form;
use super::hosted_page::HostedPage;
use super::redirect::found;
use crate::backends::limits;
use crate::browser::{Browser, session_cookie};
use crate::deps::Deps;
use crate::error::OAuthError;
use crate::pipeline::{PageState, Pending, validate_request};
use crate::urlencoded::Pairs;

/// As long as an email address may be (RFC 5321 §4.5.3.1.3).
pub(super) const MAX_IDENTIFIER: usize = 255;

/// A page of a sign-in that may be shown or submitted.
pub(super) struct SignIn {
    pub(super) hosted: HostedPage,
    connections: Vec<Connection>,
}

impl SignIn {
    /// The sign-in whose page is asked for.
    pub(super) async fn shown(
        query: &Pairs,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, Elsewhere> {
        let hosted = HostedPage::shown(query, Pending::is_at, browser, deps).await?;
        Self::check(hosted, deps).await
    }

    /// The sign-in whose page is submitted.
    pub(super) async fn submitted(
        form: &Form,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, Elsewhere> {
        let hosted = HostedPage::submitted(form, Pending::is_at, browser, deps).await?;
        Self::check(hosted, deps).await
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
        let hosted = HostedPage::submitted(form, at_or_past, browser, deps).await?;
        Self::check(hosted, deps).await
    }

    /// What may have changed since the request came is checked again.
    async fn check(hosted: HostedPage, deps: &Deps) -> Result<Self, Elsewhere> {
        match validate_request(&hosted.bound, deps).await {
            Ok(request) => Ok(Self {
                connections: request.connections().to_vec(),
                hosted,
            }),
            Err(error) => Err(hosted.refuse(error, deps).await.into()),
        }
    }

    /// What a form is filled in with: the last attempt, else `login_hint`.
    pub(super) fn identifier(&self) -> &str {
        let hint = self
            .hosted
            .bound
            .get(parameters::LOGIN_HINT)
            .unwrap_or_default();
        let end = hint.char_indices().nth(MAX_IDENTIFIER);
        let hint = end.map_or(hint, |(end, _)| &hint[..end]);
        non_empty(self.hosted.pending.identifier()).unwrap_or(hint)
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
        found(&format!(
            "/u/login/identifier?state={}",
            self.hosted.state()
        ))
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
            return Ok(self.hosted.refuse(error, deps).await);
        }
        let tenant = self.hosted.bound.tenant();
        let persistent = tenant.session_lifetimes.unwrap_or_default().persistent;
        let limits = limits(tenant, persistent);
        let opened = deps.backends.sessions.open(OpenSessionRequest {
            connection: user.connection.clone(),
            user: Some(user),
            previous_session_token: browser.session_token().unwrap_or_default().to_owned(),
            limits: Some(limits),
            persistent,
            device: Some(browser.device()),
        });
        let (session_token, sid) = opened.await?;
        let max_age = persistent.then_some(limits.absolute_seconds);
        let cookie = session_cookie(&session_token, max_age);
        let stage = Stage::SignedIn(SignedIn { sid });
        let next = self.hosted.advance(stage, browser, deps).await?;
        Ok((cookie, next).into_response())
    }
}
