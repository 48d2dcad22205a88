//! The names that get certificates.

use std::net::IpAddr;

/// The services, the commands, the demo API and the stores.
const NAMES: [&str; 10] = [
    "authorize-frontend",
    "client-registry",
    "identity",
    "session",
    "organization",
    "token-signing",
    "commands",
    "demo",
    "redis",
    "postgres",
];

/// The certificate that browsers see.
const BROWSERS: &str = "localhost";

/// All names, with the host names and addresses of their certificates.
pub(super) fn all(more: &[String], hosts: &[String]) -> Vec<(String, Vec<String>)> {
    let own = |name: &str| (name.to_owned(), vec![name.to_owned()]);
    let more = more.iter().map(String::as_str);
    let mut all: Vec<_> = NAMES.into_iter().chain(more).map(own).collect();
    let loopback = [BROWSERS, "127.0.0.1", "::1"].map(str::to_owned);
    let seen = loopback.into_iter().chain(hosts.iter().cloned()).collect();
    all.push((BROWSERS.to_owned(), seen));
    all
}

/// Parses `--name`: a DNS name, which becomes the name of a folder.
pub(crate) fn parse_name(text: &str) -> Result<String, &'static str> {
    if is_dns_name(text) && text != BROWSERS {
        Ok(text.to_owned())
    } else {
        Err("must be a DNS name in lower case, other than localhost")
    }
}

/// Parses `--host`: a DNS name, perhaps with a wildcard, or an IP address.
pub(crate) fn parse_host(text: &str) -> Result<String, &'static str> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    if is_dns_name(text.strip_prefix("*.").unwrap_or(text)) {
        Ok(text.to_owned())
    } else {
        Err("must be a DNS name in lower case, or an IP address")
    }
}

fn is_dns_name(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(allowed)
        && !label.starts_with('-')
        && !label.ends_with('-')
}
