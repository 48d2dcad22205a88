//! Runs the built program on a data folder, like an operator or a script.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod backup;
mod consents;
mod import;
mod invitations;
mod organizations;
mod remote;
mod revocation;
mod roles;
mod serve;
mod services;
mod users;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const TENANT: &str = "
clients:
- name: My App
  client_id: AbCdEfGhIjKlMnOpQrStUvWxYz012345
  callbacks: [https://app.example.com/]
  mobile: {ios: {}}
databases:
- id: con_staff00000000001
  name: Staff
  strategy: auth0
  enabled_clients: [My App]
organizations:
- id: org_acme000000000001
  name: acme
";

/// A folder for the data and files of one test.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A place with [`TENANT`] in its data folder.
    fn with_tenant() -> Self {
        let place = Self::new();
        place.write("tenant.yaml", TENANT);
        succeeded(place.run("import tenant.yaml --data data"));
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
        command.current_dir(self.path()).args(line.split(' '));
        command
    }

    fn run(&self, line: &str) -> Output {
        self.run_with(line, "")
    }

    fn run_with(&self, line: &str, input: &str) -> Output {
        let mut command = self.command(line);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program that reads no input may have ended already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }
}

/// Returns the standard output of a command, which must have succeeded.
fn succeeded(output: Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the standard error of a command, one line without warnings; the command must have failed.
fn failed(output: &Output, code: i32) -> String {
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{errors}");
    assert!(output.stdout.is_empty(), "nothing is said to have happened");
    errors
}
