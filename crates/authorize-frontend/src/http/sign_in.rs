//! Pages of a sign-in: which connections may be used, and opening the session.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::parameters;

use super::cookies::{device_cookie, session_cookie};
use super::form::Form;
use super::hosted_page::HostedPage;
use super::not_this_page::NotThisPage;
use super::redirect::{found, see_other};
use crate::audit::Audit;
use crate::backends::BackendError;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::{OAuthError, ShownError};
use crate::model::{Connection, NewSession, User};
use crate::paths::PagePath;
use crate::pipeline::{
    Entered, OrganizationTarget, PageAddress, PageState, Pending, admit, enter_organization,
    offered_connections, validate_request,
};
use crate::urlencoded::Pairs;
use crate::views::Invited;

/// How often, and at what distance, a repeated form looks for the sign-in of its first submit.
const LOOKS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(50);

/// The request in its organization, and the connections to sign in by; `None`: the user names the organization first.
async fn offered(
    hosted: &HostedPage,
    deps: &Deps,
) -> Result<Option<(Entered, Vec<Connection>)>, OAuthError> {
    let request = validate_request(&hosted.bound, Some(&hosted.pending), deps).await?;
    if *request.organization_target() == OrganizationTarget::AskedFirst {
        return Ok(None);
    }
    let entered = enter_organization(request, None, deps).await?;
    let connections = offered_connections(&entered, deps).await?;
    Ok(Some((entered, connections)))
}

/// The maximum length of an email address (RFC 5321 §4.5.3.1.3).
pub(super) const MAX_IDENTIFIER: usize = 255;

/// A page of a sign-in that may be shown or submitted.
pub(super) struct SignInPage {
    pub(super) hosted: HostedPage,
    entered: Entered,
    connections: Vec<Connection>,
}

