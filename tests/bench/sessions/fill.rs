//! Opens sessions like the frontend after a sign-in.

use std::future::Future;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use doorward_e2e::APPLICATION;
use doorward_proto::common::v1::User;
use doorward_proto::session::v1::session_service_client::SessionServiceClient;
use doorward_proto::session::v1::{
    Device, OpenSessionRequest, ResolveSessionRequest, SessionLimits,
};
use tokio::task::JoinSet;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};

use crate::sessions::people::{CONNECTION, device, user};

/// The number of concurrent calls, over one channel.
const CALLERS: usize = 256;
/// The number of attempts of a call, for a busy machine.
const ATTEMPTS: usize = 5;
const HOUR: u32 = 60 * 60;
/// The defaults of a tenant.
const LIMITS: SessionLimits = SessionLimits {
    absolute_seconds: 168 * HOUR,
    idle_seconds: 72 * HOUR,
};

/// Opens sessions.
#[derive(Debug, Clone)]
pub(crate) struct Filler {
    client: SessionServiceClient<Channel>,
    role: Arc<str>,
    retries: Arc<AtomicU64>,
}

impl Filler {
    /// Calls the session service at `address`; some of the users have `role`.
    pub(crate) fn new(address: String, role: &str) -> Self {
        let endpoint = Endpoint::from_shared(address).expect("the address is a URL");
        Self {
            client: SessionServiceClient::new(endpoint.connect_lazy()),
            role: role.into(),
            retries: Arc::default(),
        }
    }

    /// The number of repeated calls.
    pub(crate) fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    /// Opens a session on the nth device of each user, and records the use of an application in it. Returns the
    /// tokens, in the order of the users.
    pub(crate) async fn open(&self, users: Range<usize>, nth: usize) -> Vec<Box<str>> {
        let open = move |mut filler: Self, number: usize| async move {
            let (user, device) = (user(number, &filler.role), device(number, nth));
            let token = filler.sign_in(&user, &device).await;
            filler.visit(&token, &device).await;
            token.into_boxed_str()
        };
        self.for_each(users, open).await
    }

    /// Uses the users' first sessions from their nth devices.
    pub(crate) async fn visit_from(&self, tokens: &[Box<str>], nth: usize) {
        let tokens: Arc<[_]> = tokens.into();
        let count = tokens.len();
        let visit = move |mut filler: Self, number: usize| {
            let tokens = Arc::clone(&tokens);
            async move { filler.visit(&tokens[number], &device(number, nth)).await }
        };
        self.for_each(0..count, visit).await;
    }

    async fn for_each<T, F>(
        &self,
        users: Range<usize>,
        act: impl Fn(Self, usize) -> F + Clone + Send + 'static,
    ) -> Vec<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let mut callers = JoinSet::new();
        for first in users.clone().take(CALLERS) {
            let (filler, act) = (self.clone(), act.clone());
            let own = (first..users.end).step_by(CALLERS);
            callers.spawn(async move {
                let mut done = Vec::with_capacity(own.len());
                for number in own {
                    done.push((number, act(filler.clone(), number).await));
                }
                done
            });
        }
        let mut done: Vec<_> = callers.join_all().await.into_iter().flatten().collect();
        done.sort_unstable_by_key(|(number, _)| *number);
        done.into_iter().map(|(_, result)| result).collect()
    }

    async fn sign_in(&mut self, user: &User, device: &Device) -> String {
        let mut attempt = 1;
        loop {
            let request = OpenSessionRequest {
                user: Some(user.clone()),
                connection: CONNECTION.to_owned(),
                previous_session_token: String::new(),
                limits: Some(LIMITS),
                persistent: true,
                device: Some(device.clone()),
                transaction: None,
            };
            match self.client.open_session(request).await {
                Ok(answer) => return answer.into_inner().session_token,
                Err(status) => self.try_again(&mut attempt, &status).await,
            }
        }
    }

    async fn visit(&mut self, token: &str, device: &Device) {
        let mut attempt = 1;
        loop {
            let request = ResolveSessionRequest {
                session_token: token.to_owned(),
                limits: Some(LIMITS),
                ephemeral_limits: Some(LIMITS),
                client_id: APPLICATION.to_owned(),
                device: Some(device.clone()),
                ..ResolveSessionRequest::default()
            };
            match self.client.resolve_session(request).await {
                Ok(answer) => {
                    let session = answer.into_inner().session.expect("the session lives");
                    assert_eq!(session.client_ids, [APPLICATION]);
                    return;
                }
                Err(status) => self.try_again(&mut attempt, &status).await,
            }
        }
    }

    async fn try_again(&self, attempt: &mut usize, status: &Status) {
        let passing = matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded);
        assert!(passing && *attempt < ATTEMPTS, "{status:?}");
        *attempt += 1;
        self.retries.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
