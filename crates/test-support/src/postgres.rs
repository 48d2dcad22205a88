//! Databases on a real PostgreSQL server, one server per test process.

mod secured;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use doorward_service_kit::hex;

use crate::free_port;
use crate::process::{Process, with_script};

pub use secured::Secured;

#[derive(Debug)]
struct Postgres {
    _process: Process,
    port: u16,
}

static POSTGRES: OnceLock<Postgres> = OnceLock::new();

/// Creates an empty database, and returns its URL.
pub async fn database() -> String {
    tokio::task::spawn_blocking(|| POSTGRES.get_or_init(Postgres::start).create_database())
        .await
        .expect("a database can be created")
}

/// The whole content of a database, as SQL.
pub async fn dump(url: &str) -> String {
    let mut command = program("pg_dump");
    command.args(["--inserts", url]);
    tokio::task::spawn_blocking(move || output_of(&mut command))
        .await
        .expect("the task ends")
}

/// Runs SQL in a database, and returns what it prints: a line per row.
#[must_use]
pub fn query(url: &str, sql: &str) -> String {
    let mut command = program("psql");
    command
        .args([url, "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
        .args(["--set", "ON_ERROR_STOP=1", "--command", sql]);
    output_of(&mut command).trim().to_owned()
}

/// A program of the server's package.
fn program(name: &str) -> Command {
    Command::new(find_programs().join(name))
}

/// The standard output of a command, which must succeed.
fn output_of(command: &mut Command) -> String {
    let output = command.output().expect("the program can be run");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

impl Postgres {
    fn start() -> Self {
        let port = free_port();
        let mut shell = unprivileged_shell();
        with_script(&mut shell, include_str!("postgres.sh"))
            .arg(find_programs())
            .arg(port.to_string());
        Self {
            _process: Process::start_script(shell),
            port,
        }
    }

    fn create_database(&self) -> String {
        let name = format!("test_{}", hex());
        let mut create = program("createdb");
        create
            .args(["--host=127.0.0.1", "--username=postgres"])
            .arg(format!("--port={}", self.port))
            .arg(&name);
        output_of(&mut create);
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }
}

/// Finds the folder of the server's programs: Debian does not have them in `PATH`.
fn find_programs() -> PathBuf {
    let version = |folder: &Path| folder.file_name()?.to_str()?.parse::<u32>().ok();
    let installed = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let newest = installed
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|folder| folder.join("bin/postgres").exists())
        .max_by_key(|folder| version(folder));
    let in_path = || {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|folder| folder.join("postgres").exists())
    };
    newest
        .map(|folder| folder.join("bin"))
        .or_else(in_path)
        .expect(
            "PostgreSQL is not installed: run `make tools`, or install Debian's package postgresql",
        )
}

/// A shell as another user: PostgreSQL refuses to run as root, and Debian's package creates a user for it.
fn unprivileged_shell() -> Command {
    let user = Command::new("id")
        .arg("-u")
        .output()
        .expect("id can be run");
    if user.stdout.trim_ascii() != b"0" {
        return Command::new("sh");
    }
    let mut command = Command::new("setpriv");
    command.args([
        "--reuid=postgres",
        "--regid=postgres",
        "--clear-groups",
        "sh",
    ]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_database_is_new() {
        let (one, other) = tokio::join!(database(), database());
        assert_ne!(one, other);
        let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
        assert_eq!(query(&one, tables), "0");
    }
}
