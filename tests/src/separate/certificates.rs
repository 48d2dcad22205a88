//! Certificates for mutual TLS between the processes, made and renewed by `doorward certificates`.

use std::fs;
use std::path::{Path, PathBuf};

use doorward_service_kit::grpc::{Channel, connect};
use doorward_service_kit::tls::{Tls, TlsConfig};

use super::{Separate, text};
use crate::Build;

/// The folder of the certificates of a deployment.
#[derive(Debug, Clone)]
pub struct Certificates {
    build: Build,
    folder: PathBuf,
}

impl Certificates {
    pub(super) fn make(build: &Build, folder: &Path) -> Self {
        let certificates = Self {
            build: build.clone(),
            folder: folder.join("certificates"),
        };
        certificates.change(&[]);
        certificates
    }

    /// Runs `doorward certificates` on the folder. The processes read it again by themselves.
    pub fn change(&self, options: &[&str]) {
        let folder = text(&self.folder);
        let arguments = [&["certificates", "--out", &folder], options].concat();
        let outcome = self.build.run("doorward", &arguments, "");
        outcome.assert_success();
    }

    /// The folder with the certificate of a name.
    #[must_use]
    pub fn folder(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A file of the certificate authority, `ca.crt` or `ca.key`.
    #[must_use]
    pub fn authority(&self, file: &str) -> String {
        fs::read_to_string(self.folder.join(file)).expect("the command has made it")
    }

    /// The settings of a process with the certificate of a name.
    #[must_use]
    pub fn config(&self, name: &str) -> TlsConfig {
        let folder = self.folder(name);
        TlsConfig {
            certificate: folder.join("tls.crt"),
            key: folder.join("tls.key"),
            ca: folder.join("ca.crt"),
        }
    }

    /// The section `[tls]` of a process with the certificate of a name.
    #[must_use]
    pub fn section(&self, name: &str) -> String {
        let TlsConfig {
            certificate,
            key,
            ca,
        } = self.config(name);
        let (certificate, key, ca) = (text(&certificate), text(&key), text(&ca));
        format!("[tls]\ncertificate = \"{certificate}\"\nkey = \"{key}\"\nca = \"{ca}\"\n")
    }
}

impl Separate {
    /// The certificates of a deployment with mutual TLS.
    #[must_use]
    pub fn certificates(&self) -> &Certificates {
        let certificates = self.certificates.as_ref();
        certificates.expect("this deployment has mutual TLS")
    }

    /// A channel to a process, in the name of another one.
    #[must_use]
    pub fn channel_as(&self, process: &'static str, caller: &str) -> Channel {
        let tls = self.certificates.as_ref().map(|certificates| {
            let config = certificates.config(caller);
            Tls::load(&config).expect("the certificate fits")
        });
        let service = service_of(process);
        connect(&self.address(process), service, tls.as_ref()).expect("the address is right")
    }
}

/// The name of a service, without the `-2` of its second process.
pub(super) fn service_of(process: &str) -> &str {
    process.strip_suffix("-2").unwrap_or(process)
}
