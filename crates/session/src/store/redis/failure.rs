//! Classifies errors of Redis.

use doorward_service_kit::StoreError;
use redis::{ErrorKind, RedisError, ServerErrorKind};

/// `Unavailable` for errors that may pass, `Failed` for the others.
pub(super) fn store_error(error: RedisError) -> StoreError {
    if is_unavailable(&error) {
        StoreError::Unavailable(error.into())
    } else {
        StoreError::Failed(error.into())
    }
}

/// Whether the error may pass: Redis is away, starting, failing over, out of memory or disk, has lost its data, or
/// refuses the account.
fn is_unavailable(error: &RedisError) -> bool {
    use ServerErrorKind::{
        Ask, BusyLoading, ClusterDown, MasterDown, Moved, NoPerm, ReadOnly, TryAgain,
    };
    match error.kind() {
        ErrorKind::Io
        | ErrorKind::AuthenticationFailed
        | ErrorKind::ClusterConnectionNotFound
        | ErrorKind::MasterNameNotFoundBySentinel
        | ErrorKind::Server(
            Ask | BusyLoading | ClusterDown | MasterDown | Moved | NoPerm | ReadOnly | TryAgain,
        ) => true,
        _ => matches!(
            error.code(),
            Some(
                "BUSY"
                    | "MISCONF"
                    | "NOAUTH"
                    | "NOPERM"
                    | "NOREPLICAS"
                    | "NOSTORE"
                    | "OOM"
                    | "STALE"
                    | "UNBLOCKED"
                    | "WRONGPASS"
            )
        ),
    }
}

/// Whether the connection is dead, or its server is no primary any more.
pub(super) fn needs_new_connection(error: &RedisError) -> bool {
    error.is_io_error() && !error.is_timeout()
        || error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly)
}

/// Whether our functions are not loaded on the server.
pub(super) fn is_missing_function(error: &RedisError) -> bool {
    error
        .detail()
        .is_some_and(|detail| detail.contains("Function not found"))
}

/// Whether the store has lost its marker.
pub(super) fn is_without_marker(error: &RedisError) -> bool {
    error.code() == Some("NOSTORE")
}

/// Whether the server may have been replaced, so that its answers do not count for the moment.
pub(super) fn is_doubtful(error: &RedisError) -> bool {
    error.code() == Some("STALE")
}

/// Whether a service that starts should stop, because waiting will not help: a wrong password or certificate.
pub(super) fn needs_another_setting(error: &RedisError) -> bool {
    error.kind() == ErrorKind::AuthenticationFailed
        || matches!(error.code(), Some("NOAUTH" | "WRONGPASS"))
        || error.to_string().contains("invalid peer certificate")
}

/// Whether the account lacks a right.
pub(super) fn is_not_permitted(error: &RedisError) -> bool {
    error.code() == Some("NOPERM")
}
