//! Ports that nobody uses.

use std::net::{Ipv4Addr, TcpListener};

use doorward_service_kit::hex;

/// Below the range that the kernel hands to outgoing connections, so that none of them takes the port meanwhile.
const FIRST: u16 = 10_000;
const COUNT: u16 = 22_000;

/// A TCP port of 127.0.0.1 that was free a moment ago. Random, so that tests in parallel choose different ones.
#[must_use]
pub fn free_port() -> u16 {
    (0..1000)
        .map(|_| random_port())
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .expect("some port of 127.0.0.1 is free")
}

fn random_port() -> u16 {
    let random = u16::from_str_radix(&hex()[..4], 16).expect("four hexadecimal digits");
    FIRST + random % COUNT
}
