//! The code that all services share. It contains nothing of OAuth.
//!
//! A service binary is [`run`] with its configuration type and the function that builds its gRPC routes.

mod clock;
pub mod config;
pub mod connections;
mod core_dumps;
pub mod deadline;
pub mod grpc;
mod health_check;
mod http_method;
mod key_encryption_key;
mod loopback;
#[cfg(feature = "mail")]
pub mod mail;
pub mod metrics;
mod open_files;
mod pem;
mod private_file;
mod random;
mod run;
mod runtime;
mod shutdown;
#[cfg(feature = "sql")]
pub mod sql;
mod store_error;
mod telemetry;
pub mod tls;
pub mod trace;
mod unanswered;

pub use clock::{Clock, SystemClock};
pub use core_dumps::forbid_core_dumps;
pub use http_method::known_method;
pub use key_encryption_key::{KeyEncryptionKey, KeyFileError, SealError};
pub use loopback::{is_loopback_host, reachable};
pub use metrics::{MetricsConfig, MetricsError};
pub use open_files::{allowed_open_files, raise_open_files};
pub use pem::{Pem, PemFileError, certificate_pem, read_pem};
pub use private_file::open_private;
pub use random::{
    SECRET_BYTES, SECRET_LENGTH, alphanumeric, hex, is_base64url, is_secret, random_byte, secret,
    token_hash,
};
pub use run::{ServiceArgs, StartError, parse_args, run, run_with_spare_thread, with_causes};
pub use runtime::runtime_with_spare_thread;
pub use shutdown::{DropGuard, Shutdown, on_signal};
pub use store_error::StoreError;
pub use telemetry::{
    LogConfig, LogFormat, TelemetryError, TelemetryGuard, init as init_telemetry, print_error,
};
pub use unanswered::Unanswered;
