//! The connection to Redis: one, shared by all calls, made anew whenever it breaks.

use std::fmt;
use std::time::Duration;

use doorward_service_kit::StoreError;
use doorward_service_kit::config::ConfigError;
use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
use redis::io::tcp::TcpSettings;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ErrorKind, FromRedisValue, IntoConnectionInfo, RedisError,
    RedisResult, ScriptInvocation, ServerErrorKind,
};

use crate::config::RedisConfig;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// Bytes that nobody acknowledges for this long end the connection: the machine is gone.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(2);
/// Between attempts to connect, with jitter.
const MIN_DELAY: Duration = Duration::from_millis(100);
const MAX_DELAY: Duration = Duration::from_millis(500);

pub(super) struct Connection {
    client: Client,
    manager: ConnectionManager,
    /// A call that takes longer is given up: nothing is known then, and the caller must hear so in time.
    deadline: Duration,
}

impl Connection {
    pub(super) fn open(config: &RedisConfig) -> Result<Self, ConfigError> {
        if config.deadline_ms == 0 {
            return Err(ConfigError::invalid(
                "redis.deadline_ms",
                "must be 1 or more",
            ));
        }
        let deadline = Duration::from_millis(config.deadline_ms);
        let client = client(config)?;
        // Never tired: a manager that gave up would stay broken until the process is started again.
        let settings = ConnectionManagerConfig::new()
            .set_number_of_retries(usize::MAX)
            .set_min_delay(MIN_DELAY)
            .set_max_delay(MAX_DELAY)
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(Some(deadline));
        let manager = ConnectionManager::new_lazy_with_config(client.clone(), settings)
            .map_err(|error| ConfigError::invalid("redis.url", error.to_string()))?;
        // Ahead of the first call; whether it works is for that call to tell.
        let mut ahead = manager.clone();
        tokio::spawn(async move { ping(&mut ahead).await });
        Ok(Self {
            client,
            manager,
            deadline,
        })
    }

    /// What Redis does when its memory is full, as soon as it answers at all.
    pub(super) async fn eviction_policy(&self) -> RedisResult<Option<String>> {
        // A connection of its own tells why it does not work, which the manager keeps to itself.
        let settings = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(Some(CONNECT_TIMEOUT));
        let connection = self
            .client
            .get_multiplexed_async_connection_with_config(&settings);
        let memory: String = redis::cmd("INFO")
            .arg("memory")
            .query_async(&mut connection.await?)
            .await?;
        let policy = memory
            .lines()
            .find_map(|line| line.strip_prefix("maxmemory_policy:"));
        Ok(policy.map(str::to_owned))
    }

    /// Runs a script.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, StoreError> {
        let mut manager = self.manager.clone();
        within(self.deadline, script.invoke_async(&mut manager)).await
    }

    /// Runs a single command.
    pub(super) async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        let mut manager = self.manager.clone();
        within(self.deadline, command.query_async(&mut manager)).await
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

fn client(config: &RedisConfig) -> Result<Client, ConfigError> {
    let bad_url = |error: RedisError| ConfigError::invalid("redis.url", error.to_string());
    let mut info = config
        .url
        .as_str()
        .into_connection_info()
        .map_err(bad_url)?;
    if let Some(path) = &config.password_file {
        let password = std::fs::read_to_string(path).map_err(|error| {
            let problem = format!("{}: {error}", path.display());
            ConfigError::invalid("redis.password_file", problem)
        })?;
        let settings = info
            .redis_settings()
            .clone()
            .set_password(password.trim_end());
        info = info.set_redis_settings(settings);
    }
    let tcp = TcpSettings::default().set_nodelay(true);
    #[cfg(target_os = "linux")]
    let tcp = tcp.set_user_timeout(UNACKNOWLEDGED);
    Client::open(info.set_tcp_settings(tcp)).map_err(bad_url)
}

async fn ping(connection: &mut impl ConnectionLike) -> RedisResult<()> {
    redis::cmd("PING").query_async(connection).await
}

async fn within<T>(
    deadline: Duration,
    call: impl Future<Output = RedisResult<T>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(deadline, call).await {
        Ok(result) => result.map_err(store_error),
        Err(elapsed) => Err(StoreError::Unavailable(elapsed.into())),
    }
}

fn store_error(error: RedisError) -> StoreError {
    if is_unavailable(&error) {
        StoreError::Unavailable(error.into())
    } else {
        StoreError::Failed(error.into())
    }
}

/// Whether Redis may do it later: it is away, starting, failing over, out of memory or disk, or does
/// not let us in.
fn is_unavailable(error: &RedisError) -> bool {
    use ServerErrorKind::{BusyLoading, ClusterDown, MasterDown, ReadOnly, TryAgain};
    match error.kind() {
        ErrorKind::Io
        | ErrorKind::AuthenticationFailed
        | ErrorKind::Server(BusyLoading | ClusterDown | MasterDown | ReadOnly | TryAgain) => true,
        _ => matches!(
            error.code(),
            Some("BUSY" | "MISCONF" | "NOAUTH" | "NOREPLICAS" | "OOM" | "WRONGPASS")
        ),
    }
}
