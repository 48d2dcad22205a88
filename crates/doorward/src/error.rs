//! The error of a command, as one line for its user.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use doorward_service_kit::config::ConfigError;
use doorward_service_kit::connections::https::HttpsError;
use doorward_service_kit::grpc::ChannelError;
use doorward_service_kit::sql::BackupError;
use doorward_service_kit::{StartError, TelemetryError};
use tonic::{Code, Status};

use crate::document;
use crate::service::Service;

/// The reason why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// An argument is missing or does not fit.
    #[error("{0}")]
    Usage(String),
    /// The command cannot be carried out, for the reason in the text.
    #[error("{0}")]
    Refused(String),
    /// The command was carried out, except for some users, each of which was named.
    #[error("{0} users were not imported; see the errors above")]
    SomeLeftOut(usize),
    /// A file or folder cannot be used.
    #[error("{}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file has the wrong content.
    #[error("{}", path.display())]
    Document {
        /// Which one.
        path: PathBuf,
        /// The problem.
        source: document::Error,
    },
    /// The folder has never been a data folder.
    #[error("{} has no Doorward data yet; create it with doorward serve or doorward import", .0.display())]
    NoData(PathBuf),
    /// The folder is not a backup.
    #[error("{} is not a backup that doorward backup has made: it has no client-registry.db", .0.display())]
    NoBackup(PathBuf),
    /// The target folder is not empty.
    #[error("{} is not empty; name a new folder or an empty one", .0.display())]
    NotEmpty(PathBuf),
    /// A file cannot be copied.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Another process serves from the data folder.
    #[error("another doorward process is serving from {}", .0.display())]
    FolderInUse(PathBuf),
    /// Listening on an address failed.
    #[error("{flag} {address}")]
    Listen {
        /// The flag that gave the address.
        flag: &'static str,
        /// Which one.
        address: std::net::SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The control address of a server does not answer.
    #[error("no server answers at --control {address}")]
    Control {
        /// Which one.
        address: std::net::SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The address of a service is invalid.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// A certificate for browsers cannot be used.
    #[error(transparent)]
    Https(#[from] HttpsError),
    /// A service returned an error.
    #[error("{service}: {message}")]
    Service {
        /// Which one.
        service: Service,
        /// The message of the service.
        message: String,
    },
    /// A certificate cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A part of the server cannot start, or stopped.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Logging cannot start.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The async runtime has no threads.
    #[error("the async runtime cannot start")]
    Runtime(#[source] io::Error),
}

impl Error {
    /// Converts the error of a file operation, for `map_err`.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::File { path, source }
    }

    /// Converts the error of reading a document, for `map_err`.
    pub(crate) fn document(path: &Path) -> impl FnOnce(document::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Document { path, source }
    }

    /// Converts the status of a call, for `map_err`.
    pub(crate) fn service(service: Service) -> impl Fn(Status) -> Self {
        move |status| Self::Service {
            service,
            message: match (status.code(), status.message()) {
                (Code::Unavailable, message) => format!("cannot be reached ({message})"),
                (Code::Unimplemented, _) => format!(
                    "the address given by {} does not speak {}",
                    service.flag(),
                    service.package()
                ),
                (code, "") => code.to_string(),
                (_, message) => message.to_owned(),
            },
        }
    }

    /// Returns 2 for a mistake on the command line, like clap, 3 for a command that was carried out in part, and 1 for
    /// everything else.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) => 2,
            Self::SomeLeftOut(_) => 3,
            _ => 1,
        })
    }
}
