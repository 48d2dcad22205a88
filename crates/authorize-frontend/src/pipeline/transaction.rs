//! A request that was put aside while its user signs in.

use std::fmt;

use doorward_oauth2_types::{ErrorCode, parameters};
use doorward_proto::session::v1::transaction::Stage;
use doorward_proto::session::v1::{
    FinishedSignIn, Session, SigningIn, SubmittedTransaction, Transaction,
};
use doorward_service_kit::{alphanumeric, secret};

use super::{RawParams, over};
use crate::backends::FoundTransaction;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::{OAuthError, ShownError};
use crate::model::User;
use crate::urlencoded::Pairs;

const ID_LENGTH: usize = 32;
const NONCE_LENGTH: usize = 8;

/// The `state` of a hosted page: which transaction it belongs to, and which of its pages it is. Worthless in another
/// browser, and on another page.
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

    /// None when it is nothing that we could have made.
    pub(crate) fn parse(state: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if state.len() != ID_LENGTH + NONCE_LENGTH || !state.bytes().all(allowed) {
            return None;
        }
        let (transaction_id, page_nonce) = state.split_at(ID_LENGTH);
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

/// A pending transaction of this browser, as the store last knew it.
#[derive(Clone)]
pub(crate) struct Pending {
    /// Without its stage.
    transaction: Transaction,
    stage: Stage,
}

impl Pending {
    /// A stage that this version does not know was written by a newer one: the sign-in begins again.
    pub(super) fn new(mut transaction: Transaction) -> Self {
        let stage = transaction.stage.take();
        Self {
            transaction,
            stage: stage.unwrap_or_else(|| Stage::SigningIn(SigningIn::default())),
        }
    }

    /// The pending transaction of this browser; in any other it is as good as none. Whoever comes back to one that is
    /// gone is led to where they can go on.
    pub(crate) async fn find(
        state: &PageState,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, ShownError> {
        let browser_token = browser.browser_token().unwrap_or_default();
        let sessions = &deps.backends.sessions;
        let found = sessions
            .find_transaction(&state.transaction_id, browser_token)
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
    pub(crate) fn parameters(&self) -> RawParams {
        RawParams::restore(&self.transaction.parameters)
    }

    /// The `state` of the page that may be submitted now.
    pub(crate) fn page_state(&self) -> PageState {
        PageState {
            transaction_id: self.transaction.transaction_id.clone(),
            page_nonce: self.transaction.page_nonce.clone(),
        }
    }

    /// Whether this page may be submitted now.
    pub(crate) fn is_at(&self, page: &PageState) -> bool {
        self.page_state() == *page && matches!(self.stage, Stage::SigningIn(_))
    }

    /// The sign-in that it has led to; none yet, or it has begun again.
    pub(crate) fn sign_in(&self) -> Option<&FinishedSignIn> {
        self.transaction.sign_in.as_ref()
    }

    /// Whether the user has proved a credential for this very request, and this is the session of that. A session keeps its
    /// `sid` when the same user proves one again elsewhere.
    pub(super) fn has_led_to(&self, session: &Session) -> bool {
        self.sign_in()
            .is_some_and(|it| it.sid == session.sid && it.user_id == session.user_id)
    }

    /// Whether somebody else has signed in for this request: then it is not for this user to be answered.
    pub(super) fn is_of_another(&self, user: &User) -> bool {
        self.sign_in().is_some_and(|it| it.user_id != user.user_id)
    }

    /// Whether its password may be sent: for the first time, or again, as long as nothing was answered.
    pub(crate) fn takes_password(&self, page: &PageState) -> bool {
        self.is_at(page) || (self.sign_in().is_some() && !self.is_answered())
    }

    /// Whether the application has had its answer. There is no second one.
    pub(crate) fn is_answered(&self) -> bool {
        matches!(self.stage, Stage::Answered(_))
    }

    /// As `session` is told that its form was sent with a right credential.
    pub(crate) fn submitted(&self, browser: &Browser) -> SubmittedTransaction {
        SubmittedTransaction {
            transaction_id: self.transaction.transaction_id.clone(),
            browser_token: browser.browser_token().unwrap_or_default().to_owned(),
            version: self.transaction.version,
            page_nonce: alphanumeric(NONCE_LENGTH),
        }
    }

    /// How far it has come.
    pub(crate) fn stage(&self) -> &Stage {
        &self.stage
    }

    /// What the user gave as email; empty: nothing yet.
    pub(crate) fn identifier(&self) -> &str {
        match &self.stage {
            Stage::SigningIn(SigningIn { identifier }) => identifier,
            _ => "",
        }
    }

    /// Whether this is the consent page that may be answered now.
    pub(crate) fn is_at_consent(&self, page: &PageState) -> bool {
        self.page_state() == *page && matches!(self.stage, Stage::Consenting(_))
    }

    /// Whether this is the confirmation page that may be answered now.
    pub(crate) fn is_at_confirmation(&self, page: &PageState) -> bool {
        self.page_state() == *page && matches!(self.stage, Stage::Confirming(_))
    }

    /// Whether the open page asks this user. Somebody else may have signed in since, in another tab.
    pub(crate) fn asks(&self, user: &User) -> bool {
        match &self.stage {
            Stage::Consenting(stage) => stage.user_id == user.user_id,
            Stage::Confirming(stage) => stage.user_id == user.user_id,
            _ => false,
        }
    }

    /// Whether this user has agreed on the consent page of this transaction.
    pub(super) fn has_consented(&self, user: &User) -> bool {
        matches!(&self.stage, Stage::Consented(stage) if stage.user_id == user.user_id)
    }

    /// Whether this user has seen a page of this transaction that lets it go on.
    pub(super) fn was_shown_a_page(&self, user_id: &str) -> bool {
        match &self.stage {
            Stage::Confirming(_) | Stage::Declined(_) => false,
            Stage::Confirmed(stage) => stage.user_id == user_id,
            _ => true,
        }
    }

    /// What the application is told, when the user has said no.
    pub(super) fn refusal(&self) -> Option<OAuthError> {
        let Stage::Declined(stage) = &self.stage else {
            return None;
        };
        let description = stage.error_description.clone();
        Some(OAuthError::new(ErrorCode::AccessDenied, description))
    }

    /// `ui_locales` of the request, for pages that do not get as far as to understand it.
    pub(crate) fn ui_locales(&self) -> Option<String> {
        let parameters = self.parameters();
        parameters.get(parameters::UI_LOCALES).map(str::to_owned)
    }

    /// The same transaction one page on: the page before it can no longer be submitted. One that begins again has led to
    /// nothing.
    pub(crate) fn advanced(&self, stage: Stage) -> Self {
        let sign_in = self.transaction.sign_in.clone();
        Self {
            transaction: Transaction {
                page_nonce: alphanumeric(NONCE_LENGTH),
                sign_in: sign_in.filter(|_| !matches!(stage, Stage::SigningIn(_))),
                ..self.transaction.clone()
            },
            stage,
        }
    }

    pub(crate) fn to_message(&self) -> Transaction {
        Transaction {
            stage: Some(self.stage.clone()),
            ..self.transaction.clone()
        }
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
