//! Why a command failed, in one line for the person who typed it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use doorward_service_kit::StartError;
use doorward_service_kit::grpc::ChannelError;
use doorward_service_kit::sql::BackupError;
use tonic::{Code, Status};

use crate::document;
use crate::service::Service;

/// A command that was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The command line does not say enough.
    #[error("{0}")]
    Usage(String),
    /// Something stands in the way, as the text says.
    #[error("{0}")]
    Refused(String),
    /// A file or folder cannot be used.
    #[error("{}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file holds something else than it should.
    #[error("{}: {source}", path.display())]
    Document {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        source: document::Error,
    },
    /// Nothing was ever kept in what shall be a data folder.
    #[error("{} has no Doorward data yet; create it with doorward serve or doorward import", .0.display())]
    NoData(PathBuf),
    /// A folder does not hold what `doorward backup` writes.
    #[error("{} is not a backup that doorward backup has made: it has no client-registry.db", .0.display())]
    NoBackup(PathBuf),
    /// A folder that shall be filled holds something.
    #[error("{} is not empty; name a new folder or an empty one", .0.display())]
    NotEmpty(PathBuf),
    /// A file cannot be copied.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Another process serves from the data folder.
    #[error("another doorward process is serving from {}", .0.display())]
    FolderInUse(PathBuf),
    /// An address cannot be listened on.
    #[error("{flag} {address}")]
    Listen {
        /// The flag that names it.
        flag: &'static str,
        /// Which one.
        address: std::net::SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// A service's address cannot be called.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// A service answered with an error.
    #[error("{service}: {message}")]
    Service {
        /// Which one.
        service: Service,
        /// What it said.
        message: String,
    },
    /// A part of the server cannot start, or stopped.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Logging cannot start.
    #[error("{0}")]
    Telemetry(String),
    /// No threads.
    #[error("the async runtime cannot start")]
    Runtime(#[source] io::Error),
}

impl Error {
    /// For `map_err` on what is done to a file.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::File { path, source }
    }

    /// For `map_err` on the content of a file.
    pub(crate) fn document(path: &Path) -> impl FnOnce(document::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Document { path, source }
    }

    /// For `map_err` on calls of a service.
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

    /// 2 for a mistake on the command line, as clap does; 1 for everything else.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(if matches!(self, Self::Usage(_)) { 2 } else { 1 })
    }
}
