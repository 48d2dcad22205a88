//! A request that was put aside while its user signs in.

use std::fmt;

use doorward_oauth2_types::{ErrorCode, parameters};
use doorward_proto::common::v1::User;
use doorward_proto::session::v1::transaction::Stage;
use doorward_proto::session::v1::{Session, SigningIn, Transaction};
use doorward_service_kit::{alphanumeric, secret};
use prost_types::Timestamp;
use url::Url;

use super::RawParams;
use crate::backends::{BackendError, FoundTransaction};
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::{OAuthError, ShownError};
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
    /// over is led to where he can begin again, if the application or the tenant says where that is.
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
                let login_route = login_route(&client_id, deps).await?;
                Err(ShownError {
                    login_route,
                    ..ShownError::lost_transaction()
                })
            }
            FoundTransaction::Unknown => Err(no_such_transaction(deps).await),
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

    /// Whether this sign-in has led to the session. After a form that was submitted twice there may be two: any that is
    /// no older than the request will do.
    pub(super) fn has_led_to(&self, session: &Session) -> bool {
        let began = self.transaction.created_at.map(instant);
        let proved = session.authenticated_at.map(instant);
        let fresh = proved.is_some_and(|proved| began.is_some_and(|began| proved >= began));
        self.sid().is_some_and(|sid| sid == session.sid || fresh)
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

    /// The session that this transaction has led to.
    pub(crate) fn sid(&self) -> Option<&str> {
        let sid = match &self.stage {
            Stage::SignedIn(stage) => &stage.sid,
            Stage::Consenting(stage) => &stage.sid,
            Stage::Consented(stage) => &stage.sid,
            Stage::Answered(stage) => &stage.sid,
            Stage::SigningIn(_)
            | Stage::Confirming(_)
            | Stage::Confirmed(_)
            | Stage::Declined(_) => "",
        };
        Some(sid).filter(|sid| !sid.is_empty())
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

    /// Whether this user has agreed on the consent page of this transaction, or had already got its answer.
    pub(super) fn has_consented(&self, user: &User, session: &Session) -> bool {
        match &self.stage {
            Stage::Consented(stage) => stage.user_id == user.user_id,
            Stage::Answered(stage) => stage.sid == session.sid,
            _ => false,
        }
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

    /// The same transaction one page on: the page before it can no longer be submitted.
    pub(crate) fn advanced(&self, stage: Stage) -> Self {
        Self {
            transaction: Transaction {
                page_nonce: alphanumeric(NONCE_LENGTH),
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

/// There is none, and nobody knows whose it was: the tenant may say where to begin again.
pub(crate) async fn no_such_transaction(deps: &Deps) -> ShownError {
    match deps.backends.registry.tenant().await {
        Ok(tenant) => ShownError {
            login_route: with_iss(&tenant.default_redirection_uri, deps),
            ..ShownError::lost_transaction()
        },
        Err(error) => error.into(),
    }
}

/// Where somebody whose sign-in is over can begin again: at the application, else where the tenant says.
async fn login_route(client_id: &str, deps: &Deps) -> Result<Option<String>, BackendError> {
    let registry = &deps.backends.registry;
    let tenant = registry.tenant().await?;
    let found = registry.client(client_id).await?;
    let own = found.and_then(|it| with_iss(&it.client.initiate_login_uri, deps));
    Ok(own.or_else(|| with_iss(&tenant.default_redirection_uri, deps)))
}

/// `iss` tells the application who sends the person (OpenID Connect Core §4). None without a URL.
fn with_iss(url: &str, deps: &Deps) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    url.query_pairs_mut()
        .append_pair("iss", deps.issuer.as_str());
    Some(url.into())
}

fn instant(timestamp: Timestamp) -> (i64, i32) {
    (timestamp.seconds, timestamp.nanos)
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