impl SignInPage {
    /// Finds the page that a query asks for.
    pub(super) async fn shown(
        query: &Pairs,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, NotThisPage> {
        let hosted = HostedPage::shown(query, Pending::is_at, browser, deps).await?;
        Self::check(hosted, browser, deps).await
    }

    /// Finds the page whose form was sent.
    pub(super) async fn submitted(
        form: &Form,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, NotThisPage> {
        let hosted = HostedPage::submitted(form, Pending::is_at, browser, deps).await?;
        Self::check(hosted, browser, deps).await
    }

    /// Like [`SignInPage::submitted`], for a form with a password. After a double click the browser may have dropped
    /// the response to the first submit, so a repeat leads to the same page. A repeat after the answer to the
    /// application is redirected before the password is checked.
    pub(super) async fn submitted_with_password(
        form: &Form,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, NotThisPage> {
        let hosted = HostedPage::submitted(form, Pending::takes_password, browser, deps).await?;
        Self::check(hosted, browser, deps).await
    }

    /// Whether the user has finished this sign-in before, so that no more than their session is to be found again.
    pub(super) fn is_repeat(&self) -> bool {
        self.hosted.pending.sign_in().is_some()
    }

    /// The user of the finished sign-in; `None`: not finished, or the user was deleted.
    pub(super) async fn signed_in_user(&self, deps: &Deps) -> Result<Option<User>, BackendError> {
        match self.hosted.pending.sign_in() {
            Some(finished) => deps.backends.identity.find_user(&finished.user_id).await,
            None => Ok(None),
        }
    }

    /// Waits a moment for another submit of the same form to finish the sign-in.
    pub(super) async fn wait_for_sign_in(
        &mut self,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<(), ShownError> {
        let page = self.hosted.pending.page_state();
        for _ in 0..LOOKS {
            self.hosted.pending = Pending::find(&page, browser, deps).await?;
            if self.is_repeat() {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Redirects to the page that the transaction is at.
    pub(super) fn to_where_it_stands(&self) -> Response {
        self.hosted.to_page_after(&self.hosted.pending)
    }

    /// Checks the request again: the registry may have changed.
    async fn check(
        mut hosted: HostedPage,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, NotThisPage> {
        match offered(&hosted, deps).await {
            Ok(Some((entered, connections))) => {
                hosted.organization = entered.organization().cloned();
                Ok(Self {
                    hosted,
                    entered,
                    connections,
                })
            }
            // The client asks for an organization first, since just now: `resume` finds that page.
            Ok(None) => Err(hosted.to_resume().into()),
            Err(error) => Err(hosted.refuse(error, browser, deps).await?.into()),
        }
    }

    /// The invited address, the only one by which an invitation is accepted. `None` without an invitation.
    pub(super) fn locked_email(&self) -> Option<&str> {
        let invitation = self.entered.invitation();
        invitation.map(|invitation| invitation.email.as_str())
    }

    /// The parts of the invitation that pages show.
    pub(super) fn invited(&self) -> Option<Invited<'_>> {
        invited(&self.entered)
    }

    /// The email that a form is filled in with: the invited one, else the last attempt, else the one by which the
    /// organization was found, else `login_hint`.
    pub(super) fn identifier(&self) -> &str {
        if let Some(email) = self.locked_email() {
            return email;
        }
        let hint = self
            .hosted
            .bound
            .get(parameters::LOGIN_HINT)
            .unwrap_or_default();
        let end = hint.char_indices().nth(MAX_IDENTIFIER);
        // mutant: login-hint-unlimited
        let hint = end.map_or(hint, |(end, _)| &hint[..end]);
        let pending = &self.hosted.pending;
        let choice = pending.organization_choice();
        let found_by = choice.and_then(|choice| choice.email.as_deref());
        pending.identifier().or(found_by).unwrap_or(hint)
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
        let page = self.hosted.pending.page_state();
        let address = PageAddress::new(PagePath::LoginIdentifier, page);
        found(&address.to_string())
    }

    /// Redirects to the password page, which needs no page before it in an invitation: its address is known.
    pub(super) fn to_password_page(&self) -> Response {
        let page = self.hosted.pending.page_state();
        let address = PageAddress::new(PagePath::LoginPassword, page);
        found(&address.to_string())
    }

    pub(super) fn audit<'a>(&'a self, browser: &'a Browser) -> Audit<'a> {
        Audit::of(&self.hosted.bound.client().client_id, browser)
    }

    /// The user has proved who they are: accepts their invitation, opens the session and goes on to the answer. A
    /// submit that comes too late opens nothing, and leaves the cookie alone.
    pub(super) async fn complete(
        self,
        user: User,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Response, NotThisPage> {
        let user = match admit(&self.entered, user, deps).await? {
            Ok(user) => user,
            Err(error) => return Ok(self.hosted.refuse(error, browser, deps).await?),
        };
        let tenant = self.hosted.bound.tenant();
        let persistent = tenant.session_lifetimes.persistent_cookie;
        let life = tenant.session_lifetimes.life(persistent);
        let user_id = user.user_id.clone();
        let session = NewSession {
            user,
            // mutant: previous-session-not-named
            previous_session_token: browser.session_token().map(str::to_owned),
            life,
            persistent,
            device: browser.device.clone(),
        };
        let submitted = self.hosted.pending.submitted(browser);
        let page = self.hosted.pending.page_state();
        let Some(opened) = deps.backends.sessions.open(submitted, session).await? else {
            let current = Pending::find(&page, browser, deps).await?;
            return Ok(self.hosted.to_page_after(&current));
        };
        self.audit(browser).signed_in(&user_id);
        let max_age = persistent.then_some(life.absolute_seconds);
        let cookie = session_cookie(&opened.session_token, max_age);
        let page = PageState {
            page_nonce: opened.page_nonce,
            ..page
        };
        let resume = PageAddress::new(PagePath::Resume, page);
        let device = browser.own_device_token();
        let device = device.map(|token| device_cookie(&token));
        let onward = see_other(&resume.to_string());
        Ok(match device {
            Some(device) => (device, cookie, onward).into_response(),
            None => (cookie, onward).into_response(),
        })
    }
}

/// The parts of the invitation that pages show; `None` without an invitation.
pub(super) fn invited(entered: &Entered) -> Option<Invited<'_>> {
    let (organization, invitation) = (entered.organization()?, entered.invitation()?);
    Some(Invited {
        inviter: &invitation.inviter_name,
        organization: &organization.display_name,
        email: &invitation.email,
    })
}
