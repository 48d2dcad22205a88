//! Free ports.

use std::collections::HashSet;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Mutex, PoisonError};

use doorward_service_kit::hex;

/// Ports below the range of outgoing connections, so that none of these takes a port in between.
const FIRST: u16 = 10_000;
const COUNT: u16 = 22_000;

/// Ports that this process has returned. A test may not be listening on its port yet.
static GIVEN: Mutex<Option<HashSet<u16>>> = Mutex::new(None);

/// Returns a free TCP port of 127.0.0.1, each only once per process. Random, so that tests in other processes get
/// other ports.
#[must_use]
pub fn free_port() -> u16 {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let given = given.get_or_insert_default();
    (0..1000)
        .map(|_| random_port())
        .find(|port| is_free(*port) && given.insert(*port))
        .expect("some port of 127.0.0.1 is free")
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn random_port() -> u16 {
    let random = u16::from_str_radix(&hex()[..4], 16).expect("four hexadecimal digits");
    FIRST + random % COUNT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_port_is_given_twice() {
        let ports: HashSet<u16> = (0..500).map(|_| free_port()).collect();
        assert_eq!(ports.len(), 500);
    }
}
