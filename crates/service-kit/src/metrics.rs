//! The metrics that all services have, and how a process serves its metrics. `docs/metrics.md` lists those of all
//! crates; each crate names and describes its own in one file.

mod counted;
mod server;

use metrics::{Counter, Unit, counter, describe_counter, describe_gauge, describe_histogram};

pub use counted::Counted;
pub use server::{MetricsConfig, MetricsError, serve};

pub(crate) const BUILD_INFO: &str = "doorward_build_info";
pub(crate) const CONNECTIONS: &str = "doorward_connections";
pub(crate) const CONNECTIONS_CLOSED: &str = "doorward_connections_closed_total";
pub(crate) const CONNECTIONS_REFUSED: &str = "doorward_connections_refused_total";
pub(crate) const ACCEPT_ERRORS: &str = "doorward_accept_errors_total";
pub(crate) const GRPC_CALL_SECONDS: &str = "doorward_grpc_call_seconds";
pub(crate) const BACKEND_CIRCUIT_OPEN: &str = "doorward_backend_circuit_open";
pub(crate) const BACKEND_CONNECTIONS: &str = "doorward_backend_connections";
pub(crate) const BACKEND_CONNECTS: &str = "doorward_backend_connects_total";
pub(crate) const BACKEND_RESENDS: &str = "doorward_backend_resends_total";
pub(crate) const CERTIFICATE_EXPIRY_SECONDS: &str = "doorward_certificate_expiry_seconds";
pub(crate) const TLS_HANDSHAKES_FAILED: &str = "doorward_tls_handshakes_failed_total";
pub(crate) const LOG_LINES_DROPPED: &str = "doorward_log_lines_dropped_total";
pub(crate) const SPANS_EXPORTED: &str = "doorward_spans_exported_total";
pub(crate) const STORE_UNAVAILABLE: &str = "doorward_store_unavailable_total";
/// Counts calls that failed because of a defect; a store also counts values that it skips.
pub const STORE_FAILED: &str = "doorward_store_failed_total";
#[cfg(feature = "sql")]
pub(crate) const SQL_CONNECTIONS: &str = "doorward_sql_connections";
#[cfg(feature = "sql")]
pub(crate) const SQL_CONNECTIONS_MAX: &str = "doorward_sql_connections_max";
#[cfg(feature = "mail")]
pub(crate) const MAILS: &str = "doorward_mails_total";
#[cfg(feature = "mail")]
pub(crate) const MAILS_WAITING: &str = "doorward_mails_waiting";

/// Makes a counter exist before its first event: to Prometheus, the first value of a series is no increase.
pub fn start(counter: &Counter) {
    counter.increment(0);
}

/// Describes the metrics of this crate to the recorder of the process, and starts counters of rare faults.
pub fn describe() {
    for fault in [
        LOG_LINES_DROPPED,
        STORE_FAILED,
        STORE_UNAVAILABLE,
        TLS_HANDSHAKES_FAILED,
    ] {
        start(&counter!(fault));
    }
    describe_gauge!(BUILD_INFO, "1, with the version of the program");
    describe_gauge!(CONNECTIONS, "open connections");
    describe_counter!(
        CONNECTIONS_CLOSED,
        "connections that the process closed before their peer did"
    );
    describe_counter!(
        CONNECTIONS_REFUSED,
        "new connections from an address with too many busy ones"
    );
    describe_counter!(ACCEPT_ERRORS, "failed attempts to accept a connection");
    describe_histogram!(
        GRPC_CALL_SECONDS,
        Unit::Seconds,
        "duration of gRPC calls in the service"
    );
    describe_gauge!(
        BACKEND_CIRCUIT_OPEN,
        "1 while calls are not made, because no replica answers in time"
    );
    describe_gauge!(
        BACKEND_CONNECTIONS,
        "1 while the replica at this address can be called"
    );
    describe_counter!(BACKEND_CONNECTS, "attempts to connect a replica");
    describe_counter!(
        BACKEND_RESENDS,
        "calls that were sent again because no replica had begun them"
    );
    describe_gauge!(
        CERTIFICATE_EXPIRY_SECONDS,
        Unit::Seconds,
        "time until the certificate for other services expires"
    );
    describe_counter!(
        TLS_HANDSHAKES_FAILED,
        "TLS handshakes between services that failed"
    );
    describe_counter!(
        LOG_LINES_DROPPED,
        "log lines that could not be written or queued"
    );
    describe_counter!(SPANS_EXPORTED, "spans that were sent to the collector");
    describe_counter!(
        STORE_UNAVAILABLE,
        "calls that failed because the store did not respond"
    );
    describe_counter!(STORE_FAILED, "calls that failed because of a defect");
    #[cfg(feature = "sql")]
    {
        describe_gauge!(SQL_CONNECTIONS, "connections to SQL databases");
        describe_gauge!(
            SQL_CONNECTIONS_MAX,
            "the largest number of connections to SQL databases"
        );
    }
    #[cfg(feature = "mail")]
    {
        describe_counter!(MAILS, "attempts to send a mail");
        describe_gauge!(MAILS_WAITING, "mails that are not sent yet");
    }
}
