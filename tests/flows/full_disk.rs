//! A disk without space.

use std::path::PathBuf;
use std::process::Command;

use doorward_e2e::run;
use tempfile::TempDir;

/// A small file system.
pub(super) struct FullDisk {
    folder: TempDir,
    filler: PathBuf,
    /// KiB.
    size: usize,
}

impl FullDisk {
    /// Mounts a file system of 64 KiB and fills it; `None` if this user may not mount.
    pub(super) fn mount() -> Option<Self> {
        let disk = Self::empty(64)?;
        disk.fill();
        Some(disk)
    }

    /// Mounts a file system of so many KiB; `None` if this user may not mount.
    pub(super) fn empty(size: usize) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}k"), "tmpfs"]);
        let mounted = mount.arg(folder.path()).output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            println!("not run: a small file system can only be mounted by root");
            return None;
        }
        let filler = folder.path().join("filler");
        Some(Self {
            folder,
            filler,
            size,
        })
    }

    /// Takes all space that is left.
    pub(super) fn fill(&self) {
        let full = std::fs::write(&self.filler, vec![0; (self.size + 64) * 1024]);
        assert!(full.is_err(), "it is full");
    }

    /// A path in it.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn make_room(&self) {
        std::fs::remove_file(&self.filler).unwrap();
    }
}

impl Drop for FullDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .arg("-l")
            .arg(self.folder.path())
            .status();
    }
}

#[test]
fn a_server_without_space_names_its_file() {
    let Some(disk) = FullDisk::mount() else {
        return;
    };
    let data = disk.file("data");
    let data = data.to_str().unwrap();
    let refused = run(
        "doorward",
        &[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--issuer",
            "http://localhost/",
            "--data",
            data,
        ],
        "",
    );
    refused.assert_refused(data);
    // The second is what the system says about a file that is no database.
    let causes = ["disk is full", "No space left on device"];
    assert!(
        causes.iter().any(|cause| refused.stderr.contains(cause)),
        "{refused:?}"
    );
}
