//! SSO sessions, pending transactions, opaque access tokens.

mod access_tokens;

use doorward_proto::common::v1 as common;
use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::session::v1::revoke_sessions_request::Which;
use doorward_proto::session::v1::session_service_client::SessionServiceClient;
use doorward_proto::session::v1::{
    AddTransactionRequest, EndSessionRequest, FindTransactionRequest, GetUserRelayPositionRequest,
    ListSessionsRequest, OpenSessionRequest, OpenSessionResponse, PutUsersRequest,
    ResolveSessionRequest, RevokeSessionsRequest, Session, SessionLimits, SubmittedTransaction,
    Transaction, UpdateTransactionRequest,
};
use tonic::transport::Channel;

use super::calls::Calls;
use super::{BackendError, Patience};
use crate::browser::Browser;
use crate::model::{Tenant, User};

pub(crate) use access_tokens::KeptAccessToken;

/// A session that its store has confirmed, with its user.
#[derive(Debug)]
pub(crate) struct LiveSession {
    pub(crate) session: Session,
    pub(crate) user: User,
}

/// What is certain of a session cookie. That nothing is known is not among it: that is a [`BackendError`], and nothing but
/// the store's word makes an [`Absence`] of it.
#[derive(Debug)]
pub(crate) enum Resolved {
    Live(Box<LiveSession>),
    Absent(Absence),
}

/// There is no session.
#[derive(Debug)]
pub(crate) struct Absence(());

/// What the store knows of a transaction.
#[derive(Debug)]
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
        request: OpenSessionRequest,
    ) -> Result<Option<OpenSessionResponse>, BackendError> {
        let request = OpenSessionRequest {
            transaction: Some(submitted),
            ..request
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
        Ok(opened.ok())
    }

    /// Who is signed in; looking is no use of the session.
    pub(crate) async fn signed_in_user(
        &self,
        browser: &Browser,
        tenant: &Tenant,
    ) -> Result<Option<User>, BackendError> {
        let look = ResolveSessionRequest {
            max_age_seconds: Some(0),
            ..ResolveSessionRequest::default()
        };
        Ok(match self.resolve(browser, tenant, look).await? {
            Resolved::Live(live) => Some(live.user).filter(|user| !user.blocked),
            Resolved::Absent(_) => None,
        })
    }

    /// The live session of a browser; its cookie and device, and the tenant's limits, are added to the request. Without a cookie there is none, and
    /// no store has to be asked.
    pub(crate) async fn resolve(
        &self,
        browser: &Browser,
        tenant: &Tenant,
        request: ResolveSessionRequest,
    ) -> Result<Resolved, BackendError> {
        let Some(session_token) = browser.session_token() else {
            return Ok(Resolved::Absent(Absence(())));
        };
        let request = ResolveSessionRequest {
            session_token: session_token.to_owned(),
            device: Some(browser.device.clone()),
            limits: Some(limits(tenant, true)),
            ephemeral_limits: Some(limits(tenant, false)),
            ..request
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.resolve_session(request).await
            })
            .await;
        let answer = self.calls.answer(result)?;
        let Some(session) = answer.session else {
            return Ok(Resolved::Absent(Absence(())));
        };
        let user = self.calls.converted(answer.user)?;
        let user = self.calls.required(user, "user")?;
        Ok(Resolved::Live(Box::new(LiveSession { session, user })))
    }

    pub(crate) async fn end(&self, session_token: &str) -> Result<(), BackendError> {
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
        tenant: &Tenant,
    ) -> Result<Vec<Session>, BackendError> {
        let request = ListSessionsRequest {
            user_id: user_id.to_owned(),
            limits: Some(limits(tenant, true)),
            ephemeral_limits: Some(limits(tenant, false)),
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.list_sessions(request).await
            })
            .await;
        Ok(self.calls.answer(result)?.sessions)
    }

    /// Ends sessions of a user, and of nobody else; gives how many there were. An error means that they may live on.
    pub(crate) async fn revoke(&self, user_id: &str, which: Which) -> Result<u32, BackendError> {
        let request = RevokeSessionsRequest {
            user_id: user_id.to_owned(),
            which: Some(which),
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

    /// Replaces the copies of users by newer ones; `relay_position` is how far this brings them, for who relays in order.
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

    pub(crate) async fn add_transaction(
        &self,
        request: AddTransactionRequest,
    ) -> Result<(), BackendError> {
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
        browser_token: &str,
    ) -> Result<FoundTransaction, BackendError> {
        let request = FindTransactionRequest {
            transaction_id: transaction_id.to_owned(),
            browser_token: browser_token.to_owned(),
        };
        let result = self
            .calls
            .repeatable(&self.client, request, |mut client, request| async move {
                client.find_transaction(request).await
            })
            .await;
        let answer = self.calls.answer(result)?;
        Ok(match (answer.transaction, answer.lost_client_id) {
            (Some(transaction), _) => FoundTransaction::Open(Box::new(transaction)),
            (None, Some(client_id)) => FoundTransaction::Lost { client_id },
            (None, None) if answer.opened_elsewhere => FoundTransaction::OpenedElsewhere,
            (None, None) => FoundTransaction::Unknown,
        })
    }

    /// Moves a transaction on. False: somebody else did, or it is gone.
    pub(crate) async fn update_transaction(
        &self,
        transaction: Transaction,
    ) -> Result<bool, BackendError> {
        let request = UpdateTransactionRequest {
            transaction: Some(transaction),
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

/// The tenant's limits for sessions whose cookie outlives the browser, or does not.
pub(crate) fn limits(tenant: &Tenant, persistent: bool) -> SessionLimits {
    let life = tenant.session_lifetimes.life(persistent);
    SessionLimits {
        absolute_seconds: life.absolute_seconds,
        idle_seconds: life.idle_seconds,
    }
}
