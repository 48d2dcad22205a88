//! The free port of a native client's loopback address, [RFC 8252 §7.3](https://www.rfc-editor.org/rfc/rfc8252#section-7.3).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::raw_uri::RawUri;

/// Is `requested` at the loopback address of `registered`, whatever its port? Names do not count: RFC 8252 §8.3 warns
/// of `localhost`, which may resolve to somewhere else.
pub(super) fn same_address(registered: &RawUri<'_>, requested: &RawUri<'_>) -> bool {
    let (Some(registered_at), Some(requested_at)) = (registered.authority, requested.authority)
    else {
        return false;
    };
    let host = without_port(registered_at);
    registered.is_web() && is_loopback(host) && host == without_port(requested_at)
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
    use super::*;

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
