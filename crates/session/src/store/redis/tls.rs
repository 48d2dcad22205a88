//! TLS to Redis: needed for other machines, with the certificates in files.

use std::path::Path;

use doorward_service_kit::config::ConfigError;
use doorward_service_kit::{Pem, is_loopback_host, read_pem};
use redis::{ClientTlsConfig, ConnectionAddr, IntoConnectionInfo, TlsCertificates};

use super::address::Address;
use crate::config::RedisConfig;

/// The certificates for TLS; `None` without TLS, which another machine is refused without.
pub(super) fn certificates(
    address: &Address,
    config: &RedisConfig,
) -> Result<Option<TlsCertificates>, ConfigError> {
    if address.has_tls() {
        return read(config).map(Some);
    }
    let files = [
        ("redis.ca", &config.ca),
        ("redis.certificate", &config.certificate),
        ("redis.key", &config.key),
    ];
    if let Some((key, _)) = files.iter().find(|(_, file)| file.is_some()) {
        let problem = "is for TLS; begin redis.url with rediss";
        return Err(ConfigError::invalid(*key, problem));
    }
    if config.allow_insecure || is_local(address) {
        return Ok(None);
    }
    let problem = "another machine needs TLS; begin with rediss, or set redis.allow_insecure";
    Err(ConfigError::invalid("redis.url", problem))
}

/// Whether all hosts are this machine. The library reports what is no URL.
fn is_local(address: &Address) -> bool {
    let mut urls = address.urls().iter();
    urls.all(|url| match url.as_str().into_connection_info() {
        Ok(info) => match info.addr() {
            ConnectionAddr::Tcp(host, _) => is_loopback_host(host),
            _ => true,
        },
        Err(_) => true,
    })
}

fn read(config: &RedisConfig) -> Result<TlsCertificates, ConfigError> {
    let root_cert = file("redis.ca", config.ca.as_deref(), Pem::Certificate)?;
    let client_cert = file(
        "redis.certificate",
        config.certificate.as_deref(),
        Pem::Certificate,
    )?;
    let client_key = file("redis.key", config.key.as_deref(), Pem::PrivateKey)?;
    let client_tls = match (client_cert, client_key) {
        (Some(client_cert), Some(client_key)) => Some(ClientTlsConfig {
            client_cert,
            client_key,
        }),
        (None, None) => None,
        _ => {
            let problem = "is needed, and redis.key too, or none of them";
            return Err(ConfigError::invalid("redis.certificate", problem));
        }
    };
    Ok(TlsCertificates {
        client_tls,
        root_cert,
    })
}

fn file(key: &'static str, path: Option<&Path>, kind: Pem) -> Result<Option<Vec<u8>>, ConfigError> {
    let read =
        |path| read_pem(path, kind).map_err(|error| ConfigError::invalid(key, error.to_string()));
    Ok(path.map(read).transpose()?.map(String::into_bytes))
}
