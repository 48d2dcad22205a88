//! The common part of all pages of a transaction: finding it, checking the form, showing a page, continuing.

use std::collections::BTreeSet;
use std::fmt::Display;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::RETRY_AFTER;

use super::branding::page_of;
use super::errors::page;
use super::form::{Form, check_csrf, csrf_value};
use super::html::{Policy, callback_source, html, target_source};
use super::not_this_page::NotThisPage;
use super::redirect::{found, see_other};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::{OAuthError, ShownError};
use crate::model::{Organization, Stage};
use crate::paths::PagePath;
use crate::pipeline::{
    BoundRequest, PageAddress, PageState, Pending, VerifiedRedirect, advance, answer, bind_client,
    no_such_transaction, page_after,
};
use crate::urlencoded::Pairs;
use crate::views::{OrganizationPicker, Page};

/// A page of a transaction of this browser, which may be shown or submitted.
pub(super) struct HostedPage {
    pub(super) pending: Pending,
    pub(super) bound: BoundRequest,
    pub(super) redirect: VerifiedRedirect,
    /// The organization of the sign-in, whose look the page has.
    pub(super) organization: Option<Organization>,
    state: String,
    csrf: String,
}

impl HostedPage {
    /// Finds the page that a query asks for. Its transaction must be at this page; the client is checked again.
    pub(super) async fn shown(
        query: &Pairs,
        is_here: impl Fn(&Pending, &PageState) -> bool,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, NotThisPage> {
        match PageState::of(query) {
            Some(state) => Self::find(&state, is_here, browser, deps).await,
            None => Err(no_such_transaction(deps).await.into()),
        }
    }

    /// Finds the page whose form was sent, by the browser that the page was shown to.
    pub(super) async fn submitted(
        form: &Form,
        is_here: impl Fn(&Pending, &PageState) -> bool,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, NotThisPage> {
        let state = PageState::parse(&form.state);
        if let Err(forged) = check_csrf(form, browser) {
            return Err(lost_or(forged, state, browser, deps).await.into());
        }
        match state {
            Some(state) => Self::find(&state, is_here, browser, deps).await,
            None => Err(no_such_transaction(deps).await.into()),
        }
    }

    async fn find(
        state: &PageState,
        is_here: impl Fn(&Pending, &PageState) -> bool,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, NotThisPage> {
        let pending = Pending::find(state, browser, deps).await?;
        let bound = bind_client(pending.parameters(), browser, deps).await;
        let (redirect, bound) =
            bound.map_err(|error| error.in_language_of(pending.ui_locales()))?;
        if !is_here(&pending, state) {
            return Err(found(&page_after(&pending, &bound).to_string()).into());
        }
        let state = state.to_string();
        Ok(Self {
            csrf: csrf_value(browser.browser_token().unwrap_or_default(), &state),
            pending,
            state,
            bound,
            redirect,
            organization: None,
        })
    }

    pub(super) fn page(&self) -> Page<'_> {
        let client_name = Some(self.bound.client().name.as_str());
        let page = page(self.bound.tenant(), self.redirect.language(), client_name);
        match &self.organization {
            Some(organization) => page_of(organization, page),
            None => page,
        }
    }

    /// The `state` of this page.
    pub(super) fn state(&self) -> &str {
        &self.state
    }

    pub(super) fn csrf(&self) -> &str {
        &self.csrf
    }

    /// A page with a form whose submit may end at the callback.
    pub(super) fn show(&self, view: &impl Display) -> Response {
        self.show_with_logos(view, &[])
    }

    /// The page with the organizations to choose from, and their logos; the same page again if there is an error.
    pub(super) fn show_picker(&self, view: &OrganizationPicker<'_>) -> Response {
        let logos = view.organizations.iter().map(|entry| entry.logo_url);
        let shown = self.show_with_logos(view, &logos.collect::<Vec<_>>());
        match view.error {
            Some(_) => (StatusCode::BAD_REQUEST, shown).into_response(),
            None => shown,
        }
    }

    fn show_with_logos(&self, view: &impl Display, logos: &[Option<&str>]) -> Response {
        let (client, tenant) = (self.bound.client(), self.bound.tenant());
        let own = [self.page().logo_url, client.logo_uri.as_deref()];
        let logos = [own.as_slice(), logos].concat();
        // A form that is sent when its transaction is over leads to where the person can begin again.
        let routes = [&client.initiate_login_uri, &tenant.default_redirection_uri];
        let routes = routes.into_iter().flatten();
        let routes = routes.map(|route| target_source(route.as_str()));
        let callback = callback_source(self.redirect.uri());
        let targets: BTreeSet<_> = routes.chain([callback]).collect();
        let form_action: Vec<_> = ["'self'".to_owned()].into_iter().chain(targets).collect();
        let policy = Policy {
            form_action: &form_action.join(" "),
            logo_urls: &logos,
            ..Policy::default()
        };
        html(view, &policy)
    }

    /// The same page again, because of what was sent.
    pub(super) fn show_again(&self, view: &impl Display) -> Response {
        (StatusCode::BAD_REQUEST, self.show(view)).into_response()
    }

    /// The same page again, because there were too many attempts (RFC 6585 §4).
    pub(super) fn show_limited(&self, view: &impl Display, retry_after_seconds: u32) -> Response {
        let wait = [(RETRY_AFTER, retry_after_seconds.to_string())];
        (StatusCode::TOO_MANY_REQUESTS, wait, self.show(view)).into_response()
    }

    /// Moves on to the next page.
    pub(super) async fn advance(
        self,
        stage: Stage,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Response, ShownError> {
        // Submitted twice: the first submit has moved it on, and the browser follows.
        let (pending, _) = advance(&self.pending, stage, browser, deps).await?;
        Ok(self.to_page_after(&pending))
    }

    /// Redirects to where the next page is found.
    pub(super) fn to_resume(&self) -> Response {
        let resume = PageAddress::new(PagePath::Resume, self.pending.page_state());
        found(&resume.to_string())
    }

    /// Redirects to the page that the transaction is at.
    pub(super) fn to_page_after(&self, pending: &Pending) -> Response {
        see_other(&page_after(pending, &self.bound).to_string())
    }

    /// Answers the application with an error, which ends the transaction.
    pub(super) async fn refuse(
        self,
        error: OAuthError,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Response, ShownError> {
        let (redirect, bound) = (self.redirect, &self.bound);
        let next = answer(&self.pending, redirect, bound, Err(error), browser, deps).await?;
        Ok(next.into_response())
    }
}

/// Refuses a form without a valid anti-CSRF value. If its transaction is over, its cookie is gone too, and the error
/// leads the user to where they can begin again.
async fn lost_or(
    forged: ShownError,
    state: Option<PageState>,
    browser: &Browser,
    deps: &Deps,
) -> ShownError {
    let Some(state) = state else { return forged };
    match Pending::find(&state, browser, deps).await {
        Ok(pending) => forged.in_language_of(pending.ui_locales()),
        Err(lost) if lost.continuation.is_some() => lost,
        Err(_) => forged,
    }
}
