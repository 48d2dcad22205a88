//! Addresses that begin sign-ins.

use std::fmt;
use std::net::IpAddr;

use doorward_service_kit::connections::Group;
use doorward_service_kit::token_hash;

/// Address of one subscriber: an IPv4 address, or the /64 of an IPv6 address (RFC 6177). Stored as a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAddress(Group);

impl ClientAddress {
    /// Parses an address. `None` for other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let ip = text.parse::<IpAddr>().ok()?;
        Some(Self(ip.into()))
    }

    /// Hash under which it is stored.
    #[must_use]
    pub fn hash(&self) -> String {
        token_hash(&self.0.address().to_string())
    }
}

/// The address, or the network of an IPv6 address.
impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.address() {
            IpAddr::V4(ip) => write!(f, "{ip}"),
            IpAddr::V6(ip) => write!(f, "{ip}/64"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(text: &str) -> String {
        ClientAddress::parse(text).unwrap().hash()
    }

    #[test]
    fn an_ipv6_subscriber_is_one() {
        assert_eq!(hash("2001:db8:1:2::1"), hash("2001:db8:1:2:ffff::9"));
        assert_ne!(hash("2001:db8:1:2::1"), hash("2001:db8:1:3::1"));
    }

    #[test]
    fn an_ipv4_address_is_one_however_it_is_written() {
        assert_eq!(hash("192.0.2.1"), hash("::ffff:192.0.2.1"));
        assert_ne!(hash("192.0.2.1"), hash("192.0.2.2"));
    }

    #[test]
    fn other_text_is_no_address() {
        for text in ["", "unknown", "192.0.2.1:80", "example.test"] {
            assert_eq!(ClientAddress::parse(text), None, "{text}");
        }
    }
}
