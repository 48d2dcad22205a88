//! The issuer: the URL that identifies this deployment.

use std::fmt;
use std::net::IpAddr;

use doorward_service_kit::config::ConfigError;
use url::{Host, Url};

/// An issuer identifier: scheme, host and port, and always a trailing slash, as in Auth0's tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer(Url);

impl Issuer {
    /// Checks an issuer; a missing trailing slash is added. Plain `http` is only for loopback hosts.
    pub fn parse(value: &str) -> Result<Self, ConfigError> {
        let invalid =
            |problem: &str| ConfigError::invalid("issuer", format!("{value:?} {problem}"));
        let url = Url::parse(value).map_err(|_| invalid("is not a URL"))?;
        let host = url.host().ok_or_else(|| invalid("has no host"))?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&host) => {}
            "http" => {
                return Err(invalid(
                    "is plain http, which only loopback hosts may use; say https",
                ));
            }
            _ => return Err(invalid("does not begin with https://")),
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("must be scheme, host and port only"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("must not have a user name"));
        }
        Ok(Self(url))
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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn sec_105_hosts() {
        let issuer = Issuer::parse("https://auth.example.com").unwrap();
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
