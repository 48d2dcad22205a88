//! A request that was put aside while its user signs in.

use std::fmt;

use doorward_oauth2_types::{ErrorCode, parameters};
use doorward_service_kit::{SECRET_LENGTH, alphanumeric, is_base64url, secret, token_hash};

use super::{RawParams, over};
use crate::backends::FoundTransaction;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::{OAuthError, ShownError};
use crate::model::{
    FinishedSignIn, OrganizationChoice, Session, Stage, SubmittedTransaction, Transaction, User,
};
use crate::urlencoded::Pairs;

const NONCE_LENGTH: usize = 8;

/// The `state` of a hosted page: its transaction, and its page within the transaction. It is not valid in another
/// browser or on another page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageState {
    pub(crate) transaction_id: String,
    pub(crate) page_nonce: String,
}

impl PageState {
    pub(super) fn generate() -> Self {
        Self {
            transaction_id: secret(),
            page_nonce: alphanumeric(NONCE_LENGTH),
        }
    }

    /// The `state` in a page's address.
    pub(crate) fn of(query: &Pairs) -> Option<Self> {
        query.get("state").and_then(Self::parse)
    }

    /// Parses a `state`; `None` for one that cannot have been made here.
    pub(crate) fn parse(state: &str) -> Option<Self> {
        if state.len() != SECRET_LENGTH + NONCE_LENGTH || !is_base64url(state) {
            return None;
        }
        let (transaction_id, page_nonce) = state.split_at(SECRET_LENGTH);
        Some(Self {
            transaction_id: transaction_id.to_owned(),
            page_nonce: page_nonce.to_owned(),
        })
    }
}

impl fmt::Display for PageState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.transaction_id, self.page_nonce)
    }
}

/// A pending transaction of this browser, as it was last read from the store.
#[derive(Clone)]
pub(crate) struct Pending(Transaction);

impl Pending {
    pub(super) fn new(transaction: Transaction) -> Self {
        Self(transaction)
    }

