//! The generated trait: decode, call the store, encode.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use doorward_proto::session::v1::session_service_server::SessionService;
use doorward_proto::session::v1::{
    AddAccessTokenRequest, AddAccessTokenResponse, AddTransactionRequest, AddTransactionResponse,
    AdmitLoginRequest, AdmitLoginResponse, AdmitSignUpRequest, AdmitSignUpResponse,
    ClearFailedLoginsRequest, ClearFailedLoginsResponse, EndSessionRequest, EndSessionResponse,
    FindAccessTokenRequest, FindAccessTokenResponse, FindTransactionRequest,
    FindTransactionResponse, GetUserRelayPositionRequest, GetUserRelayPositionResponse,
    ListFailedLoginsRequest, ListFailedLoginsResponse, ListSessionsRequest, ListSessionsResponse,
    OpenSessionRequest, OpenSessionResponse, PutUsersRequest, PutUsersResponse,
    ResolveSessionRequest, ResolveSessionResponse, ReturnSignUpRequest, ReturnSignUpResponse,
    RevokeSessionsRequest, RevokeSessionsResponse, SettleLoginRequest, SettleLoginResponse,
    Transaction as WireTransaction, UpdateTransactionRequest, UpdateTransactionResponse,
};
use doorward_proto::{InvalidField, required};
use doorward_service_kit::{Clock, StoreError};
use jiff::Timestamp;
use metrics::counter;
use tonic::{Request, Response, Status};
use tracing::Instrument;

use crate::Error;
use crate::attempts::{Attempts, LoginAttempt};
use crate::convert::{device_hash, list, name, new_transaction, parts, revocation, users};
use crate::domain::attempts::Verdict;
use crate::domain::{
    AccessToken, ClientAddress, CounterKey, NewSession, NewTransaction, Progress, Secret,
    SessionToken, SessionUse, SubmittedForm, User, UserId, to_stored_precision,
};
use crate::metrics::SESSION_LOOKUPS;
use crate::refusals::Refusals;
use crate::sign_in::{OpenedSession, finish_sign_in};
use crate::store::{AddOutcome, Store};

#[derive(Debug)]
pub(crate) struct Service {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    refusals: Refusals,
}

impl Service {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            refusals: Refusals::default(),
        }
    }

    fn now(&self) -> Timestamp {
        to_stored_precision(self.clock.now())
    }

    /// Opens the session of a sign-in without a transaction.
    async fn open(&self, new_session: &NewSession) -> Result<OpenedSession, Error> {
        let token = SessionToken::generate(&new_session.user.id());
        let session = self
            .store
            .open_session(&token, new_session, self.now())
            .await?;
        Ok(OpenedSession {
            token,
            session,
            page_nonce: String::new(),
        })
    }

    fn attempts(&self) -> Attempts<'_> {
        Attempts {
            store: &*self.store,
            clock: &*self.clock,
        }
    }

    /// Reports that there is no room for a counter.
    fn counted<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        result.map_err(|error| match error {
            Error::NoRoom => self.refusals.no_room("counter"),
            error => error,
        })
    }

    /// Continues after the caller has gone away: a browser that sends a form twice drops its first request, and
    /// stopping half-way would leave a transaction without a session.
    async fn finish_sign_in(
        &self,
        submitted: SubmittedForm,
        new_session: NewSession,
    ) -> Result<OpenedSession, Error> {
        let (store, now) = (Arc::clone(&self.store), self.now());
        let finish = async move { finish_sign_in(&*store, &submitted, &new_session, now).await };
        let finished = tokio::spawn(finish.in_current_span()).await;
        finished
            .map_err(StoreError::corrupt)??
            .ok_or(Error::Conflict)
    }
}

