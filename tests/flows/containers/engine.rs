//! The container engine, by its command line.

use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// The first container of a service.
pub(super) fn container(service: &str) -> String {
    let project = std::env::var_os("DOORWARD_E2E_PROJECT").expect("`make e2e` names the stack");
    format!("{}-{service}-1", project.to_string_lossy())
}

/// Runs `docker` and returns its standard output, which may be binary.
#[track_caller]
pub(super) fn docker(arguments: &[&str]) -> Vec<u8> {
    let output = try_docker(arguments);
    assert!(
        output.status.success(),
        "docker {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

pub(super) fn try_docker(arguments: &[&str]) -> Output {
    let output = Command::new("docker").args(arguments).output();
    output.expect("the container engine's command is installed")
}

/// The description of a container or image.
#[track_caller]
pub(super) fn inspect(object: &str) -> Value {
    let text = docker(&["inspect", object]);
    let mut all: Vec<Value> = serde_json::from_slice(&text).expect("JSON");
    all.pop().expect("one object")
}

/// The process of a container, as a folder of `/proc`.
pub(super) fn process(container: &str) -> String {
    let pid = inspect(container)["State"]["Pid"].clone();
    format!("/proc/{pid}")
}

/// The files of a folder in a container.
pub(super) fn copy(container: &str, folder: &str) -> TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    let from = format!("{container}:{folder}/.");
    let to = copy.path().to_str().expect("the path is text");
    docker(&["cp", &from, to]);
    copy
}
