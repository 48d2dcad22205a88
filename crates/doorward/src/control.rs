//! The control address: for the operator of a server, and never behind its public entrance.

pub(crate) mod client;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{HOST, ORIGIN};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use doorward_authorize_frontend::{HttpConfig, Router};
use doorward_service_kit::connections::{ConnectionLimits, Listener, http};
use doorward_service_kit::{Shutdown, StartError, with_causes};
use tokio::net::TcpListener;
use tower::ServiceExt;

use crate::ephemeral::Generations;
use crate::error::Error;
use crate::listen;

/// The address by default.
pub(crate) const DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8081);
/// Is successful while the server answers.
pub(crate) const HEALTH: &str = "/healthz";
/// Returns a server for tests to its seed; others do not have it.
pub(crate) const RESET: &str = "/reset";

/// The largest number of connections.
const MAX_CONNECTIONS: usize = 64;
/// Path that the server must answer to be healthy.
const ANSWERED: &str = "/.well-known/jwks.json";

/// A control address that does not accept connections yet.
#[derive(Debug)]
pub(crate) struct Control {
    listener: TcpListener,
    router: Router,
}

impl Control {
    /// Listens. `generations` are those of a server for tests.
    pub(crate) async fn listen(
        address: SocketAddr,
        http: &HttpConfig,
        app: &Router,
        generations: Option<Generations>,
    ) -> Result<Self, Error> {
        let listener = listen::bind("--control-listen", address).await?;
        let issuer = http.validate().map_err(StartError::from)?;
        let served = Served {
            app: app.clone(),
            host: issuer.host().to_owned(),
        };
        let mut router = Router::new().route(HEALTH, get(health)).with_state(served);
        if let Some(generations) = generations {
            router = router.merge(resets(generations));
        }
        Ok(Self { listener, router })
    }

    /// Serves until `shutdown`.
    pub(crate) fn serve(self, shutdown: Shutdown) {
        let limits = ConnectionLimits {
            max: MAX_CONNECTIONS,
            ..ConnectionLimits::default()
        };
        let listener = Listener::new("control", self.listener, limits, vec![]);
        let service = move |_| self.router.clone();
        tokio::spawn(http::serve(listener, http::plain, service, shutdown));
    }
}

/// The public side, and the host that its requests must name.
#[derive(Debug, Clone)]
struct Served {
    app: Router,
    host: String,
}

/// Asks the public side, within this process.
async fn health(State(served): State<Served>) -> Response {
    let request = Request::get(ANSWERED).header(HOST, served.host);
    let answer = match request.body(Body::empty()) {
        Ok(request) => served
            .app
            .oneshot(request)
            .await
            .map(|answer| answer.status()),
        Err(_) => Ok(StatusCode::INTERNAL_SERVER_ERROR),
    };
    match answer {
        Ok(status) if status.is_success() => "ok\n".into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response(),
    }
}

fn resets(generations: Generations) -> Router {
    Router::new()
        .route(RESET, post(reset))
        .layer(from_fn(refuse_pages))
        .with_state(generations)
}

async fn reset(State(generations): State<Generations>) -> Response {
    match generations.reset().await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            let error = with_causes(&error);
            tracing::error!(error, "the server does not return to its seed");
            (StatusCode::INTERNAL_SERVER_ERROR, error + "\n").into_response()
        }
    }
}

/// Refuses requests of web pages, which name their origin with every POST (Fetch, "append a request `Origin` header").
/// So no page that a developer visits can reset the server, also not by a name that resolves to this address.
async fn refuse_pages(request: Request, next: Next) -> Response {
    let headers = request.headers();
    // mutant: reset-by-web-pages
    if headers.contains_key(ORIGIN) || headers.contains_key("sec-fetch-site") {
        return (StatusCode::FORBIDDEN, "not for web pages\n").into_response();
    }
    next.run(request).await
}
