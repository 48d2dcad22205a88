//! The issuer: the URL that identifies this deployment.

use std::fmt;
use std::net::IpAddr;

use doorward_service_kit::config::ConfigError;
use url::{Host, Position, Url};

/// An issuer identifier: scheme, host and port, and always a trailing slash, as in Auth0's tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer(Url);

impl Issuer {
    /// Checks an issuer; a missing trailing slash is added. Plain `http` is only for loopback hosts.
    pub fn parse(value: &str) -> Result<Self, ConfigError> {
        Self::parse_by(value, |url, host| match url.scheme() {
            "https" => Ok(()),
            "http" if is_loopback(host) => Ok(()),
            "http" => Err("is plain http, which only loopback hosts may use; say https"),
            _ => Err("does not begin with https://"),
        })
    }

    /// Checks the issuer of a server for tests: plain `http`, with any host that is not on the public internet.
    pub fn parse_plain_http(value: &str) -> Result<Self, ConfigError> {
        Self::parse_by(value, |url, host| match url.scheme() {
            // mutant: plain-http-issuer-with-public-name
            "http" if is_public(host) => Err(
                "is plain http with a public name; for tests use a name without a dot, or one that ends in .test",
            ),
            "http" => Ok(()),
            _ => Err("is not plain http, so cookies without `Secure` are refused"),
        })
    }

    fn parse_by(
        value: &str,
        check: impl FnOnce(&Url, &Host<&str>) -> Result<(), &'static str>,
    ) -> Result<Self, ConfigError> {
        let invalid =
            |problem: &str| ConfigError::invalid("issuer", format!("{value:?} {problem}"));
        let url = Url::parse(value).map_err(|_| invalid("is not a URL"))?;
        let host = url.host().ok_or_else(|| invalid("has no host"))?;
        check(&url, &host).map_err(invalid)?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("must be scheme, host and port only"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("must not have a user name"));
        }
        Ok(Self(url))
    }

    /// Whether the host may be one of the public internet: a name of a public domain, or a public address.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.0.host().is_some_and(|host| is_public(&host))
    }

    /// The `iss` claim.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// A URL below the issuer.
    #[must_use]
    pub fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.as_str())
    }

    /// The URL of `/userinfo`, which is also an audience.
    #[must_use]
    pub fn userinfo_endpoint(&self) -> String {
        self.endpoint("userinfo")
    }

    /// Whether the issuer is `https`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Host and port, as in a `Host` header (RFC 9110 §7.2).
    #[must_use]
    pub fn host(&self) -> &str {
        &self.0[Position::BeforeHost..Position::AfterPort]
    }

    /// Whether a URL is this path of the issuer, with any query.
    pub(crate) fn has_page(&self, url: &Url, path: &str) -> bool {
        url.origin() == self.0.origin() && url.path() == path
    }

    /// Whether a `Host` header (RFC 9110 §7.2) names this issuer.
    #[must_use]
    pub fn is_host(&self, host: &str) -> bool {
        let Ok(url) = Url::parse(&format!("{}://{host}/", self.0.scheme())) else {
            return false;
        };
        url == self.0
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(ip) => IpAddr::V4(*ip).is_loopback(),
        Host::Ipv6(ip) => IpAddr::V6(*ip).is_loopback(),
    }
}

/// The last labels of names that the public DNS does not have (RFC 2606, RFC 6761, RFC 6762, RFC 8375, ICANN's
/// `internal`).
const PRIVATE_LABELS: [&str; 6] = [
    "test",
    "localhost",
    "local",
    "internal",
    "example",
    "invalid",
];

fn is_public(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            let last = name.rsplit_once('.').map(|(_, last)| last);
            last.is_some_and(|last| !PRIVATE_LABELS.contains(&last))
                && !name.ends_with(".home.arpa")
        }
        Host::Ipv4(ip) => is_public_address(IpAddr::V4(*ip)),
        Host::Ipv6(ip) => is_public_address(ip.to_canonical()),
    }
}

