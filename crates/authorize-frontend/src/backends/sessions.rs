//! SSO sessions, pending transactions, opaque access tokens.

mod access_tokens;
mod attempts;
mod convert;
mod sealed;

use doorward_proto::common::v1 as common;
use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::session::v1::session_service_client::SessionServiceClient;
use doorward_proto::session::v1::{
    AddTransactionRequest, EndSessionRequest, FindTransactionRequest, GetUserRelayPositionRequest,
    ListSessionsRequest, OpenSessionRequest, PutUsersRequest, RevokeSessionsRequest,
    UpdateTransactionRequest,
};
use doorward_service_kit::grpc::Channel;
use tonic::Status;

use super::calls::Calls;
use super::{BackendError, Patience};
use crate::model::{
    NewSession, NewTransaction, OpenedSession, Session, SessionLifetimes, SessionQuery,
    SessionsToRevoke, SubmittedTransaction, Transaction, User,
};
use convert::resolve_request;

pub(crate) use access_tokens::KeptAccessToken;
pub(crate) use attempts::{LoginAttempt, LoginOutcome};

/// A session that its store has confirmed, with its user.
#[derive(Debug)]
pub(crate) struct LiveSession {
    pub(crate) session: Session,
    pub(crate) user: User,
}

/// The store's answer for a session cookie. A store that does not answer is a [`BackendError`], never an [`Absence`].
#[derive(Debug)]
pub(crate) enum Resolved {
    Live(Box<LiveSession>),
    Absent(Absence),
}

impl Resolved {
    /// The user of the session.
    pub(crate) fn user_id(&self) -> Option<&str> {
        match self {
            Self::Live(live) => Some(&live.user.user_id),
            Self::Absent(_) => None,
        }
    }
}

/// There is no session.
#[derive(Debug)]
pub(crate) struct Absence(());

/// The store's answer for a transaction.
pub(crate) enum FoundTransaction {
    /// It is pending, and this browser's.
    Open(Box<Transaction>),
    /// It is over; this application began it.
    Lost { client_id: String },
    /// It is pending, and another browser's.
    OpenedElsewhere,
    /// There is none.
    Unknown,
}

// mutant: sessions-remembered-by-replica (cache)
#[derive(Debug, Clone)]
pub(crate) struct Sessions {
    client: SessionServiceClient<Channel>,
    calls: Calls,
}

impl Sessions {
    pub(super) fn new(channel: Channel, patience: &Patience) -> Self {
        Self {
            client: SessionServiceClient::new(channel),
            calls: Calls::new("session", patience),
        }
    }

    /// Moves the transaction of a form on and opens its session. `None`: the transaction has moved on otherwise, and
    /// nothing was opened.
    pub(crate) async fn open(
        &self,
        submitted: SubmittedTransaction,
        new: NewSession,
    ) -> Result<Option<OpenedSession>, BackendError> {
        let request = OpenSessionRequest {
            connection: new.user.connection.clone(),
            user: Some(new.user.into()),
            previous_session_token: new.previous_session_token.unwrap_or_default(),
            limits: Some(new.life.into()),
            persistent: new.persistent,
            device: Some(new.device.into()),
            transaction: Some(submitted.into()),
        };
        let result = self
            .calls
            .once(&self.client, request, |mut client, request| async move {
                client.open_session(request).await
            })
            .await;
        let opened = self
            .calls
            .answer_or_refusal(result, &[ErrorReason::Conflict])?;
        Ok(opened.ok().map(|opened| OpenedSession {
            session_token: opened.session_token,
            page_nonce: opened.page_nonce,
        }))
    }

    /// Finds the user of a session, which is not used by that.
    pub(crate) async fn signed_in_user(
        &self,
        query: SessionQuery<'_>,
    ) -> Result<Option<User>, BackendError> {
        let unused = SessionQuery {
            max_age_seconds: Some(0),
            ..query
        };
        Ok(match self.resolve(unused).await? {
            Resolved::Live(live) => Some(live.user).filter(|user| !user.blocked),
            Resolved::Absent(_) => None,
        })
    }