    /// Finds the pending transaction of this browser; another browser's counts as none. The error for one that is over
    /// leads the user to where they can begin again.
    pub(crate) async fn find(
        state: &PageState,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, ShownError> {
        let sessions = &deps.backends.sessions;
        let found = sessions
            .find_transaction(&state.transaction_id, browser.browser_token())
            .await?;
        match found {
            FoundTransaction::Open(transaction) => Ok(Self::new(*transaction)),
            FoundTransaction::Lost { client_id } => {
                Err(over::lost(&client_id, browser, deps).await)
            }
            FoundTransaction::Unknown => Err(over::no_such_transaction(deps).await),
            FoundTransaction::OpenedElsewhere => Err(ShownError::lost_transaction()),
        }
    }

    /// The request that was put aside.
    // mutant: resumed-request-changed-by-query (change)
    pub(crate) fn parameters(&self) -> RawParams {
        RawParams::restore(&self.0.parameters)
    }

    /// The `state` of the page that may be submitted now.
    pub(crate) fn page_state(&self) -> PageState {
        PageState {
            transaction_id: self.0.id.clone(),
            page_nonce: self.0.page_nonce.clone(),
        }
    }

    /// Whether this page may be submitted now.
    pub(crate) fn is_at(&self, page: &PageState) -> bool {
        self.page_state() == *page && matches!(self.0.stage, Stage::SigningIn { .. })
    }

    /// The sign-in that it has led to; `None`: none yet, or it has begun again.
    pub(crate) fn sign_in(&self) -> Option<&FinishedSignIn> {
        self.0.sign_in.as_ref()
    }

    /// Whether the user has proved a credential for this very request, and this is the session of that. A session keeps
    /// its `sid` when the same user proves one again elsewhere.
    pub(super) fn has_led_to(&self, session: &Session) -> bool {
        self.sign_in()
            .is_some_and(|it| it.sid == session.sid && it.user_id == session.user_id)
    }

    /// Whether another user has signed in for this request: then this user must not get its answer.
    pub(super) fn is_of_another(&self, user: &User) -> bool {
        // mutant: other-user-of-sign-in-accepted
        self.sign_in().is_some_and(|it| it.user_id != user.user_id)
    }

    /// Whether its password may be sent: for the first time, or again, as long as nothing was answered.
    pub(crate) fn takes_password(&self, page: &PageState) -> bool {
        // mutant: password-accepted-after-answer (form)
        self.is_at(page) || (self.sign_in().is_some() && !self.is_answered())
    }

    /// Whether the answer to the application was sent. There is no second one.
    pub(crate) fn is_answered(&self) -> bool {
        matches!(self.0.stage, Stage::Answered)
    }

    /// The transaction as `session` gets it when its form was sent with a right credential.
    pub(crate) fn submitted(&self, browser: &Browser) -> SubmittedTransaction {
        SubmittedTransaction {
            transaction_id: self.0.id.clone(),
            browser_token: browser.browser_token().map(str::to_owned),
            version: self.0.version,
            page_nonce: alphanumeric(NONCE_LENGTH),
        }
    }

    /// The stage that it is at.
    pub(crate) fn stage(&self) -> &Stage {
        &self.0.stage
    }

    /// The email that the user has entered on the first page.
    pub(crate) fn identifier(&self) -> Option<&str> {
        match &self.0.stage {
            Stage::SigningIn { identifier } => identifier.as_deref(),
            _ => None,
        }
    }

    /// The organization that the user has chosen on a page of this transaction.
    pub(crate) fn organization_choice(&self) -> Option<&OrganizationChoice> {
        self.0.organization_choice.as_ref()
    }

    /// The same transaction with a choice of the user.
    pub(crate) fn with_organization(&self, choice: OrganizationChoice) -> Self {
        Self(Transaction {
            organization_choice: Some(choice),
            ..self.0.clone()
        })
    }

    /// The email whose organizations the user chooses from, before the sign-in.
    pub(crate) fn email_of_organization(&self) -> Option<&str> {
        match &self.0.stage {
            Stage::NamingOrganization { email } => email.as_deref(),
            _ => None,
        }
    }

    /// Whether this is a page that asks for the organization before the sign-in, and may be answered now.
    pub(crate) fn is_at_organization(&self, page: &PageState) -> bool {
        self.page_state() == *page
            && matches!(self.0.stage, Stage::NamingOrganization { email: None })
    }

    /// Whether this is the page with the organizations of an email, and may be answered now.
    pub(crate) fn is_at_pre_organization_picker(&self, page: &PageState) -> bool {
        self.page_state() == *page
            && matches!(self.0.stage, Stage::NamingOrganization { email: Some(_) })
    }

    /// Whether this is the page with the user's organizations, and may be answered now.
    pub(crate) fn is_at_organization_picker(&self, page: &PageState) -> bool {
        self.page_state() == *page && matches!(self.0.stage, Stage::PickingOrganization { .. })
    }

    /// Whether this is the consent page that may be answered now.
    pub(crate) fn is_at_consent(&self, page: &PageState) -> bool {
        self.page_state() == *page && matches!(self.0.stage, Stage::Consenting { .. })
    }

    /// Whether this is the confirmation page that may be answered now.
    pub(crate) fn is_at_confirmation(&self, page: &PageState) -> bool {
        self.page_state() == *page && matches!(self.0.stage, Stage::Confirming { .. })
    }

    /// Whether this is the page of an invitation that may be answered now.
    pub(crate) fn is_at_invitation(&self, page: &PageState) -> bool {
        self.page_state() == *page && matches!(self.0.stage, Stage::Inviting)
    }

    /// Names this sign-in in an acceptance of an invitation, so that a repeat is recognised. It reveals nothing of the
    /// transaction.
    pub(crate) fn acceptance_id(&self) -> String {
        // mutant: every-submit-is-a-new-acceptance
        token_hash(&format!("acceptance {}", self.0.id))
    }

    /// Whether the open page asks this user. Another user may have signed in since, in another tab.
    pub(crate) fn asks(&self, user: &User) -> bool {
        match &self.0.stage {
            Stage::Consenting { user_id, .. }
            | Stage::Confirming { user_id }
            | Stage::PickingOrganization { user_id } => *user_id == user.user_id,
            _ => false,
        }
    }

    /// Whether this user has agreed on the consent page of this transaction.
    pub(super) fn has_consented(&self, user: &User) -> bool {
        matches!(&self.0.stage, Stage::Consented { user_id } if *user_id == user.user_id)
    }

    /// Whether this user has seen a page of this transaction that lets it go on.
    pub(super) fn was_shown_a_page(&self, user_id: &str) -> bool {
        match &self.0.stage {
            Stage::Confirming { .. } | Stage::Declined { .. } => false,
            Stage::Confirmed { user_id: own } | Stage::Accepted { user_id: own } => own == user_id,
            _ => true,
        }
    }

    /// The error for the application, when the user has denied.
    pub(super) fn refusal(&self) -> Option<OAuthError> {
        let Stage::Declined { error_description } = &self.0.stage else {
            return None;
        };
        let description = error_description.clone();
        Some(OAuthError::new(ErrorCode::AccessDenied, description))
    }

    /// `ui_locales` of the request, for pages that do not get as far as to understand it.
    pub(crate) fn ui_locales(&self) -> Option<String> {
        let parameters = self.parameters();
        parameters.get(parameters::UI_LOCALES).map(str::to_owned)
    }

    /// The same transaction one page on: the page before it can no longer be submitted. One that begins again has led
    /// to nothing.
    pub(crate) fn advanced(&self, stage: Stage) -> Self {
        let sign_in = self.0.sign_in.clone();
        Self(Transaction {
            page_nonce: alphanumeric(NONCE_LENGTH),
            sign_in: sign_in.filter(|_| !matches!(stage, Stage::SigningIn { .. })),
            stage,
            ..self.0.clone()
        })
    }

    /// The transaction, to be stored.
    pub(super) fn transaction(&self) -> Transaction {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_state_is_read_back() {
        let state = PageState::generate();
        assert_eq!(PageState::parse(&state.to_string()), Some(state));
    }

    #[test]
    fn anything_else_is_not() {
        let long = "a".repeat(10_000);
        for bad in [
            "",
            "abc",
            &"é".repeat(20),
            &format!("{}:{}", "a".repeat(32), "b".repeat(7)),
            &long,
        ] {
            assert_eq!(PageState::parse(bad), None, "{bad}");
        }
    }
}
