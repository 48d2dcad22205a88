//! Loopback addresses of native clients, with any port ([RFC 8252
//! §7.3](https://www.rfc-editor.org/rfc/rfc8252#section-7.3)).

use std::net::{Ipv4Addr, Ipv6Addr};

use url::Host;

use super::raw_uri::RawUri;

/// Whether `requested` is at the loopback address of `registered`, whatever its port. Names do not count: RFC 8252 §8.3
/// warns of `localhost`, which may resolve to somewhere else.
pub(super) fn same_address(registered: &RawUri<'_>, requested: &RawUri<'_>) -> bool {
    let (Some(registered_at), Some(requested_at)) = (registered.authority, requested.authority)
    else {
        return false;
    };
    let host = without_port(registered_at);
    // mutant: loopback-port-compared, localhost-taken-for-127-0-0-1
    registered.is_web() && is_loopback(host) && host == without_port(requested_at)
}

/// Whether the host is the device of the browser. Names below `localhost` do as well (RFC 6761 §6.3), and systems
/// take the unspecified address for their own.
pub(super) fn is_this_device(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(address) => address.is_loopback() || address.is_unspecified(),
        Host::Ipv6(address) => {
            let mapped = address.to_ipv4_mapped();
            address.is_loopback()
                || address.is_unspecified()
                || mapped.is_some_and(|address| address.is_loopback())
        }
    }
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

fn is_loopback(host: &str) -> bool {
    let v6 = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match v6 {
        Some(address) => address
            .parse()
            .is_ok_and(|address: Ipv6Addr| address.is_loopback()),
        None => host
            .parse()
            .is_ok_and(|address: Ipv4Addr| address.is_loopback()),
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    #[test]
    fn hosts_of_this_device() {
        for (url, expected) in [
            ("http://localhost:3000/", true),
            ("http://LOCALHOST/", true),
            ("http://app.localhost./", true),
            ("http://127.0.0.1:5000/", true),
            ("http://127.8.9.1/", true),
            ("http://0x7f.1/", true),
            ("http://0.0.0.0/", true),
            ("http://[::1]/", true),
            ("http://[::ffff:127.0.0.1]/", true),
            ("https://localhost.example.test/", false),
            ("https://mylocalhost/", false),
            ("http://10.0.0.1/", false),
            ("http://[fe80::1]/", false),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(is_this_device(&url.host().unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn addresses() {
        let cases = [
            ("http://127.0.0.1/cb", "http://127.0.0.1:5000/cb", true),
            ("http://127.0.0.1:3000/cb", "http://127.0.0.1/cb", true),
            ("http://[::1]/cb", "http://[::1]:5000/cb", true),
            ("http://127.0.0.1/cb", "http://127.0.0.2:5000/cb", false),
            ("http://localhost/cb", "http://localhost:5000/cb", false),
            ("http://10.0.0.1/cb", "http://10.0.0.1:5000/cb", false),
            ("http://127.0.0.1/cb", "http://u@127.0.0.1:5000/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:50x0/cb", false),
            ("http://[::1]/cb", "http://[::1]x:5000/cb", false),
            ("app://127.0.0.1/cb", "app://127.0.0.1:5000/cb", false),
            ("http:/cb", "http:/cb", false),
        ];
        for (registered, requested, expected) in cases {
            let [registered_uri, requested_uri] =
                [registered, requested].map(|text| RawUri::split(text).unwrap());
            assert_eq!(
                same_address(&registered_uri, &requested_uri),
                expected,
                "{registered} {requested}"
            );
        }
    }
}