#[tonic::async_trait]
impl SessionService for Service {
    async fn open_session(
        &self,
        request: Request<OpenSessionRequest>,
    ) -> Result<Response<OpenSessionResponse>, Status> {
        let mut request = request.into_inner();
        let submitted = request.transaction.take();
        let submitted = submitted.map(SubmittedForm::try_from).transpose()?;
        let new_session = NewSession::try_from(request)?;
        let opened = match submitted {
            Some(submitted) => self.finish_sign_in(submitted, new_session).await?,
            None => self.open(&new_session).await?,
        };
        Ok(Response::new(OpenSessionResponse {
            session_token: opened.token.into_text(),
            session: Some(opened.session.into()),
            page_nonce: opened.page_nonce,
        }))
    }

    async fn resolve_session(
        &self,
        request: Request<ResolveSessionRequest>,
    ) -> Result<Response<ResolveSessionResponse>, Status> {
        let mut request = request.into_inner();
        let token = SessionToken::parse(std::mem::take(&mut request.session_token));
        let user = request.user_id.take().map(UserId::from);
        let mut session_use = SessionUse::try_from(request)?;
        // A session of another user, by its token, satisfies no request.
        if user.is_some_and(|user| {
            token
                .as_ref()
                .is_some_and(|it| it.user_hash() != user.user_hash())
        }) {
            session_use.max_age = Some(Duration::ZERO);
        }
        let found = match &token {
            Some(token) => {
                self.store
                    .resolve_session(token, &session_use, self.now())
                    .await?
            }
            // mutant: malformed-session-token-is-an-error
            None => None,
        };
        count_lookup(token.is_some(), found.is_some());
        let (session, user) = found.unzip();
        Ok(Response::new(ResolveSessionResponse {
            session: session.map(Into::into),
            user: user.map(User::into_message),
        }))
    }

    async fn end_session(
        &self,
        request: Request<EndSessionRequest>,
    ) -> Result<Response<EndSessionResponse>, Status> {
        let ended = match SessionToken::parse(request.into_inner().session_token) {
            Some(token) => self.store.end_session(&token).await?,
            None => false,
        };
        Ok(Response::new(EndSessionResponse { ended }))
    }

    async fn list_sessions(
        &self,
        request: Request<ListSessionsRequest>,
    ) -> Result<Response<ListSessionsResponse>, Status> {
        let (user, session_use) = list(request.into_inner())?;
        let sessions = self
            .store
            .list_sessions(&user, &session_use, self.now())
            .await?;
        let sessions = sessions.into_iter().map(Into::into).collect();
        Ok(Response::new(ListSessionsResponse { sessions }))
    }

    async fn revoke_sessions(
        &self,
        request: Request<RevokeSessionsRequest>,
    ) -> Result<Response<RevokeSessionsResponse>, Status> {
        let (user, revocation) = revocation(request.into_inner())?;
        let revoked = self
            .store
            .revoke_sessions(&user, &revocation, self.now())
            .await?;
        let revoked = u32::try_from(revoked).unwrap_or(u32::MAX);
        Ok(Response::new(RevokeSessionsResponse { revoked }))
    }

    async fn put_users(
        &self,
        request: Request<PutUsersRequest>,
    ) -> Result<Response<PutUsersResponse>, Status> {
        let request = request.into_inner();
        self.store
            .put_users(&users(request.users)?, self.now())
            .await?;
        // Last, because a position means that all changes before it are stored.
        if let Some(position) = request.relay_position {
            self.store.put_user_relay_position(position).await?;
        }
        Ok(Response::new(PutUsersResponse {}))
    }

    async fn get_user_relay_position(
        &self,
        _request: Request<GetUserRelayPositionRequest>,
    ) -> Result<Response<GetUserRelayPositionResponse>, Status> {
        let position = self.store.get_user_relay_position().await?;
        Ok(Response::new(GetUserRelayPositionResponse { position }))
    }

