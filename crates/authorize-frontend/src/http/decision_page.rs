//! Consent and confirmation pages: a signed-in user accepts or denies.

use axum::response::Response;
use doorward_oauth2_types::StandardClaim;

use super::form::Form;
use super::hosted_page::HostedPage;
use super::not_this_page::NotThisPage;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::model::{Stage, User};
use crate::pipeline::{
    Authenticated, Joined, PageState, Pending, Stop, advance, authenticate, join_organization,
    validate_request,
};
use crate::urlencoded::Pairs;

/// A page on which the signed-in user accepts or denies.
pub(super) struct DecisionPage {
    pub(super) hosted: HostedPage,
    joined: Joined,
}

/// The decision of the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Accept,
    Deny,
}

impl Choice {
    /// Reads the button that was pressed; `None` when the form has neither.
    pub(super) fn of(form: &Form) -> Option<Self> {
        match form.action.as_str() {
            "accept" => Some(Self::Accept),
            "deny" => Some(Self::Deny),
            _ => None,
        }
    }
}

type IsHere = fn(&Pending, &PageState) -> bool;

impl DecisionPage {
    /// Finds the page that a query asks for.
    pub(super) async fn shown(
        query: &Pairs,
        is_here: IsHere,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, NotThisPage> {
        let hosted = HostedPage::shown(query, is_here, browser, deps).await?;
        Self::check(hosted, browser, deps).await
    }

    /// Finds the page whose form was sent.
    pub(super) async fn answered(
        form: &Form,
        is_here: IsHere,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, NotThisPage> {
        let hosted = HostedPage::submitted(form, is_here, browser, deps).await?;
        Self::check(hosted, browser, deps).await
    }

    /// Checks the request again, and that the user who is asked is signed in.
    async fn check(
        mut hosted: HostedPage,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, NotThisPage> {
        match joined(&hosted, browser, deps).await {
            Ok(joined) if hosted.pending.asks(joined.user()) => {
                hosted.organization = joined.organization().cloned();
                Ok(Self { hosted, joined })
            }
            Err(Stop::Refuse(error)) => Err(hosted.refuse(error, browser, deps).await?.into()),
            // The user has signed out, or another one has signed in: `resume` finds the next page.
            _ => Err(hosted.to_resume().into()),
        }
    }

    /// Stores the decision. Returns the redirect to the next page, and whether this was the first decision.
    pub(super) async fn decide(
        &self,
        stage: Stage,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<(Response, bool), ShownError> {
        let (pending, is_first) = advance(&self.hosted.pending, stage, browser, deps).await?;
        Ok((self.hosted.to_page_after(&pending), is_first))
    }

    /// Like [`decide`](Self::decide), for a user who denied; the application gets this description.
    pub(super) async fn decline(
        &self,
        description: &str,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<(Response, bool), ShownError> {
        let stage = Stage::Declined {
            error_description: description.to_owned(),
        };
        self.decide(stage, browser, deps).await
    }

    /// The request, which the signed-in user may be given.
    pub(super) fn joined(&self) -> &Joined {
        &self.joined
    }

    /// The name under which the user knows their account.
    pub(super) fn user_name(&self) -> &str {
        user_name(self.joined.user())
    }
}

async fn joined(hosted: &HostedPage, browser: &Browser, deps: &Deps) -> Result<Joined, Stop> {
    let authenticated = signed_in(hosted, browser, deps).await?;
    join_organization(authenticated, deps).await
}

/// Checks the request of a page again, up to its user.
pub(super) async fn signed_in(
    hosted: &HostedPage,
    browser: &Browser,
    deps: &Deps,
) -> Result<Authenticated, Stop> {
    let pending = Some(&hosted.pending);
    let request = validate_request(&hosted.bound, pending, deps).await?;
    authenticate(request, browser, pending, deps).await
}

/// The name under which a user knows their account.
pub(super) fn user_name(user: &User) -> &str {
    let names = [
        StandardClaim::Email,
        StandardClaim::Username,
        StandardClaim::Name,
    ];
    let mut names = names
        .into_iter()
        .filter_map(|claim| user.claims.text(claim));
    names.next().unwrap_or(&user.user_id)
}
