//! SEC-216: secrets are in the volumes of those who need them, and nowhere else.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::SERVICES;
use super::engine::{container, copy, docker, inspect, process};

/// The containers that run all the time.
fn lasting() -> impl Iterator<Item = &'static str> {
    SERVICES.into_iter().chain(["postgres", "redis"])
}

/// Every secret of the stack, with the name of a container that has it.
fn secrets() -> BTreeMap<String, &'static str> {
    let mut secrets = BTreeMap::new();
    for service in lasting() {
        let folder = copy(&container(service), "/run/doorward/tls");
        for file in fs::read_dir(folder.path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension == "key") {
                let text = fs::read_to_string(&path).unwrap();
                // The longest line of a key in PEM; the only line of a password.
                let line = text.lines().max_by_key(|line| line.len()).unwrap();
                if line.len() >= 16 {
                    secrets.insert(line.to_owned(), service);
                }
            }
        }
    }
    // Eight keys, four passwords of databases, two of Redis, two key-encryption keys.
    assert_eq!(secrets.len(), 8 + 4 + 2 + 2);
    secrets
}

#[track_caller]
fn assert_free_of(secrets: &BTreeMap<String, &str>, text: &[u8], place: &str) {
    for (secret, owner) in secrets {
        let found = text
            .windows(secret.len())
            .any(|part| part == secret.as_bytes());
        assert!(!found, "a secret of {owner} is in {place}");
    }
}

#[test]
#[ignore = "needs the local stack: make e2e"]
fn sec_216_no_secret_in_a_description_variable_argument_or_log() {
    let secrets = secrets();
    for service in lasting() {
        let container = container(service);
        let image = inspect(&container)["Image"].as_str().unwrap().to_owned();
        let process = process(&container);
        let places = [
            ("inspect", docker(&["inspect", &container, &image])),
            ("history", docker(&["history", "--no-trunc", &image])),
            (
                "environment",
                fs::read(format!("{process}/environ")).unwrap(),
            ),
            ("arguments", fs::read(format!("{process}/cmdline")).unwrap()),
            ("log", docker(&["logs", &container])),
        ];
        for (place, text) in places {
            assert_free_of(&secrets, &text, &format!("{place} of {service}"));
        }
    }
}

#[test]
#[ignore = "needs the local stack: make e2e"]
fn sec_216_no_secret_in_a_layer() {
    let secrets = secrets().into_keys().collect::<Vec<_>>().join("\n");
    let mut patterns = tempfile::NamedTempFile::new().unwrap();
    patterns.write_all(secrets.as_bytes()).unwrap();
    for service in SERVICES {
        let image = inspect(&container(service))["Image"].clone();
        assert!(
            !image_contains(image.as_str().unwrap(), patterns.path()),
            "{service}"
        );
    }
}

/// Whether a line of the file is anywhere in the layers.
fn image_contains(image: &str, patterns: &Path) -> bool {
    let mut save = Command::new("docker")
        .args(["save", image])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let search = Command::new("grep")
        .args(["--text", "--fixed-strings", "--count", "--file"])
        .arg(patterns)
        .stdin(save.stdout.take().unwrap())
        .output()
        .unwrap();
    assert!(save.wait().unwrap().success(), "docker save {image}");
    let count = String::from_utf8(search.stdout).unwrap();
    count.trim().parse::<u64>().unwrap() > 0
}

#[test]
#[ignore = "needs the local stack: make e2e"]
fn sec_216_each_service_has_its_own_volume_only() {
    for service in SERVICES {
        let description = inspect(&container(service));
        let mounts = description["Mounts"].as_array().unwrap();
        let volumes: Vec<_> = mounts
            .iter()
            .filter_map(|mount| mount["Name"].as_str())
            .collect();
        let project = container(service).replace(&format!("-{service}-1"), "");
        let own = format!("{project}_tls-{service}");
        let shared = format!("{project}_tls-localhost");
        for volume in volumes {
            let browsers = service == "authorize-frontend" && volume == shared;
            assert!(volume == own || browsers, "{service}: {volume}");
        }
    }
}
