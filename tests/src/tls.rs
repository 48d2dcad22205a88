//! HTTPS as in production: a certificate for a name that only the tests' clients resolve.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use reqwest::{Certificate, Client};

use crate::deployment::http_builder;

const HOST: &str = "auth.example.test";

/// The certificate of a deployment.
#[derive(Debug)]
pub(crate) struct Tls {
    certificate: PathBuf,
    key: PathBuf,
}

impl Tls {
    /// Makes the certificate, in that folder.
    pub(crate) fn make(folder: &Path) -> Self {
        let tls = Self {
            certificate: folder.join("certificate.pem"),
            key: folder.join("key.pem"),
        };
        let made = rcgen::generate_simple_self_signed([HOST.to_owned()]).expect("a certificate");
        write(&tls.certificate, &made.cert.pem());
        write(&tls.key, &made.signing_key.serialize_pem());
        tls
    }

    /// The name says no port, so that hosts and origins are those of a public deployment.
    pub(crate) fn issuer() -> String {
        format!("https://{HOST}/")
    }

    pub(crate) fn certificate(&self) -> &Path {
        &self.certificate
    }

    pub(crate) fn key(&self) -> &Path {
        &self.key
    }

    /// Resolves the name to where the deployment listens, and trusts its certificate and no other.
    pub(crate) fn http(&self, listen: SocketAddr) -> Client {
        let pem = std::fs::read(&self.certificate).expect("the certificate can be read");
        let certificate = Certificate::from_pem(&pem).expect("the certificate is PEM");
        let builder = http_builder()
            .resolve(HOST, listen)
            .tls_certs_only([certificate]);
        builder.build().expect("an HTTPS client")
    }
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("the folder can be written");
}
