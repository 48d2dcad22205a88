//! The container engine, by its command line.

use std::net::IpAddr;
use std::process::{Command, Output};

/// Runs `docker`, which must succeed, and returns its standard output.
#[track_caller]
pub(super) fn docker(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "docker {arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs `docker`, and returns whether it succeeded.
pub(super) fn try_docker(arguments: &[&str]) -> bool {
    run(arguments).status.success()
}

/// The newest lines of a container's log.
pub(super) fn log(container: &str, lines: &str) -> String {
    let output = run(&["logs", "--tail", lines, container]);
    let log = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&log).into_owned()
}

/// The address of a container in a network; `None` if it is not there.
pub(super) fn address_in(network: &str, container: &str) -> Option<IpAddr> {
    let format = format!(
        "{{{{range $name, $it := .NetworkSettings.Networks}}}}\
         {{{{if eq $name \"{network}\"}}}}{{{{$it.IPAddress}}}}{{{{end}}}}{{{{end}}}}"
    );
    let address = docker(&["inspect", "--format", &format, container]);
    address.trim().parse().ok()
}

/// The address of the host in a network.
pub(super) fn host_in(network: &str) -> IpAddr {
    let format = "{{range .IPAM.Config}}{{.Gateway}}{{end}}";
    let address = docker(&["network", "inspect", "--format", format, network]);
    address.trim().parse().expect("the network has a gateway")
}

fn run(arguments: &[&str]) -> Output {
    let output = Command::new("docker").args(arguments).output();
    output.expect("the container engine's command is installed")
}
