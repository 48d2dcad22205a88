//! A request that was put aside while its user signs in.

use std::fmt;

use doorward_proto::session::v1::transaction::Stage;
use doorward_proto::session::v1::{Session, SigningIn, Transaction};
use doorward_service_kit::{alphanumeric, secret};
use prost_types::Timestamp;

use super::RawParams;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
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
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    transaction: Transaction,
}

impl Pending {
    pub(super) fn new(transaction: Transaction) -> Self {
        Self { transaction }
    }

    /// The pending transaction of this browser; in any other it is as good as none.
    pub(crate) async fn find(
        state: &PageState,
        browser: &Browser,
        deps: &Deps,
    ) -> Result<Self, ShownError> {
        let browser_token = browser
            .browser_token()
            .ok_or_else(ShownError::lost_transaction)?;
        let sessions = &deps.backends.sessions;
        let found = sessions
            .find_transaction(&state.transaction_id, browser_token)
            .await?;
        found
            .map(Self::new)
            .ok_or_else(ShownError::lost_transaction)
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
        self.page_state() == *page && self.sid().is_none()
    }

    /// Whether this sign-in has led to the session. After a form that was submitted twice there may be two: any that is
    /// no older than the request will do.
    pub(super) fn has_led_to(&self, session: &Session) -> bool {
        let began = self.transaction.created_at.map(instant);
        let proved = session.authenticated_at.map(instant);
        let fresh = proved.is_some_and(|proved| began.is_some_and(|began| proved >= began));
        self.sid().is_some_and(|sid| sid == session.sid || fresh)
    }

    /// What the user gave as email; empty: nothing yet.
    pub(crate) fn identifier(&self) -> &str {
        match &self.transaction.stage {
            Some(Stage::SigningIn(SigningIn { identifier })) => identifier,
            _ => "",
        }
    }

    /// The session that this transaction has led to.
    pub(crate) fn sid(&self) -> Option<&str> {
        match &self.transaction.stage {
            Some(Stage::SignedIn(stage)) => Some(&stage.sid),
            Some(Stage::Answered(stage)) => Some(&stage.sid),
            Some(Stage::SigningIn(_)) | None => None,
        }
    }

    /// The same transaction one page on: the page before it can no longer be submitted.
    pub(crate) fn advanced(&self, stage: Stage) -> Self {
        Self {
            transaction: Transaction {
                page_nonce: alphanumeric(NONCE_LENGTH),
                stage: Some(stage),
                ..self.transaction.clone()
            },
        }
    }

    pub(crate) fn to_message(&self) -> Transaction {
        self.transaction.clone()
    }
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
