//! Calls that leave the process.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Once};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use http::request::Parts;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderValue, Request, Response, Uri};
use metrics::counter;
use tokio::time::Instant;
use tokio_util::sync::DropGuard;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Body as HttpBody, Bytes};

use super::circuit::Circuit;
use super::exchange::{Failure, exchange};
use super::members::Members;
use super::pool::Pool;
use super::resolve::Resolve;
use super::tried;
use crate::grpc::timeout::{GRPC_TIMEOUT, timeout};
use crate::metrics::BACKEND_RESENDS;

/// How often a call that no peer has processed is sent again.
const RESENDS: u32 = 2;
/// A call that has waited longer hands on what is left of its deadline.
const WORTH_TELLING: Duration = Duration::from_millis(5);

/// A service, and all that is needed to call it. Clones share the connections, which close with the last one.
#[derive(Clone)]
pub(super) struct Network(Arc<Inner>);

struct Inner {
    circuit: Circuit,
    pool: Arc<Pool>,
    resolver: Arc<dyn Resolve>,
    scheme: Scheme,
    authority: Authority,
    started: Once,
    _stop: DropGuard,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Network")
            .field(&self.0.pool.service)
            .finish()
    }
}

impl Network {
    pub(super) fn new(pool: Pool, resolver: Arc<dyn Resolve>) -> Self {
        let is_secure = pool.security.is_some();
        let scheme = if is_secure {
            Scheme::HTTPS
        } else {
            Scheme::HTTP
        };
        Self(Arc::new(Inner {
            circuit: Circuit::new(pool.service),
            scheme,
            authority: Authority::from_static(pool.service),
            _stop: pool.stop.clone().drop_guard(),
            pool: Arc::new(pool),
            resolver,
            started: Once::new(),
        }))
    }

    /// Connects with the first call. Calls end at the deadline that they carry.
    pub(super) fn call(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'static, Result<Response<Body>, Status>> {
        self.0.start();
        let inner = Arc::clone(&self.0);
        async move {
            let Some(limit) = timeout(request.headers()) else {
                return inner.answer(request, None).await;
            };
            let now = Instant::now();
            let passage = inner.circuit.enter(now, limit)?;
            let deadline = now.checked_add(limit);
            let answer = tokio::time::timeout(limit, inner.answer(request, deadline)).await;
            let Ok(answer) = answer else {
                return Err(Status::deadline_exceeded("no answer in time"));
            };
            passage.end(answer.is_ok());
            answer
        }
        .boxed()
    }
}

impl Inner {
    fn start(&self) {
        self.started.call_once(|| {
            let members = Members::new(Arc::clone(&self.pool));
            tokio::spawn(members.follow(Arc::clone(&self.resolver)));
        });
    }

    /// Sends the request. Sends it again, elsewhere if that is possible, only if no peer has begun with it.
    async fn answer(
        &self,
        request: Request<Body>,
        deadline: Option<Instant>,
    ) -> Result<Response<Body>, Status> {
        let began = Instant::now();
        let (mut head, body) = request.into_parts();
        let message = collected(body).await?;
        let service = self.pool.service;
        let mut avoided = tried::last();
        let mut resends = 0;
        loop {
            let connection = self.pool.connection(avoided).await?;
            avoided = Some(connection.replica);
            tried::note(connection.replica);
            if began.elapsed() > WORTH_TELLING {
                shorten(&mut head, deadline);
            }
            let request = self.addressed(&head)?;
            match exchange(connection, service, request, message.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::NotProcessed(_)) if resends < RESENDS => {
                    resends += 1;
                    counter!(BACKEND_RESENDS, "backend" => service).increment(1);
                }
                Err(failure) => return Err(failure.status(service)),
            }
        }
    }

    fn addressed(&self, head: &Parts) -> Result<Request<()>, Status> {
        let path = head.uri.path_and_query().cloned();
        let mut uri = http::uri::Parts::default();
        uri.scheme = Some(self.scheme.clone());
        uri.authority = Some(self.authority.clone());
        uri.path_and_query = Some(path.unwrap_or(PathAndQuery::from_static("/")));
        let mut request = Request::new(());
        *request.method_mut() = head.method.clone();
        *request.version_mut() = http::Version::HTTP_2;
        *request.headers_mut() = head.headers.clone();
        *request.uri_mut() =
            Uri::from_parts(uri).map_err(|error| Status::internal(error.to_string()))?;
        Ok(request)
    }
}

fn shorten(head: &mut Parts, deadline: Option<Instant>) {
    let Some(deadline) = deadline else { return };
    let left = deadline.saturating_duration_since(Instant::now());
    let left = format!("{}m", left.as_millis().clamp(1, 99_999_999));
    if let Ok(left) = HeaderValue::from_str(&left) {
        head.headers.insert(GRPC_TIMEOUT, left);
    }
}

/// The message of a request. No method takes several, so that a request can be held until a peer has begun with it.
async fn collected(mut body: Body) -> Result<Bytes, Status> {
    let mut message = Bytes::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        if let Ok(data) = frame?.into_data() {
            message = if message.is_empty() {
                data
            } else {
                Bytes::from([message, data].concat())
            };
        }
    }
    Ok(message)
}