fn is_public_address(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified())
        }
        IpAddr::V6(ip) => {
            let is_local = ip.is_unique_local() || ip.is_unicast_link_local();
            !(ip.is_loopback() || is_local || ip.is_unspecified())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_218_hosts_of_the_public_internet() {
        for (value, expected) in [
            ("https://login.example.com", true),
            ("https://login.example.com.", true),
            ("https://192.0.2.1", true),
            ("https://[2001:db8::1]", true),
            ("https://[::ffff:192.0.2.1]", true),
            ("https://test.example.com", true),
            ("https://localhost:8443", false),
            ("https://doorward:8443", false),
            ("https://auth.example.test", false),
            ("https://doorward.default.svc.cluster.local", false),
            ("https://host.docker.internal", false),
            ("https://nas.home.arpa", false),
            ("https://127.0.0.1", false),
            ("https://172.17.0.2", false),
            ("https://[fd00::1]", false),
            ("https://[::ffff:10.0.0.1]", false),
        ] {
            assert_eq!(
                Issuer::parse(value).unwrap().is_public(),
                expected,
                "{value}"
            );
        }
    }

    #[test]
    fn sec_218_plain_http_issuers_of_tests() {
        for value in [
            "http://doorward:8080",
            "http://localhost:8080",
            "http://login.example.test",
            "http://172.17.0.2:8080",
        ] {
            Issuer::parse_plain_http(value).unwrap();
        }
        for value in [
            "https://doorward:8443",
            "https://login.example.com",
            "https://localhost",
            "http://login.example.com",
            "http://192.0.2.1",
            "http://doorward:8080/path",
            "ftp://doorward",
        ] {
            assert!(Issuer::parse_plain_http(value).is_err(), "{value}");
        }
    }

    #[test]
    fn accepted() {
        for (value, issuer) in [
            ("https://auth.example.com", "https://auth.example.com/"),
            ("https://auth.example.com/", "https://auth.example.com/"),
            ("http://localhost:8080", "http://localhost:8080/"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
            ("http://[::1]:8080/", "http://[::1]:8080/"),
        ] {
            assert_eq!(Issuer::parse(value).unwrap().as_str(), issuer);
        }
    }

    #[test]
    fn refused() {
        for value in [
            "",
            "auth.example.com",
            "http://auth.example.com/",
            "http://localhost.evil.test/",
            "ftp://localhost/",
            "https://auth.example.com/tenant",
            "https://auth.example.com/?x=1",
            "https://auth.example.com/#x",
            "https://user@auth.example.com/",
        ] {
            assert!(Issuer::parse(value).is_err(), "{value}");
        }
    }

    #[test]
    fn pages_below_the_issuer() {
        let issuer = Issuer::parse("https://auth.example.com").unwrap();
        for (url, expected) in [
            ("https://auth.example.com/u/start", true),
            ("https://AUTH.example.com:443/u/start?x=1#y", true),
            ("https://auth.example.com/u/start/more", false),
            ("https://auth.example.com:8443/u/start", false),
            ("http://auth.example.com/u/start", false),
            ("https://app.example.com/u/start", false),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(issuer.has_page(&url, "/u/start"), expected, "{url}");
        }
    }

    #[test]
    fn sec_105_hosts() {
        let issuer = Issuer::parse("https://auth.example.com").unwrap();
        for (value, host) in [
            ("https://auth.example.com", "auth.example.com"),
            ("https://auth.example.com:8443/", "auth.example.com:8443"),
            ("http://[::1]:8080/", "[::1]:8080"),
        ] {
            let issuer = Issuer::parse(value).unwrap();
            assert_eq!(issuer.host(), host);
            assert!(issuer.is_host(host), "{host}");
        }
        for good in [
            "auth.example.com",
            "AUTH.example.com",
            "auth.example.com:443",
        ] {
            assert!(issuer.is_host(good), "{good}");
        }
        for bad in [
            "evil.test",
            "auth.example.com:8443",
            "auth.example.com/x",
            "x@auth.example.com",
            "",
        ] {
            assert!(!issuer.is_host(bad), "{bad}");
        }
    }
}
