//! The issuer: the address by which browsers and applications know the server.

use url::{Host, Url};

/// An issuer as it will stand in every token, with a trailing slash. A clap value parser.
pub(crate) fn parse(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|_| "must be a URL such as https://login.example.com/")?;
    let host = url.host().ok_or("must name a host")?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&host) => {}
        "http" => return Err("http is only for localhost and loopback addresses; use https".into()),
        _ => return Err("must begin with https://".into()),
    }
    if url.path() != "/" {
        return Err("must not have a path".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not have a query or a fragment".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not have a user name".into());
    }
    Ok(url.into())
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_ones_get_their_slash() {
        for (given, expected) in [
            ("https://login.example.com", "https://login.example.com/"),
            ("https://login.example.com:8443/", "https://login.example.com:8443/"),
            ("http://localhost:8080", "http://localhost:8080/"),
            ("http://127.1.2.3:1", "http://127.1.2.3:1/"),
            ("http://[::1]:1/", "http://[::1]:1/"),
        ] {
            assert_eq!(parse(given).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn bad_ones_are_refused() {
        for (given, reason) in [
            ("login.example.com", "URL"),
            ("http://login.example.com", "loopback"),
            ("http://localhost.example.com", "loopback"),
            ("ftp://login.example.com", "https://"),
            ("https://login.example.com/tenant", "path"),
            ("https://login.example.com/?a=b", "query"),
            ("https://login.example.com/#a", "fragment"),
            ("https://me:pw@login.example.com", "user name"),
        ] {
            let error = parse(given).unwrap_err();
            assert!(error.contains(reason), "{given}: {error}");
        }
    }
}
