//! Tells hosts of this machine from others.

use std::net::IpAddr;

/// Whether a host is this machine itself: `localhost` or a loopback address, also in brackets.
#[must_use]
pub fn is_loopback_host(host: &str) -> bool {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let address = bare.unwrap_or(host).parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_this_machine() {
        for host in [
            "localhost",
            "LocalHost",
            "127.0.0.1",
            "127.9.9.9",
            "::1",
            "[::1]",
        ] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in [
            "",
            "localhost.example.com",
            "10.0.0.1",
            "[::2]",
            "127.0.0.1.example.com",
        ] {
            assert!(!is_loopback_host(host), "{host}");
        }
    }
}
