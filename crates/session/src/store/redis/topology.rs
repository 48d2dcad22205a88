//! Connects to one server, a primary behind Sentinels, or a cluster.

use std::time::Duration;

use doorward_service_kit::config::ConfigError;
use doorward_service_kit::random_byte;
use futures::future::try_join_all;
use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::io::tcp::TcpSettings;
use redis::sentinel::{SentinelClientBuilder, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionInfo, ErrorKind, IntoConnectionInfo, Pipeline,
    RedisError, RedisResult, TlsCertificates, TlsMode, Value,
};

use tokio::time::timeout;

use super::address::Address;
use super::tls;
use crate::config::RedisConfig;

/// Deadline for connecting. A healthy server takes less.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// Deadline of a call in the cluster client, which frees its memory of the call. Callers give up earlier.
const LONGEST_CALL: Duration = Duration::from_secs(3);
/// Time after which a connection with unacknowledged bytes is closed, because the machine is gone.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(2);

/// Opens connections. Reads its files again for each: a renewed certificate needs no restart.
pub(super) struct Topology {
    address: Address,
    config: RedisConfig,
}

/// The settings of the library.
enum Clients {
    Server(Client),
    Sentinel(Sentinels),
    Cluster(ClusterClient),
}

/// Sentinels, which know the primary.
struct Sentinels {
    addresses: Vec<ConnectionInfo>,
    service_name: String,
    /// Credentials of the Sentinels.
    password: Option<String>,
    /// Settings for the primary that they name. The address is not used.
    server: ConnectionInfo,
    certificates: Option<TlsCertificates>,
}

impl Topology {
    pub(super) fn new(address: Address, config: &RedisConfig) -> Result<Self, ConfigError> {
        let topology = Self {
            address,
            config: config.clone(),
        };
        topology.clients()?;
        Ok(topology)
    }

    fn clients(&self) -> Result<Clients, ConfigError> {
        let config = &self.config;
        let bad_url = |error: RedisError| ConfigError::invalid("redis.url", error.to_string());
        let password = config.password()?;
        let info = |url: &str| info(url, password.as_deref()).map_err(bad_url);
        let certificates = tls::certificates(&self.address, config)?;
        Ok(match &self.address {
            Address::Server(url) => {
                Clients::Server(client(info(url)?, certificates).map_err(bad_url)?)
            }
            Address::Sentinel {
                sentinels,
                service_name,
                server,
            } => {
                let sentinel = |url: &String| url.as_str().into_connection_info().map(tuned);
                let addresses = sentinels.iter().map(sentinel).collect::<RedisResult<_>>();
                Clients::Sentinel(Sentinels {
                    addresses: addresses.map_err(bad_url)?,
                    service_name: service_name.clone(),
                    password: config.sentinel_password()?,
                    server: info(server)?,
                    certificates,
                })
            }
            Address::Cluster(urls) => {
                let nodes: Vec<_> = urls.iter().map(|url| info(url)).collect::<Result<_, _>>()?;
                let patience = Duration::from_millis(config.deadline_ms).max(LONGEST_CALL);
                let mut builder = ClusterClient::builder(nodes)
                    .connection_timeout(CONNECT_TIMEOUT)
                    .response_timeout(patience)
                    // A redirection counts as one as well.
                    .retries(1)
                    .tcp_settings(tcp());
                if let Some(certificates) = certificates {
                    builder = builder.tls(TlsMode::Secure).certs(certificates);
                }
                Clients::Cluster(builder.build().map_err(bad_url)?)
            }
        })
    }

    /// Opens `count` connections to the current primary, or to a cluster.
    pub(super) async fn connect(&self, count: usize) -> RedisResult<Vec<Link>> {
        match timeout(2 * CONNECT_TIMEOUT, self.connect_patiently(count)).await {
            Ok(links) => links,
            Err(_) => Err((ErrorKind::Io, "no connection in time").into()),
        }
    }

    /// Opens one connection.
    pub(super) async fn connect_one(&self) -> RedisResult<Link> {
        let link = self.connect(1).await?.pop();
        link.ok_or_else(|| (ErrorKind::Client, "no connection").into())
    }