    /// Finds the live session of a browser. Without a cookie there is none, and the store is not called.
    pub(crate) async fn resolve(&self, query: SessionQuery<'_>) -> Result<Resolved, BackendError> {
        let Some(session_token) = query.session_token else {
            return Ok(Resolved::Absent(Absence(())));
        };
        // mutant: sessions-remembered-by-replica (find)
        let request = resolve_request(session_token, &query);
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.resolve_session(request).await
            })
            .await;
        // mutant: session-error-taken-for-no-session
        let answer = self.calls.answer(result)?;
        let Some(session) = self.calls.converted(answer.session)? else {
            return Ok(Resolved::Absent(Absence(())));
        };
        let user = self.calls.converted(answer.user)?;
        let user = self.calls.required(user, "user")?;
        // mutant: sessions-remembered-by-replica (found)
        Ok(Resolved::Live(Box::new(LiveSession { session, user })))
    }

    pub(crate) async fn end(&self, session_token: &str) -> Result<(), BackendError> {
        // mutant: sessions-remembered-by-replica (end)
        let request = EndSessionRequest {
            session_token: session_token.to_owned(),
        };
        let result = self
            .calls
            .once(&self.client, request, |mut client, request| async move {
                client.end_session(request).await
            })
            .await;
        self.calls.answer(result)?;
        Ok(())
    }

    /// The live sessions of a user, the last used first.
    pub(crate) async fn list(
        &self,
        user_id: &str,
        lifetimes: SessionLifetimes,
    ) -> Result<Vec<Session>, BackendError> {
        let request = ListSessionsRequest {
            user_id: user_id.to_owned(),
            limits: Some(lifetimes.life(true).into()),
            ephemeral_limits: Some(lifetimes.life(false).into()),
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.list_sessions(request).await
            })
            .await;
        let sessions = self.calls.answer(result)?.sessions.into_iter();
        sessions
            .map(|session| self.calls.convert(session))
            .collect()
    }

    /// Ends sessions of this user only; returns how many there were. After an error they may live on.
    pub(crate) async fn revoke(
        &self,
        user_id: &str,
        sessions: SessionsToRevoke,
    ) -> Result<u32, BackendError> {
        let request = RevokeSessionsRequest {
            user_id: user_id.to_owned(),
            sessions: Some(sessions.into()),
        };
        let result = self
            .calls
            .once(&self.client, request, |mut client, request| async move {
                client.revoke_sessions(request).await
            })
            .await;
        Ok(self.calls.answer(result)?.revoked)
    }

    pub(super) async fn user_relay_position(&self) -> Result<u64, BackendError> {
        let request = GetUserRelayPositionRequest {};
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.get_user_relay_position(request).await
            })
            .await;
        Ok(self.calls.answer(result)?.position)
    }

    /// Replaces the copy of a user by a newer one.
    pub(crate) async fn put_user(&self, user: User) -> Result<(), BackendError> {
        self.put_users(vec![user.into()], None).await
    }

    /// Replaces the copies of users by newer ones; `relay_position` is how far this brings them, for who relays in
    /// order.
    pub(super) async fn put_users(
        &self,
        users: Vec<common::User>,
        relay_position: Option<u64>,
    ) -> Result<(), BackendError> {
        let request = PutUsersRequest {
            users,
            relay_position,
        };
        let result = self
            .calls
            .once(&self.client, request, |mut client, request| async move {
                client.put_users(request).await
            })
            .await;
        self.calls.answer(result)?;
        Ok(())
    }

    pub(crate) async fn add_transaction(&self, new: NewTransaction) -> Result<(), BackendError> {
        let request = AddTransactionRequest::try_from(new).map_err(|error| {
            BackendError::new(self.calls.backend, Status::internal(error.to_string()))
        })?;
        let result = self
            .calls
            .once(&self.client, request, |mut client, request| async move {
                client.add_transaction(request).await
            })
            .await;
        self.calls.answer(result)?;
        Ok(())
    }

    pub(crate) async fn find_transaction(
        &self,
        transaction_id: &str,
        browser_token: Option<&str>,
    ) -> Result<FoundTransaction, BackendError> {
        let request = FindTransactionRequest {
            transaction_id: transaction_id.to_owned(),
            browser_token: browser_token.unwrap_or_default().to_owned(),
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.find_transaction(request).await
            })
            .await;
        let answer = self.calls.answer(result)?;
        let transaction = answer.transaction.and_then(sealed::open);
        let transaction = self.calls.converted(transaction)?;
        Ok(match (transaction, answer.lost_client_id) {
            (Some(transaction), _) => FoundTransaction::Open(Box::new(transaction)),
            (None, Some(client_id)) => FoundTransaction::Lost { client_id },
            (None, None) if answer.opened_elsewhere => FoundTransaction::OpenedElsewhere,
            (None, None) => FoundTransaction::Unknown,
        })
    }

    /// Moves a transaction on. Returns false when another request did so, or it is gone.
    pub(crate) async fn update_transaction(
        &self,
        transaction: Transaction,
    ) -> Result<bool, BackendError> {
        let request = UpdateTransactionRequest {
            transaction: Some(transaction.into()),
        };
        let result = self
            .calls
            .once(&self.client, request, |mut client, request| async move {
                client.update_transaction(request).await
            })
            .await;
        Ok(self
            .calls
            .answer_or_refusal(result, &[ErrorReason::Conflict])?
            .is_ok())
    }
}
