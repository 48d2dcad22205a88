//! The settings that `deploy` has for services in containers.

use std::path::{Path, PathBuf};

/// The settings of a service in the local stack, and in a cluster.
#[must_use]
pub fn container_settings(service: &str) -> [PathBuf; 2] {
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy");
    let folders = ["compose", "kubernetes/overlays/production/settings"];
    folders.map(|folder| deploy.join(folder).join(format!("{service}.toml")))
}
