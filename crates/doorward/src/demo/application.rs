//! The host of the demo application: its files, its settings, and the demo API.

use std::net::SocketAddr;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use doorward_proto::token_signing::v1::token_signing_service_client::TokenSigningServiceClient;
use doorward_service_kit::Shutdown;
use doorward_service_kit::connections::{ConnectionLimits, Listener, http};
use doorward_service_kit::grpc::Channel;
use serde::Serialize;
use tokio::net::TcpListener;

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
}

impl Settings {
    pub(crate) fn new(issuer: &str, tenant: &DemoTenant) -> Self {
        Self {
            issuer: issuer.to_owned(),
            audience: tenant.audience().to_owned(),
            client_id: tenant.client_id().to_owned(),
            scope: format!("openid profile email {}", api::SCOPE),
        }
    }
}

/// Listens on the address, and on the other address that `localhost` may resolve to.
pub(crate) async fn listen(address: SocketAddr) -> Result<Vec<TcpListener>, Error> {
    let flag = "--app-listen";
    let bound = TcpListener::bind(address).await;
    let mut listeners = vec![bound.map_err(|source| Error::Listen {
        flag,
        address,
        source,
    })?];
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
    let state = api::Api {
        settings,
        keys: TokenSigningServiceClient::new(token_signing),
    };
    let router = router(state);
    for listener in listeners {
        let (router, shutdown) = (router.clone(), shutdown.clone());
        let limits = ConnectionLimits {
            max: MAX_CONNECTIONS,
            ..ConnectionLimits::default()
        };
        let listener = Listener::new("demo", listener, limits, vec![]);
        let service = move |_| router.clone();
        tokio::spawn(http::serve(listener, http::plain, service, shutdown));
    }
}

fn router(api: api::Api) -> Router {
    files::routes(&api.settings.issuer)
        .route("/config.json", get(settings))
        .route("/api/greeting", get(api::greeting))
        .with_state(api)
}

async fn settings(State(api): State<api::Api>) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-cache")], Json(api.settings))
}
