//! What consent and confirmation have in common: a signed-in user says yes or no.

use axum::response::Response;
use doorward_oauth2_types::StandardClaim;
use doorward_proto::session::v1::Declined;
use doorward_proto::session::v1::transaction::Stage;

use super::elsewhere::Elsewhere;
use super::form::Form;
use super::hosted_page::HostedPage;
use super::redirect::found;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::model::User;
use crate::pipeline::{
    Authenticated, PageState, Pending, Stop, advance, authenticate, resume_address,
    validate_request,
};
use crate::urlencoded::Pairs;

/// A page that asks the signed-in user something.
pub(super) struct Question {
    pub(super) hosted: HostedPage,
    authenticated: Authenticated,
}

/// What the user says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Accept,
    Deny,
}

impl Choice {
    /// The button that was pressed; none when the form says neither.
    pub(super) fn of(form: &Form) -> Option<Self> {
        match form.action.as_str() {
            "accept" => Some(Self::Accept),
            "deny" => Some(Self::Deny),
            _ => None,
        }
    }
}

type IsHere = fn(&Pending, &PageState) -> bool;

impl Question {
    /// The question that is asked for.
    pub(super) async fn shown(
        query: &Pairs,
        is_here: IsHere,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, Elsewhere> {
        let hosted = HostedPage::shown(query, is_here, browser, deps).await?;
        Self::check(hosted, browser, deps).await
    }

    /// The question that is answered.
    pub(super) async fn answered(
        form: &Form,
        is_here: IsHere,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, Elsewhere> {
        let hosted = HostedPage::submitted(form, is_here, browser, deps).await?;
        Self::check(hosted, browser, deps).await
    }

    /// What may have changed since the request came is checked again, the session first of all.
    async fn check(hosted: HostedPage, browser: &Browser, deps: &Deps) -> Result<Self, Elsewhere> {
        match signed_in(&hosted, browser, deps).await {
            Ok(authenticated) if hosted.pending.asks(authenticated.user()) => Ok(Self {
                hosted,
                authenticated,
            }),
            Err(Stop::Refuse(error)) => Err(hosted.refuse(error, browser, deps).await?.into()),
            // Nobody is signed in any more, or somebody else: the transaction finds out by itself where it goes on.
            _ => Err(found(&resume_address(&hosted.pending.page_state())).into()),
        }
    }

    /// Moves on by what the user says. Gives where the browser goes, and whether nothing else was said before.
    pub(super) async fn say(
        &self,
        stage: Stage,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<(Response, bool), ShownError> {
        let (pending, is_first) = advance(&self.hosted.pending, stage, browser, deps).await?;
        Ok((self.hosted.to_page_after(&pending), is_first))
    }

    /// The user has said no, and the application is told.
    pub(super) async fn decline(
        &self,
        description: &str,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Response, ShownError> {
        let stage = Stage::Declined(Declined {
            error_description: description.to_owned(),
        });
        Ok(self.say(stage, browser, deps).await?.0)
    }

    pub(super) fn authenticated(&self) -> &Authenticated {
        &self.authenticated
    }

    /// How the user is addressed.
    pub(super) fn user_name(&self) -> &str {
        user_name(self.authenticated.user())
    }
}

async fn signed_in(
    hosted: &HostedPage,
    browser: &Browser,
    deps: &Deps,
) -> Result<Authenticated, Stop> {
    let request = validate_request(&hosted.bound, deps).await?;
    authenticate(request, browser, Some(&hosted.pending), deps).await
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
