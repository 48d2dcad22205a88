//! Faults of containers.

use std::time::{Duration, Instant};

use super::engine::{docker, try_docker};
use super::{Compose, LASTING, SERVICES};
use crate::{FRONTEND, PATIENCE, Replica};

/// The limit of each container in `docker-compose.yml`.
const PROCESSORS: &str = "1";

impl Compose {
    /// Kills a container, which stays away until [`start`](Self::start).
    pub fn kill(container: &str) {
        docker(&["kill", "--signal", "KILL", container]);
    }

    /// Stops a container by SIGTERM, and checks that it ended by itself.
    pub fn stop(container: &str) {
        docker(&["stop", "--time", "30", container]);
        let code = docker(&["inspect", "--format", "{{.State.ExitCode}}", container]);
        assert_eq!(code.trim(), "0", "{container} drains and ends");
    }

    /// Starts a container, and waits until it is healthy.
    pub async fn start(&self, container: &str) {
        docker(&["start", container]);
        Self::wait_until_healthy(container).await;
        self.find_frontends();
    }

    /// Freezes the processes of a container. The kernel still accepts connections for it.
    pub fn pause(container: &str) {
        docker(&["pause", container]);
    }

    /// Lets a frozen container go on.
    pub fn resume(container: &str) {
        docker(&["unpause", container]);
    }

    /// Gives both containers of a service a small share of a processor, until the result is dropped.
    pub fn throttle(&self, service: &str, processors: f64) -> Throttled {
        Self::throttle_these(self.both(service).into(), processors)
    }

    /// The same for one container.
    pub fn throttle_one(&self, service: &str, replica: Replica, processors: f64) -> Throttled {
        Self::throttle_these(vec![self.container(service, replica)], processors)
    }

    fn throttle_these(containers: Vec<String>, processors: f64) -> Throttled {
        for container in &containers {
            docker(&["update", "--cpus", &processors.to_string(), container]);
        }
        Throttled { containers }
    }

    /// Waits until a container's health check succeeds. The engine runs it only every few seconds.
    pub async fn wait_until_healthy(container: &str) {
        let begin = Instant::now();
        let check = docker(&[
            "inspect",
            "--format",
            "{{json .Config.Healthcheck.Test}}",
            container,
        ]);
        let check: Vec<String> =
            serde_json::from_str(&check).expect("a container with a health check");
        // The first word says that it needs no shell.
        let check: Vec<_> = check.iter().skip(1).map(String::as_str).collect();
        while !try_docker(&[&["exec", container], &check[..]].concat()) {
            assert!(begin.elapsed() < PATIENCE, "{container} is not healthy");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Mends what a failed test has left: frozen, stopped and disconnected containers, and rules of networks. Waits
    /// until all is well.
    pub async fn wait_until_well(&self) {
        let ours = format!("label=com.docker.compose.project={}", self.project);
        let list = ["ps", "--all", "--filter", &ours, "--format", "{{.Names}}"];
        let containers: Vec<_> = docker(&list).lines().map(str::to_owned).collect();
        let lasting = containers
            .iter()
            .filter(|container| self.is_lasting(container));
        for container in lasting.clone() {
            try_docker(&["unpause", container]);
            unthrottle(container);
            try_docker(&["start", container]);
        }
        for frontend in self.both(FRONTEND) {
            Self::mend(&frontend);
        }
        for container in lasting {
            Self::wait_until_healthy(container).await;
        }
        self.find_frontends();
    }

    /// Whether a container belongs to a service that runs all the time.
    fn is_lasting(&self, container: &str) -> bool {
        LASTING.contains(&self.service_of(container))
    }

    fn service_of<'a>(&self, container: &'a str) -> &'a str {
        let name = container.strip_prefix(&format!("{}-", self.project));
        let name = name.and_then(|name| name.rsplit_once('-'));
        name.map_or("", |(service, _)| service)
    }

    /// Takes a container out of the network of our services, until the result is dropped. Neither it nor its peers get
    /// a sign of that.
    pub fn cut_off(&self, container: &str) -> CutOff {
        let network = self.network(SERVICES);
        docker(&["network", "disconnect", &network, container]);
        CutOff {
            container: container.to_owned(),
            service: self.service_of(container).to_owned(),
            network,
        }
    }

    /// The containers of both replicas of a service.
    #[must_use]
    pub fn both(&self, service: &str) -> [String; 2] {
        [Replica::First, Replica::Second].map(|replica| self.container(service, replica))
    }
}

/// Containers with a small share of a processor.
#[derive(Debug)]
#[must_use]
pub struct Throttled {
    containers: Vec<String>,
}

impl Drop for Throttled {
    fn drop(&mut self) {
        for container in &self.containers {
            unthrottle(container);
        }
    }
}

fn unthrottle(container: &str) {
    try_docker(&["update", "--cpus", PROCESSORS, container]);
}

/// A container without a network.
#[derive(Debug)]
#[must_use]
pub struct CutOff {
    container: String,
    /// Its name in the network, which it shares with the other replica.
    service: String,
    network: String,
}

impl Drop for CutOff {
    fn drop(&mut self) {
        let connect = ["network", "connect", "--alias", &self.service];
        try_docker(&[&connect[..], &[&self.network, &self.container]].concat());
    }
}
