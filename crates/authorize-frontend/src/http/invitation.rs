//! `/u/invitation`: shows the inviter and the organization. Opening it changes nothing, because mail scanners open
//! links too; only its button accepts.

mod start;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::decision_page::user_name;
use super::form::Form;
use super::hosted_page::HostedPage;
use super::not_this_page::NotThisPage;
use super::sign_in::invited;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::OAuthError;
use crate::model::{Invitation, Stage, User};
use crate::pipeline::{
    Entered, Invitee, Pending, admit, burn_invitation, invitee, validate_request,
};
use crate::urlencoded::Pairs;
use crate::views::{self, InvitedUser};

pub(super) use start::start;

/// The button of a user who is signed in with another account.
const SWITCH: &str = "switch";

pub(super) async fn get(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    query: Pairs,
) -> Result<Response, NotThisPage> {
    let hosted = HostedPage::shown(&query, Pending::is_at_invitation, &browser, &deps).await?;
    // mutant: ticket-spent-by-its-page
    let page = InvitationPage::check(hosted, &browser, &deps).await?;
    Ok(page.show())
}

pub(super) async fn post(
    State(deps): State<Arc<Deps>>,
    browser: Browser,
    form: Form,
) -> Result<Response, NotThisPage> {
    let hosted = HostedPage::submitted(&form, Pending::is_at_invitation, &browser, &deps).await?;
    let page = InvitationPage::check(hosted, &browser, &deps).await?;
    match page.invitee.clone() {
        Invitee::SignedIn(user) => page.accept(*user, &browser, &deps).await,
        Invitee::Other(_) if form.action == SWITCH => page.sign_in(None, &browser, &deps).await,
        // mutant: invitation-ended-by-another-account
        Invitee::Other(_) if page.ends_on_mismatch() => page.burn(&browser, &deps).await,
        // Another account has signed in since the page was shown.
        Invitee::Other(_) => Ok(page.show()),
        Invitee::Unproved => {
            let email = page.invitation.email.clone();
            page.sign_in(Some(email), &browser, &deps).await
        }
        Invitee::Unknown => page.sign_in(None, &browser, &deps).await,
    }
}

/// The page of an open invitation.
struct InvitationPage {
    hosted: HostedPage,
    entered: Entered,
    invitation: Invitation,
    invitee: Invitee,
}

/// Checks the request again, and who is signed in.
async fn look(
    hosted: &HostedPage,
    browser: &Browser,
    deps: &Deps,
) -> Result<(Entered, Invitee), OAuthError> {
    let pending = &hosted.pending;
    let request = validate_request(&hosted.bound, Some(pending), deps).await?;
    invitee(request, browser, pending, deps).await
}

impl InvitationPage {
    /// Checks the request and its invitation again. One that this sign-in has accepted already goes on.
    async fn check(
        mut hosted: HostedPage,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, NotThisPage> {
        let (entered, invitee) = match look(&hosted, browser, deps).await {
            Ok(found) => found,
            Err(error) => return Err(hosted.refuse(error, browser, deps).await?.into()),
        };
        let open = entered.invitation().filter(|it| it.is_open()).cloned();
        let Some(invitation) = open else {
            return Err(hosted.to_resume().into());
        };
        hosted.organization = entered.organization().cloned();
        Ok(Self {
            hosted,
            entered,
            invitation,
            invitee,
        })
    }

    fn ends_on_mismatch(&self) -> bool {
        self.entered
            .request()
            .tenant()
            .consume_invitation_on_mismatch
    }

    fn show(&self) -> Response {
        let user = match &self.invitee {
            Invitee::SignedIn(user) => InvitedUser::SignedIn(user_name(user)),
            Invitee::Other(user) if !self.ends_on_mismatch() => InvitedUser::Other(user_name(user)),
            _ => InvitedUser::Unknown,
        };
        self.hosted.show(&views::Invitation {
            page: self.hosted.page(),
            state: self.hosted.state(),
            csrf: self.hosted.csrf(),
            invited: invited(&self.entered).unwrap_or_default(),
            user,
        })
    }

    /// Goes on to the pages of the sign-in; an account that is signed in stays so until they end.
    async fn sign_in(
        self,
        identifier: Option<String>,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Response, NotThisPage> {
        let stage = Stage::SigningIn { identifier };
        Ok(self.hosted.advance(stage, browser, deps).await?)
    }

    async fn accept(
        self,
        user: User,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Response, NotThisPage> {
        match admit(&self.entered, user, deps).await? {
            Ok(User { user_id, .. }) => {
                let stage = Stage::Accepted { user_id };
                Ok(self.hosted.advance(stage, browser, deps).await?)
            }
            Err(error) => Ok(self.hosted.refuse(error, browser, deps).await?),
        }
    }

    async fn burn(self, browser: &Browser, deps: &Deps) -> Result<Response, NotThisPage> {
        let error = burn_invitation(&self.entered, deps).await?;
        Ok(self.hosted.refuse(error, browser, deps).await?)
    }
}