    async fn connect_patiently(&self, count: usize) -> RedisResult<Vec<Link>> {
        let clients = self.clients().map_err(|error| {
            RedisError::from((
                ErrorKind::InvalidClientConfig,
                "settings",
                error.to_string(),
            ))
        })?;
        let client = match clients {
            Clients::Server(client) => client,
            Clients::Sentinel(sentinels) => sentinels.find_primary().await?,
            Clients::Cluster(client) => {
                let links = (0..count).map(|_| client.get_async_connection());
                let links = try_join_all(links).await?;
                return Ok(links.into_iter().map(Link::Cluster).collect());
            }
        };
        // The deadline of each call is its caller's.
        let settings = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(None);
        let links =
            (0..count).map(|_| client.get_multiplexed_async_connection_with_config(&settings));
        let links = try_join_all(links).await?;
        Ok(links.into_iter().map(Link::Server).collect())
    }
}

impl Sentinels {
    /// Asks the Sentinels in a random order, so that one that hangs is not always the first.
    async fn find_primary(&self) -> RedisResult<Client> {
        let mut addresses = self.addresses.clone();
        let first = usize::from(random_byte()) % addresses.len();
        addresses.rotate_left(first);
        let mut builder = SentinelClientBuilder::new(
            addresses.iter().map(|info| info.addr().clone()),
            &self.service_name,
            SentinelServerType::Master,
        )?;
        let server = self.server.redis_settings();
        builder = builder
            .set_client_to_redis_db(server.db())
            .set_client_to_redis_tcp_settings(tcp())
            .set_client_to_sentinel_tcp_settings(tcp());
        if let Some(certificates) = &self.certificates {
            builder = builder
                .set_client_to_redis_tls_mode(TlsMode::Secure)
                .set_client_to_redis_certificates(certificates.clone())
                .set_client_to_sentinel_tls_mode(TlsMode::Secure)
                .set_client_to_sentinel_certificates(certificates.clone());
        }
        if let Some(username) = server.username() {
            builder = builder.set_client_to_redis_username(username);
        }
        if let Some(password) = server.password() {
            builder = builder.set_client_to_redis_password(password);
        }
        if let Some(password) = &self.password {
            builder = builder.set_client_to_sentinel_password(password);
        }
        builder.build()?.async_get_client().await
    }
}

/// A connection that many calls share.
#[derive(Clone)]
pub(super) enum Link {
    Server(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Link {
    pub(super) async fn send(&mut self, command: &Cmd) -> RedisResult<Value> {
        let value = match self {
            Self::Server(connection) => connection.req_packed_command(command).await?,
            Self::Cluster(connection) => connection.req_packed_command(command).await?,
        };
        value.extract_error()
    }

    /// Several commands to one server, that of the first command's key; an answer may be an error.
    pub(super) async fn send_all(&mut self, pipeline: &Pipeline) -> RedisResult<Vec<Value>> {
        let count = pipeline.len();
        match self {
            Self::Server(connection) => connection.req_packed_commands(pipeline, 0, count).await,
            Self::Cluster(connection) => connection.req_packed_commands(pipeline, 0, count).await,
        }
    }
}

fn client(info: ConnectionInfo, certificates: Option<TlsCertificates>) -> RedisResult<Client> {
    match certificates {
        Some(certificates) => Client::build_with_tls(info, certificates),
        None => Client::open(info),
    }
}

fn info(url: &str, password: Option<&str>) -> RedisResult<ConnectionInfo> {
    let info = tuned(url.into_connection_info()?);
    let Some(password) = password else {
        return Ok(info);
    };
    let settings = info.redis_settings().clone().set_password(password);
    Ok(info.set_redis_settings(settings))
}

fn tuned(info: ConnectionInfo) -> ConnectionInfo {
    info.set_tcp_settings(tcp())
}

fn tcp() -> TcpSettings {
    let tcp = TcpSettings::default().set_nodelay(true);
    #[cfg(target_os = "linux")]
    let tcp = tcp.set_user_timeout(UNACKNOWLEDGED);
    tcp
}