    async fn add_transaction(
        &self,
        request: Request<AddTransactionRequest>,
    ) -> Result<Response<AddTransactionResponse>, Status> {
        let request = request.into_inner();
        let mut message = required(request.transaction, "transaction")?;
        let id = transaction_id(&mut message)?;
        let browser = Secret::require(request.browser_token, "browser_token")?;
        let client_id = name(request.client_id, "client_id")?;
        let mut transaction = new_transaction(message)?;
        let now = self.now();
        let client = transaction.request.client(client_id, now);
        transaction.progress = transaction.progress.bounded(now);
        let new = NewTransaction {
            id,
            browser,
            is_new_browser: request.is_new_browser,
            address: ClientAddress::parse(&request.client_address),
            transaction,
            client,
        };
        match self.store.add_transaction(new, now).await? {
            AddOutcome::Kept => Ok(Response::new(AddTransactionResponse {})),
            AddOutcome::UsedBefore => Err(used_before("transaction.transaction_id")),
            AddOutcome::NoRoom => Err(self.refusals.no_room("transaction").into()),
            AddOutcome::TooMany => Err(self.refusals.too_many(&request.client_address).into()),
        }
    }

    async fn find_transaction(
        &self,
        request: Request<FindTransactionRequest>,
    ) -> Result<Response<FindTransactionResponse>, Status> {
        let FindTransactionRequest {
            transaction_id,
            browser_token,
        } = request.into_inner();
        let Some(id) = Secret::parse(transaction_id.clone()) else {
            return Ok(Response::new(FindTransactionResponse::default()));
        };
        let now = self.now();
        let Some(found) = self.store.find_transaction(&id, now).await? else {
            // The application is returned without its browser token, whose cookie may have expired too.
            let lost_client_id = self.store.find_transaction_client(&id, now).await?;
            return Ok(Response::new(FindTransactionResponse {
                lost_client_id,
                ..FindTransactionResponse::default()
            }));
        };
        // mutant: transaction-found-by-other-browsers
        let is_its_own =
            Secret::parse(browser_token).is_some_and(|own| own.matches(&found.browser_hash));
        Ok(Response::new(FindTransactionResponse {
            transaction: is_its_own.then(|| WireTransaction {
                transaction_id,
                ..found.transaction.into()
            }),
            lost_client_id: None,
            opened_elsewhere: !is_its_own,
        }))
    }

    async fn update_transaction(
        &self,
        request: Request<UpdateTransactionRequest>,
    ) -> Result<Response<UpdateTransactionResponse>, Status> {
        let mut message = required(request.into_inner().transaction, "transaction")?;
        let id = transaction_id(&mut message)?;
        let read = message.version;
        let now = self.now();
        let progress = Progress::try_from(message)?.bounded(now);
        let version = self
            .store
            .update_transaction(&id, read, progress, now)
            .await?;
        let version = version.ok_or(Error::Conflict)?;
        Ok(Response::new(UpdateTransactionResponse { version }))
    }

    async fn add_access_token(
        &self,
        request: Request<AddAccessTokenRequest>,
    ) -> Result<Response<AddAccessTokenResponse>, Status> {
        let request = request.into_inner();
        let token = Secret::require(request.token, "token")?;
        let access_token = AccessToken::try_from(required(request.access_token, "access_token")?)?;
        let now = self.now();
        let added = self.store.add_access_token(&token, access_token, now);
        match added.await? {
            AddOutcome::Kept => Ok(Response::new(AddAccessTokenResponse {})),
            AddOutcome::UsedBefore => Err(used_before("token")),
            AddOutcome::NoRoom | AddOutcome::TooMany => {
                Err(self.refusals.no_room("access_token").into())
            }
        }
    }

    async fn find_access_token(
        &self,
        request: Request<FindAccessTokenRequest>,
    ) -> Result<Response<FindAccessTokenResponse>, Status> {
        let found = match Secret::parse(request.into_inner().token) {
            Some(token) => self.store.find_access_token(&token, self.now()).await?,
            None => None,
        };
        Ok(Response::new(FindAccessTokenResponse {
            access_token: found.map(Into::into),
        }))
    }

    async fn admit_login(
        &self,
        request: Request<AdmitLoginRequest>,
    ) -> Result<Response<AdmitLoginResponse>, Status> {
        let attempt = required(request.into_inner().attempt, "attempt")?;
        let attempt = LoginAttempt::try_from(attempt)?;
        let verdict = self.attempts().admit_login(&attempt).await;
        let (admitted, exceeded, retry_after_seconds) = parts(self.counted(verdict)?);
        Ok(Response::new(AdmitLoginResponse {
            admitted,
            exceeded,
            retry_after_seconds,
        }))
    }

