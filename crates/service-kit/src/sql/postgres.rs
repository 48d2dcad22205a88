//! The URL that PostgreSQL is connected with: by TLS, with a verified certificate, unless it is on this machine.

use std::borrow::Cow;
use std::path::Path;

use url::Url;

use super::{DatabaseConfig, OpenError};
use crate::{Pem, is_loopback_host, read_pem};

const VERIFIED: &str = "verify-full";
const ROOTS: &[&str] = &["sslrootcert", "ssl-root-cert", "ssl-ca"];

/// The URL with the password, the mode of TLS, and the paths of certificates in it.
pub(super) fn connect_url(config: &DatabaseConfig) -> Result<String, OpenError> {
    let mut url = Url::parse(&config.url)
        .map_err(|error| OpenError::setting("database.url", format!("is not a URL: {error}")))?;
    if let Some(password) = config.password()? {
        let set = url.set_password(Some(&password));
        set.map_err(|()| OpenError::setting("database.url", "names no host"))?;
    }
    let mode = mode(&url, config)?;
    let files = files(config)?;
    let mut query = url.query_pairs_mut();
    // What comes last counts.
    query.append_pair("sslmode", &mode);
    for (key, path) in files {
        query.append_pair(key, path);
    }
    drop(query);
    Ok(url.into())
}

/// The mode in the URL, if it may be used. Default: `verify-full`, or no TLS on this machine.
fn mode(url: &Url, config: &DatabaseConfig) -> Result<String, OpenError> {
    let given = query(url, &["sslmode", "ssl-mode"]).last();
    let is_local = is_local(url)?;
    let Some(mode) = given else {
        let has_files = config.ca.is_some() || config.certificate.is_some();
        let is_verified = !is_local || has_files || query(url, ROOTS).next().is_some();
        return Ok(if is_verified { VERIFIED } else { "disable" }.to_owned());
    };
    if mode == VERIFIED || is_local || config.allow_insecure {
        return Ok(mode.into_owned());
    }
    Err(OpenError::setting(
        "database.url",
        format!(
            "sslmode={mode} does not verify the server; use verify-full, or set database.allow_insecure"
        ),
    ))
}

/// Whether all hosts in the URL are this machine.
fn is_local(url: &Url) -> Result<bool, OpenError> {
    let authority = url.host_str().filter(|host| !host.is_empty());
    let hosts = authority
        .map(Cow::from)
        .into_iter()
        .chain(query(url, &["host", "hostaddr"]));
    let hosts: Vec<_> = hosts.collect();
    if hosts.is_empty() {
        let problem = "names no host, and no socket as ?host=/PATH";
        return Err(OpenError::setting("database.url", problem));
    }
    let is_socket = |host: &str| host.starts_with('/') || host.starts_with("%2F");
    Ok(hosts
        .iter()
        .all(|host| is_socket(host) || is_loopback_host(host)))
}

fn query<'a>(url: &'a Url, keys: &'static [&str]) -> impl Iterator<Item = Cow<'a, str>> {
    let pairs = url.query_pairs();
    pairs.filter_map(|(key, value)| keys.contains(&&*key).then_some(value))
}

/// The files of certificates, by their parameters. They are read here once, because the library does not name them.
fn files(config: &DatabaseConfig) -> Result<Vec<(&'static str, &str)>, OpenError> {
    if config.certificate.is_some() != config.key.is_some() {
        let problem = "is needed, and database.key too, or none of them";
        return Err(OpenError::setting("database.certificate", problem));
    }
    let files = [
        ("database.ca", "sslrootcert", &config.ca, Pem::Certificate),
        (
            "database.certificate",
            "sslcert",
            &config.certificate,
            Pem::Certificate,
        ),
        ("database.key", "sslkey", &config.key, Pem::PrivateKey),
    ];
    let given = files
        .into_iter()
        .filter_map(|(key, parameter, path, kind)| Some((key, parameter, path.as_deref()?, kind)));
    given
        .map(|(key, parameter, path, kind)| Ok((parameter, check(key, path, kind)?)))
        .collect()
}

