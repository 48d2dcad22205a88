//! SEC-214: without root, without rights, without a shell, and with nothing to write to.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};

use super::SERVICES;
use super::engine::{container, docker, inspect, process, try_docker};

/// A line of a process's `status`.
fn status(process: &str, name: &str) -> String {
    let status = fs::read_to_string(format!("{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().trim_matches([':', '\t', ' ']).to_owned()
}

#[test]
#[ignore = "needs the local stack: make e2e"]
fn sec_214_processes_have_no_rights() {
    for service in SERVICES {
        let process = process(&container(service));
        let status = |name| status(&process, name);
        assert_eq!(status("Uid"), "65532\t65532\t65532\t65532", "{service}");
        assert_eq!(status("Gid"), "65532\t65532\t65532\t65532", "{service}");
        for rights in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
            assert_eq!(status(rights), "0000000000000000", "{service}: {rights}");
        }
        assert_eq!(status("NoNewPrivs"), "1", "{service}");
        // A filter of system calls.
        assert_eq!(status("Seccomp"), "2", "{service}");
    }
}

#[test]
#[ignore = "needs the local stack: make e2e"]
fn sec_214_nothing_can_be_written() {
    for service in SERVICES {
        let container = container(service);
        let mounts = fs::read_to_string(format!("{}/mounts", process(&container))).unwrap();
        for mount in mounts.lines() {
            let [_, at, kind, options, ..] = mount.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{mount}");
            };
            let read_only = options.split(',').any(|option| option == "ro");
            // Devices and kernel interfaces; the engine's files belong to root.
            let kernel = ["proc", "devpts", "mqueue", "cgroup", "cgroup2", "sysfs"].contains(&kind)
                || (kind == "tmpfs" && ["/dev", "/dev/shm", "/sys/fs/cgroup"].contains(&at))
                || (kind == "tmpfs" && at.starts_with("/proc/"))
                || (kind == "devtmpfs" && at.starts_with("/proc/"));
            let engine = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"].contains(&at);
            assert!(read_only || kernel || engine, "{service}: {mount}");
        }
        let limits = &inspect(&container)["HostConfig"];
        assert!(limits["Memory"].as_u64().unwrap() > 0, "{service}");
        assert!(limits["PidsLimit"].as_u64().unwrap() > 0, "{service}");
    }
}

/// The files of a container's image.
///
/// Lists a new container that is never started: while files are copied out of a running one, its volumes belong to the
/// export of the engine (seen with 20.10.24).
fn files(container: &str) -> BTreeSet<String> {
    let image = inspect(container)["Image"].clone();
    let fresh = docker(&["create", image.as_str().unwrap()]);
    let fresh = String::from_utf8(fresh).unwrap();
    let mut export = Command::new("docker")
        .args(["export", fresh.trim()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let list = Command::new("tar")
        .arg("--list")
        .stdin(export.stdout.take().unwrap())
        .output()
        .unwrap();
    let exported = export.wait().unwrap();
    docker(&["rm", fresh.trim()]);
    assert!(exported.success() && list.status.success());
    let list = String::from_utf8(list.stdout).unwrap();
    let files = list.lines().filter(|name| !name.ends_with('/'));
    files.map(str::to_owned).collect()
}

#[test]
#[ignore = "needs the local stack: make e2e"]
fn sec_214_images_hold_one_program_and_no_shell() {
    for service in SERVICES {
        let container = container(service);
        let program = format!("usr/bin/doorward-{service}");
        // The engine puts empty files where it mounts its own.
        let allowed = |file: &str| {
            file == program
                || file.contains("lib") && format!("{file}.").contains(".so.")
                || file == "etc/ssl/certs/ca-certificates.crt"
                || file == format!("etc/doorward/{service}.toml")
                || [
                    "passwd",
                    "group",
                    "nsswitch.conf",
                    "hosts",
                    "hostname",
                    "resolv.conf",
                    "mtab",
                ]
                .iter()
                .any(|name| file == format!("etc/{name}"))
                || file.starts_with("dev/")
                || file == ".dockerenv"
        };
        let surplus: Vec<_> = files(&container)
            .into_iter()
            .filter(|file| !allowed(file))
            .collect();
        assert!(surplus.is_empty(), "{service}: {surplus:?}");
        for shell in ["/bin/sh", "sh", "bash", "busybox", "env", "cat"] {
            let started = try_docker(&["exec", &container, shell]);
            assert!(!started.status.success(), "{service}: {shell}");
        }
    }
}

#[test]
#[ignore = "needs the local stack: make e2e"]
fn images_are_small_and_labelled() {
    for service in SERVICES {
        let image = inspect(&container(service))["Image"].clone();
        let image = inspect(image.as_str().unwrap());
        let size = image["Size"].as_u64().unwrap();
        assert!(size < 60_000_000, "{service}: {size} bytes");
        let labels = &image["Config"]["Labels"];
        assert_eq!(
            labels["org.opencontainers.image.title"],
            format!("doorward-{service}")
        );
        assert_eq!(labels["org.opencontainers.image.licenses"], "Apache-2.0");
        let check = &image["Config"]["Healthcheck"]["Test"];
        assert_eq!(check[1], format!("/usr/bin/doorward-{service}"));
    }
}
