//! What the pages of a sign-in have in common: who may sign in, and what happens when somebody has.

use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::{ErrorCode, parameters};
use doorward_proto::session::v1::OpenSessionRequest;

use super::cookies::session_cookie;
use super::elsewhere::Elsewhere;
use super::errors::non_empty;
use super::form::Form;
use super::hosted_page::HostedPage;
use super::redirect::{found, see_other};
use crate::backends::limits;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::OAuthError;
use crate::model::{Connection, User};
use crate::pipeline::{PageState, Pending, resume_address, validate_request};
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
        Self::check(hosted, browser, deps).await
    }

    /// The sign-in whose page is submitted.
    pub(super) async fn submitted(
        form: &Form,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, Elsewhere> {
        let hosted = HostedPage::submitted(form, Pending::is_at, browser, deps).await?;
        Self::check(hosted, browser, deps).await
    }

    /// As [`SignIn::submitted`], for a form with a password. After a double click the browser may know nothing of what
    /// the first submit has led to, so that a repeat has to lead there by itself. One that comes after the answer is led on
    /// before the password is checked.
    pub(super) async fn submitted_with_password(
        form: &Form,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, Elsewhere> {
        let hosted = HostedPage::submitted(form, Pending::takes_password, browser, deps).await?;
        Self::check(hosted, browser, deps).await
    }

    /// Whether the user has finished this sign-in before, so that no more than their session is to be found again.
    pub(super) fn is_repeat(&self) -> bool {
        self.hosted.pending.sign_in().is_some()
    }

    /// To wherever the transaction is.
    pub(super) fn to_where_it_stands(&self) -> Response {
        self.hosted.to_page_after(&self.hosted.pending)
    }

    /// What may have changed since the request came is checked again.
    async fn check(hosted: HostedPage, browser: &Browser, deps: &Deps) -> Result<Self, Elsewhere> {
        match validate_request(&hosted.bound, deps).await {
            Ok(request) => Ok(Self {
                connections: request.connections().to_vec(),
                hosted,
            }),
            Err(error) => Err(hosted.refuse(error, browser, deps).await?.into()),
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
        connections.find(|connection| connection.allows_signup)
    }

    /// Back to the first page.
    pub(super) fn to_identifier_page(&self) -> Response {
        found(&format!(
            "/u/login/identifier?state={}",
            self.hosted.state()
        ))
    }

    /// The user has proved who they are: opens the session and goes on to the answer. A submit that comes too late opens
    /// nothing, and leaves the cookie alone.
    pub(super) async fn complete(
        self,
        user: User,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Response, Elsewhere> {
        if user.blocked {
            let error = OAuthError::new(ErrorCode::Unauthorized, "user is blocked");
            return Ok(self.hosted.refuse(error, browser, deps).await?);
        }
        let tenant = self.hosted.bound.tenant();
        let persistent = tenant.session_lifetimes.persistent_cookie;
        let limits = limits(tenant, persistent);
        let session = OpenSessionRequest {
            connection: user.connection.clone(),
            user: Some(user.into()),
            previous_session_token: browser.session_token().unwrap_or_default().to_owned(),
            limits: Some(limits),
            persistent,
            device: Some(browser.device.clone()),
            transaction: None,
        };
        let submitted = self.hosted.pending.submitted(browser);
        let page = self.hosted.pending.page_state();
        let Some(opened) = deps.backends.sessions.open(submitted, session).await? else {
            let current = Pending::find(&page, browser, deps).await?;
            return Ok(self.hosted.to_page_after(&current));
        };
        let max_age = persistent.then_some(limits.absolute_seconds);
        let cookie = session_cookie(&opened.session_token, max_age);
        let page = PageState {
            page_nonce: opened.page_nonce,
            ..page
        };
        Ok((cookie, see_other(&resume_address(&page))).into_response())
    }
}