fn check<'a>(key: &'static str, path: &'a Path, kind: Pem) -> Result<&'a str, OpenError> {
    read_pem(path, kind).map_err(|error| OpenError::setting(key, error.to_string()))?;
    let problem = || format!("{}: the path must be UTF-8", path.display());
    path.to_str()
        .ok_or_else(|| OpenError::setting(key, problem()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn config(url: &str) -> DatabaseConfig {
        DatabaseConfig::new(url)
    }

    fn parameters(config: &DatabaseConfig) -> HashMap<String, String> {
        let url = Url::parse(&connect_url(config).unwrap()).unwrap();
        url.query_pairs().into_owned().collect()
    }

    fn mode_of(url: &str) -> String {
        parameters(&config(url))["sslmode"].clone()
    }

    #[test]
    fn other_hosts_are_verified() {
        for url in [
            "postgres://u@db/x",
            "postgres://u@10.0.0.1/x",
            "postgres://u@localhost.example.com/x",
            "postgres://u@localhost/x?host=db",
            "postgres://u@localhost/x?hostaddr=10.0.0.1",
            "postgres://u@db/x?host=/run/postgresql",
            "postgres://u@db/x?sslmode=verify-full",
            "postgresql://u@db/x?sslmode=disable&sslmode=verify-full",
        ] {
            assert_eq!(mode_of(url), "verify-full", "{url}");
        }
    }

    #[test]
    fn this_machine_needs_no_tls() {
        for url in [
            "postgres://u@localhost/x",
            "postgres://u@127.0.0.1:5432/x",
            "postgres://u@[::1]/x",
            "postgres:///x?host=/run/postgresql",
            "postgres://u@%2Frun%2Fpostgresql/x",
        ] {
            assert_eq!(mode_of(url), "disable", "{url}");
        }
        assert_eq!(
            mode_of("postgres://u@localhost/x?sslmode=require"),
            "require"
        );
    }

    #[test]
    fn sec_183_a_server_that_is_not_verified_is_refused_unless_a_setting_allows_it() {
        for mode in ["disable", "allow", "prefer", "require", "verify-ca"] {
            let mut config = config(&format!("postgres://u@db/x?sslmode={mode}"));
            let refusal = connect_url(&config).unwrap_err().to_string();
            assert!(refusal.contains("database.allow_insecure"), "{refusal}");
            config.allow_insecure = true;
            assert_eq!(parameters(&config)["sslmode"], mode);
        }
    }

    #[test]
    fn certificates_are_checked_and_passed_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a file?.pem");
        std::fs::write(&path, "-----BEGIN CERTIFICATE-----").unwrap();
        let mut config = config("postgres://u@localhost/x");
        config.ca = Some(path.clone());
        let parameters = parameters(&config);
        assert_eq!(parameters["sslrootcert"], path.to_str().unwrap());
        assert_eq!(parameters["sslmode"], "verify-full");
        config.certificate = Some(path.clone());
        assert!(
            connect_url(&config)
                .unwrap_err()
                .to_string()
                .contains("database.key")
        );
        config.key = Some(path);
        let refusal = connect_url(&config).unwrap_err().to_string();
        assert!(
            refusal.starts_with("database.key ") && refusal.contains("PRIVATE KEY"),
            "{refusal}"
        );
        config.ca = Some(folder.path().join("missing"));
        let refusal = connect_url(&config).unwrap_err().to_string();
        assert!(
            refusal.starts_with("database.ca ") && refusal.contains("No such file"),
            "{refusal}"
        );
    }

    #[test]
    fn a_url_without_a_host_is_refused() {
        for url in ["postgres:///x", "postgres:x"] {
            let refusal = connect_url(&config(url)).unwrap_err().to_string();
            assert!(
                refusal.starts_with("database.url names no host"),
                "{refusal}"
            );
        }
    }
}
