//! Who issues the tokens.

use serde::{Deserialize, Serialize};
use url::Url;

/// The `iss` claim: an `http` or `https` URL with a slash at its end, compared byte for byte by everyone who verifies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Issuer(String);

/// A text that cannot be an issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the issuer must be an http or https URL with a slash at its end, without user, query and fragment"
)]
pub struct InvalidIssuer;

impl Issuer {
    /// Checks an issuer.
    pub fn parse(text: &str) -> Result<Self, InvalidIssuer> {
        let url = Url::parse(text).map_err(|_| InvalidIssuer)?;
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        // A parser that had to change the text (upper case, a default port) would not compare equal to what clients
        // see.
        let canonical = url.as_str() == text && text.ends_with('/');
        if matches!(url.scheme(), "http" | "https") && plain && canonical {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidIssuer)
        }
    }

    /// The host in the issuer's URL.
    #[must_use]
    pub fn host(&self) -> String {
        let url = Url::parse(&self.0).ok();
        let host = url.as_ref().and_then(Url::host_str);
        host.unwrap_or_default().to_owned()
    }

    /// The issuer as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Issuer {
    type Error = InvalidIssuer;

    fn try_from(text: String) -> Result<Self, InvalidIssuer> {
        Self::parse(&text)
    }
}

impl From<Issuer> for String {
    fn from(issuer: Issuer) -> Self {
        issuer.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for (issuer, host) in [
            ("https://login.example.com/", "login.example.com"),
            ("http://localhost:8080/", "localhost"),
            ("http://[::1]/", "[::1]"),
            ("http://[::1]:8080/", "[::1]"),
        ] {
            assert_eq!(Issuer::parse(issuer).unwrap().host(), host);
        }
    }

    #[test]
    fn issuers() {
        for good in [
            "https://login.example.com/",
            "http://localhost:8080/",
            "https://a.example/tenant/",
        ] {
            assert_eq!(Issuer::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "login.example.com/",
            "https://login.example.com",
            "https://LOGIN.example.com/",
            "https://login.example.com:443/",
            "https://login.example.com/?a=/",
            "https://login.example.com/#/",
            "https://user@login.example.com/",
            "ftp://login.example.com/",
        ] {
            assert_eq!(Issuer::parse(bad), Err(InvalidIssuer), "{bad}");
        }
    }
}