    /// Continues after the caller has gone away: what was found out about a password must be counted.
    async fn settle_login(
        &self,
        request: Request<SettleLoginRequest>,
    ) -> Result<Response<SettleLoginResponse>, Status> {
        let request = request.into_inner();
        let outcome = request.outcome().into();
        let new_device = device_hash(&request.new_device_token);
        let attempt = LoginAttempt::try_from(required(request.attempt, "attempt")?)?;
        let (store, clock) = (Arc::clone(&self.store), Arc::clone(&self.clock));
        let settle = async move {
            let attempts = Attempts {
                store: &*store,
                clock: &*clock,
            };
            let settled = attempts.settle_login(&attempt, outcome, new_device.as_deref());
            settled.await
        };
        let settled = tokio::spawn(settle.in_current_span()).await;
        let settled = settled.map_err(StoreError::corrupt).map_err(Error::from)?;
        self.counted(settled)?;
        Ok(Response::new(SettleLoginResponse {}))
    }

    async fn admit_sign_up(
        &self,
        request: Request<AdmitSignUpRequest>,
    ) -> Result<Response<AdmitSignUpResponse>, Status> {
        let request = request.into_inner();
        let limit = required(request.address, "address")?.try_into()?;
        let verdict = match ClientAddress::parse(&request.client_address) {
            Some(address) => {
                let verdict = self.attempts().admit_sign_up(&address, limit).await;
                self.counted(verdict)?
            }
            None => Verdict::Admitted { exceeded: None },
        };
        let (admitted, exceeded, retry_after_seconds) = parts(verdict);
        Ok(Response::new(AdmitSignUpResponse {
            admitted,
            exceeded,
            retry_after_seconds,
        }))
    }

    async fn return_sign_up(
        &self,
        request: Request<ReturnSignUpRequest>,
    ) -> Result<Response<ReturnSignUpResponse>, Status> {
        let request = request.into_inner();
        let limit = required(request.address, "address")?.try_into()?;
        if let Some(address) = ClientAddress::parse(&request.client_address) {
            let returned = self.attempts().return_sign_up(&address, limit).await;
            self.counted(returned)?;
        }
        Ok(Response::new(ReturnSignUpResponse {}))
    }

    async fn list_failed_logins(
        &self,
        request: Request<ListFailedLoginsRequest>,
    ) -> Result<Response<ListFailedLoginsResponse>, Status> {
        let account = CounterKey::account(&request.into_inner().identifier)?;
        let failed = self.attempts().failed(&account).await?;
        let sources = failed.into_iter().map(Into::into).collect();
        Ok(Response::new(ListFailedLoginsResponse { sources }))
    }

    async fn clear_failed_logins(
        &self,
        request: Request<ClearFailedLoginsRequest>,
    ) -> Result<Response<ClearFailedLoginsResponse>, Status> {
        let account = CounterKey::account(&request.into_inner().identifier)?;
        let cleared = self.attempts().clear(&account).await;
        let cleared = self.counted(cleared)?;
        tracing::info!(target: "audit", event = "sapi", operation = "clear failed logins", cleared, "user changed");
        Ok(Response::new(ClearFailedLoginsResponse { cleared }))
    }
}

fn count_lookup(is_token: bool, is_found: bool) {
    let outcome = match (is_token, is_found) {
        (false, _) => "malformed",
        (true, false) => "absent",
        (true, true) => "found",
    };
    counter!(SESSION_LOOKUPS, "outcome" => outcome).increment(1);
}

fn used_before(field: &str) -> Status {
    InvalidField::new(field, "was used before").into()
}

fn transaction_id(message: &mut WireTransaction) -> Result<Secret, InvalidField> {
    let id = std::mem::take(&mut message.transaction_id);
    Secret::require(id, "transaction.transaction_id")
}
