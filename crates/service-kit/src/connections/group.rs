//! Addresses that are counted as one peer.

use std::net::{IpAddr, Ipv6Addr};

const NETWORK: u128 = !0 << 64;

/// An IPv4 address, or the /64 network of an IPv6 address: a single host has all of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Group(IpAddr);

impl Group {
    /// The address, or the first one of the network.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.0
    }
}

impl From<IpAddr> for Group {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(ip) => Self(Ipv6Addr::from_bits(ip.to_bits() & NETWORK).into()),
            v4 @ IpAddr::V4(_) => Self(v4),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_counts_as_one() {
        let group = |text: &str| Group::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(group("2001:db8:0:1::1"), group("2001:db8:0:1:ffff::2"));
        assert_ne!(group("2001:db8:0:1::1"), group("2001:db8:0:2::1"));
        assert_eq!(group("::ffff:192.0.2.1"), group("192.0.2.1"));
        assert_ne!(group("192.0.2.1"), group("192.0.2.2"));
    }
}
