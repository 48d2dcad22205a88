//! The HTTP edge: the only service that browsers reach. It speaks OAuth 2.0 and OpenID Connect to them and gRPC to the
//! five services behind it, and keeps nothing.
//!
//! Start reading at `pipeline`, which is one authorization request from its parameters to its tokens.

mod audit;
mod backends;
mod browser;
mod config;
mod deps;
mod error;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod http;
mod issuer;
mod metrics;
mod model;
mod paths;
mod pipeline;
mod tokens;
mod urlencoded;
pub mod views;
mod workload;

use std::process::ExitCode;
use std::sync::Arc;

use doorward_service_kit::grpc::{NoStore, Server};
use doorward_service_kit::tls::Tls;
use doorward_service_kit::{Clock, ServiceArgs, Shutdown, StartError, SystemClock};
use tonic::service::Routes;

pub use backends::{BackendError, Channels, Patience, PostLoginHookChannel};
pub use config::{BackendsConfig, Config, HttpConfig, PostLoginHookConfig};
pub use http::Router;
pub use issuer::Issuer;
pub use metrics::describe as describe_metrics;

use backends::Backends;
use deps::Deps;
use workload::Workload;

/// The name of this service in `grpc.health.v1`; it has no gRPC methods of its own.
const HEALTH_NAME: &str = "doorward.authorize_frontend";

/// The whole edge as one HTTP service, over the given backends.
pub fn app(
    http: &HttpConfig,
    channels: Channels,
    clock: Arc<dyn Clock>,
    shutdown: &Shutdown,
) -> Result<Router, StartError> {
    let issuer = http.validate()?;
    let workload = Workload::new(http.max_requests());
    workload.watch(shutdown.clone());
    let deps = Deps {
        issuer,
        trusted_proxies: http.trusted_proxies.clone(),
        backends: Backends::start(channels, shutdown),
        workload,
        clock,
    };
    let router = http::router(Arc::new(deps));
    Ok(if http.plain_http_for_tests {
        http::with_plain_cookies(router)
    } else {
        router
    })
}

/// Serves browsers until `shutdown`, then lets requests in flight finish.
pub async fn serve(
    http: HttpConfig,
    channels: Channels,
    clock: Arc<dyn Clock>,
    shutdown: Shutdown,
) -> Result<(), StartError> {
    let app = app(&http, channels, clock, &shutdown)?;
    serve_app(&http, app, shutdown).await
}

/// Serves an [`app`], or a router in front of one, until `shutdown`.
pub async fn serve_app(
    http: &HttpConfig,
    app: Router,
    shutdown: Shutdown,
) -> Result<(), StartError> {
    http::serve(http, app, shutdown).await
}

/// The service as a process: loads the settings, serves until a signal, and returns the exit code.
#[must_use]
pub fn main(args: &ServiceArgs) -> ExitCode {
    doorward_service_kit::run(
        "doorward-authorize-frontend",
        args,
        |config: &Config| (&config.log, &config.metrics),
        run,
    )
}

/// Serves browsers, and `grpc.health.v1` beside it, until `shutdown`.
pub async fn run(config: Config, shutdown: Shutdown) -> Result<(), StartError> {
    metrics::describe();
    let tls = Tls::load_if_set(config.tls.as_ref())?;
    let server = Server::new(&config.grpc, tls.as_ref())?;
    let channels = config.backends.connect(tls.as_ref())?;
    let clock = Arc::new(SystemClock);
    let health = server.serve(HEALTH_NAME, Routes::default(), NoStore, shutdown.clone());
    let edge = serve(config.http, channels, clock, shutdown.clone());
    let health = async { Ok(health.await?) };
    tokio::try_join!(edge, health)?;
    Ok(())
}
