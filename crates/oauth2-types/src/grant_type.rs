//! `grant_type`: what a client exchanges for tokens.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// A way to get tokens: sent to the token endpoint, and registered with a client as what it may use.
///
/// See [RFC 6749 §4](https://www.rfc-editor.org/rfc/rfc6749#section-4) and
/// [RFC 7591 §2](https://www.rfc-editor.org/rfc/rfc7591#section-2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GrantType {
    /// `authorization_code`, RFC 6749 §4.1.
    AuthorizationCode,
    /// `implicit`, RFC 6749 §4.2: tokens come from the authorization endpoint. Registered, but never sent.
    Implicit,
    /// `password`, RFC 6749 §4.3.
    Password,
    /// `client_credentials`, RFC 6749 §4.4.
    ClientCredentials,
    /// `refresh_token`, RFC 6749 §6.
    RefreshToken,
    /// `urn:ietf:params:oauth:grant-type:device_code`, RFC 8628 §3.4.
    DeviceCode,
    /// An extension grant (RFC 6749 §4.5), kept as it was spelled.
    Other(String),
}

impl GrantType {
    /// The name as requests and client settings spell it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::Implicit => "implicit",
            Self::Password => "password",
            Self::ClientCredentials => "client_credentials",
            Self::RefreshToken => "refresh_token",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for GrantType {
    fn from(name: &str) -> Self {
        match name {
            "authorization_code" => Self::AuthorizationCode,
            "implicit" => Self::Implicit,
            "password" => Self::Password,
            "client_credentials" => Self::ClientCredentials,
            "refresh_token" => Self::RefreshToken,
            "urn:ietf:params:oauth:grant-type:device_code" => Self::DeviceCode,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl FromStr for GrantType {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(name.into())
    }
}

impl fmt::Display for GrantType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for GrantType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for GrantType {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Ok(name.as_str().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        let cases = [
            ("authorization_code", GrantType::AuthorizationCode),
            ("implicit", GrantType::Implicit),
            ("password", GrantType::Password),
            ("client_credentials", GrantType::ClientCredentials),
            ("refresh_token", GrantType::RefreshToken),
            (
                "urn:ietf:params:oauth:grant-type:device_code",
                GrantType::DeviceCode,
            ),
        ];
        for (name, grant_type) in cases {
            assert_eq!(GrantType::from(name), grant_type);
            assert_eq!(grant_type.to_string(), name);
            assert_eq!(serde_json::to_value(&grant_type).unwrap(), name);
        }
    }

    #[test]
    fn unknown_names_are_kept() {
        for name in ["Implicit", "http://auth0.com/oauth/grant-type/mfa-otp", ""] {
            let grant_type = GrantType::from(name);
            assert_eq!(grant_type, GrantType::Other(name.to_owned()));
            assert_eq!(grant_type.as_str(), name);
        }
    }
}
