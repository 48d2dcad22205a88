//! The host of the demo application: its files, its settings, and the demo API.

use std::net::SocketAddr;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use doorward_proto::token_signing::v1::token_signing_service_client::TokenSigningServiceClient;
use doorward_service_kit::Shutdown;
use doorward_service_kit::connections::https::Https;
use doorward_service_kit::connections::{ConnectionLimits, Listener, http};
use doorward_service_kit::grpc::Channel;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::invite::Place;
use super::organizations::Organization;
use super::{DemoTenant, api, files};
use crate::error::Error;
use crate::listen;

/// The largest number of connections on each address.
const MAX_CONNECTIONS: usize = 64;

/// The settings of the application, served at `/config.json`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Settings {
    pub(super) issuer: String,
    pub(super) audience: String,
    client_id: String,
    scope: String,
    organizations: Vec<Organization>,
    /// The command that invites the demo user to the organization named `ORGANIZATION`.
    invite: String,
}

impl Settings {
    pub(crate) fn new(issuer: &str, tenant: &DemoTenant, place: &Place) -> Self {
        Self {
            issuer: issuer.to_owned(),
            audience: tenant.audience().to_owned(),
            client_id: tenant.client_id().to_owned(),
            scope: format!("openid profile email {}", api::SCOPE),
            organizations: Organization::all(tenant),
            invite: place.command("ORGANIZATION", tenant.client_id()),
        }
    }
}

/// Listens on the address, and on the other address that `localhost` may resolve to.
pub(crate) async fn listen(
    flag: &'static str,
    address: SocketAddr,
) -> Result<Vec<TcpListener>, Error> {
    let mut listeners = vec![listen::bind(flag, address).await?];
    if let Some(other) = listen::other_loopback(address) {
        // A machine without IPv6 needs only the first address.
        listeners.extend(TcpListener::bind(other).await);
    }
    Ok(listeners)
}

/// Serves the application until `shutdown`.
pub(crate) fn serve(
    listeners: Vec<TcpListener>,
    settings: Settings,
    token_signing: Channel,
    shutdown: &Shutdown,
) {
    let router = router(settings, token_signing);
    for listener in listeners {
        let (router, shutdown) = (router.clone(), shutdown.clone());
        let service = move |_| router.clone();
        tokio::spawn(http::serve(
            limited(listener),
            http::plain,
            service,
            shutdown,
        ));
    }
}

/// Serves the application with TLS until `shutdown`, then lets requests in flight finish.
pub(crate) async fn serve_https(
    listeners: Vec<TcpListener>,
    https: Https,
    settings: Settings,
    token_signing: Channel,
    shutdown: &Shutdown,
) {
    let router = router(settings, token_signing);
    let serving = listeners.into_iter().map(|listener| {
        let (https, router) = (https.clone(), router.clone());
        let handshake = move |stream| https.accept(stream);
        let service = move |_| router.clone();
        http::serve(limited(listener), handshake, service, shutdown.clone())
    });
    let mut serving: JoinSet<()> = serving.collect();
    while serving.join_next().await.is_some() {}
}

fn limited(listener: TcpListener) -> Listener<TcpListener> {
    let limits = ConnectionLimits {
        max: MAX_CONNECTIONS,
        ..ConnectionLimits::default()
    };
    Listener::new("demo", listener, limits, vec![])
}

fn router(settings: Settings, token_signing: Channel) -> Router {
    let api = api::Api {
        settings,
        keys: TokenSigningServiceClient::new(token_signing),
    };
    files::routes(&api.settings.issuer)
        .route("/config.json", get(config))
        .route("/api/greeting", get(api::greeting))
        .with_state(api)
}

async fn config(State(api): State<api::Api>) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-cache")], Json(api.settings))
}
