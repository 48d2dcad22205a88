//! Faults of the network between containers, by rules of the kernel in one container's network namespace. A helper
//! container sets them, which needs no rights on the host.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use doorward_test_support::redis::Proxy;

use super::engine::{self, docker};
use super::{Compose, SERVICES, port};
use crate::{FRONTEND, PATIENCE, Replica};

/// The image of the helper, which `tests/tools/e2e.sh` builds.
const HELPER: &str = "doorward-e2e-network";

/// Our own chains, beside those of the engine.
const CHAINS: &str = "\
    for chain in INPUT OUTPUT; do \
        iptables -N E2E-$chain 2>/dev/null && iptables -I $chain -j E2E-$chain; \
    done; \
    iptables -t nat -N E2E 2>/dev/null && iptables -t nat -I OUTPUT -j E2E; \
    set -e; ";

/// A service whose answers arrive late, until this is dropped.
#[derive(Debug)]
pub struct Slowed<'a> {
    stack: &'a Compose,
    proxies: Vec<Proxy>,
}

impl Slowed<'_> {
    /// Delays every answer.
    pub fn delay(&self, by: Duration) {
        for proxy in &self.proxies {
            proxy.delay(by);
        }
    }

    /// Delays nothing any more.
    pub fn heal(&self) {
        for proxy in &self.proxies {
            proxy.heal();
        }
    }
}

impl Drop for Slowed<'_> {
    fn drop(&mut self) {
        for frontend in self.stack.both(FRONTEND) {
            Compose::mend(&frontend);
        }
        for proxy in &self.proxies {
            proxy.close();
        }
    }
}

impl Compose {
    /// Drops all packets of a container to a service, in one direction only: the way there.
    pub fn drop_packets_to(container: &str, service: &str) {
        let rule = format!(
            "iptables -A E2E-OUTPUT -p tcp --dport {} -j DROP",
            port(service)
        );
        set_rules(container, &rule);
    }

    /// Drops all packets of a service to a container, in one direction only: the way back.
    pub fn drop_packets_from(container: &str, service: &str) {
        let rule = format!(
            "iptables -A E2E-INPUT -p tcp --sport {} -j DROP",
            port(service)
        );
        set_rules(container, &rule);
    }

    /// Loses some of the packets between a container and all services, at random, in both directions.
    pub fn lose_packets(container: &str, percent: u32) {
        let share = f64::from(percent) / 100.0;
        let some = format!("-m statistic --mode random --probability {share} -j DROP");
        let (first, last) = (super::PORTS[0].1, super::PORTS[4].1);
        let rules = format!(
            "iptables -A E2E-OUTPUT -p tcp --dport {first}:{last} {some}; \
             iptables -A E2E-INPUT -p tcp --sport {first}:{last} {some}"
        );
        set_rules(container, &rules);
    }

    /// Resets the connections of a container to a service, and new ones.
    pub fn reset_connections(container: &str, service: &str) {
        let reset = "-j REJECT --reject-with tcp-reset";
        let port = port(service);
        let rules = format!(
            "iptables -A E2E-OUTPUT -p tcp --dport {port} {reset}; \
             iptables -A E2E-INPUT -p tcp --sport {port} {reset}"
        );
        set_rules(container, &rules);
    }

    /// Removes all rules from a container's network.
    pub fn mend(container: &str) {
        let rules = "iptables -F E2E-INPUT; iptables -F E2E-OUTPUT; iptables -t nat -F E2E";
        set_rules(container, rules);
    }

    /// Puts a proxy of the tests between both frontends and each container of a service. The proxies run here, on an
    /// address of the stack's network that belongs to the host.
    #[must_use]
    pub fn slow_down(&self, service: &str) -> Slowed<'_> {
        let port = port(service);
        let network = self.network(SERVICES);
        let mut proxies = Vec::new();
        let mut diversions = String::new();
        for replica in [Replica::First, Replica::Second] {
            let container = self.container(service, replica);
            let address = engine::address_in(&network, &container).expect("the service runs");
            let here = engine::host_in(&network);
            let proxy = Proxy::between(SocketAddr::new(here, 0), (address, port).into());
            let diversion = [
                format!("iptables -t nat -A E2E -p tcp -d {address} --dport {port} -j DNAT"),
                format!(" --to-destination {}; ", proxy.address()),
            ];
            diversions.extend(diversion);
            proxies.push(proxy);
        }
        // The rules count for new connections only. An old one ends with its next packet, a ping at the latest; until
        // the diversions are there, none can begin.
        let connected =
            format!("awk '$3 ~ /:{port:04X}$/ && $4 == \"01\" {{print $2}}' /proc/net/tcp");
        let divert = format!(
            "old=$({connected}); {diversions} \
             for each in $old; do while {connected} | grep -q $each; do sleep 0.1; done; done; \
             iptables -F E2E-INPUT; iptables -F E2E-OUTPUT"
        );
        for frontend in self.both(FRONTEND) {
            Self::reset_connections(&frontend, service);
            set_rules(&frontend, &divert);
        }
        for proxy in &proxies {
            let begin = Instant::now();
            while proxy.accepted() < 2 {
                assert!(begin.elapsed() < PATIENCE, "a frontend does not come back");
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        Slowed {
            stack: self,
            proxies,
        }
    }
}

/// Sets rules in a container's network.
fn set_rules(container: &str, rules: &str) {
    let network = format!("container:{container}");
    let script = format!("{CHAINS}{rules}");
    let run = ["run", "--rm", "--network", &network];
    let helper = ["--cap-add", "NET_ADMIN", HELPER, "sh", "-c", &script];
    docker(&[&run[..], &helper].concat());
}
