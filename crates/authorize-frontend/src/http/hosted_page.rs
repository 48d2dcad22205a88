//! What all pages of a transaction have in common: finding it, proving the form, showing a page, moving on.

use std::fmt::Display;

use axum::response::{IntoResponse, Response};
use doorward_proto::session::v1::transaction::Stage;
use http::StatusCode;

use super::elsewhere::Elsewhere;
use super::errors::{non_empty, page};
use super::form::{Form, check_csrf, csrf_value};
use super::html::{Policy, callback_source, html};
use super::redirect::{found, see_other};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::pipeline::{
    BoundRequest, PageState, Pending, VerifiedRedirect, bind_client, page_after,
};
use crate::urlencoded::Pairs;
use crate::views::Page;

/// A page of a transaction of this browser, which may be shown or submitted.
pub(super) struct HostedPage {
    pub(super) pending: Pending,
    pub(super) bound: BoundRequest,
    pub(super) redirect: VerifiedRedirect,
    state: String,
    csrf: String,
}

impl HostedPage {
    /// The page that is asked for. Elsewhere, if its transaction is not there; the client is checked again.
    pub(super) async fn shown(
        query: &Pairs,
        is_here: impl Fn(&Pending, &PageState) -> bool,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, Elsewhere> {
        let state = PageState::of(query).ok_or_else(ShownError::lost_transaction)?;
        Self::find(&state, is_here, browser, deps).await
    }

    /// The page that is submitted, by nobody but the one who was shown it.
    pub(super) async fn submitted(
        form: &Form,
        is_here: impl Fn(&Pending, &PageState) -> bool,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, Elsewhere> {
        let state = PageState::parse(&form.state);
        if let Err(forged) = check_csrf(form, browser) {
            return Err(lost_or(forged, state, browser, deps).await.into());
        }
        let state = state.ok_or_else(ShownError::lost_transaction)?;
        Self::find(&state, is_here, browser, deps).await
    }

    async fn find(
        state: &PageState,
        is_here: impl Fn(&Pending, &PageState) -> bool,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, Elsewhere> {
        let pending = Pending::find(state, browser, deps).await?;
        let (redirect, bound) = bind_client(pending.parameters(), browser, deps).await?;
        if !is_here(&pending, state) {
            return Err(found(&page_after(&pending, &bound)).into());
        }
        let state = state.to_string();
        Ok(Self {
            csrf: csrf_value(browser.browser_token().unwrap_or_default(), &state),
            pending,
            state,
            bound,
            redirect,
        })
    }

    pub(super) fn page(&self) -> Page<'_> {
        page(
            self.bound.tenant(),
            self.redirect.language(),
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

    /// A page with a form whose submit may end at the callback.
    pub(super) fn show(&self, view: &impl Display) -> Response {
        let logos = [
            &self.bound.tenant().picture_url,
            &self.bound.client().logo_uri,
        ];
        let logos: Vec<_> = logos.into_iter().map(String::as_str).collect();
        let policy = Policy {
            form_action: &format!("'self' {}", callback_source(self.redirect.uri())),
            logo_urls: &logos,
            ..Policy::default()
        };
        html(view, &policy)
    }

    /// The same page again, because of what was sent.
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
}

/// A form that proves nothing is refused, unless its transaction is over anyway: then its cookie is gone as well, and
/// whoever comes back to it can begin again.
async fn lost_or(
    forged: ShownError,
    state: Option<PageState>,
    browser: &Browser,
    deps: &Deps,
) -> ShownError {
    let Some(state) = state else { return forged };
    match Pending::find(&state, browser, deps).await {
        Err(lost) if lost.login_route.is_some() => lost,
        _ => forged,
    }
}
