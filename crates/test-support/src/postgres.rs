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
    programs: PathBuf,
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
    let mut command = Command::new(find_programs().join("pg_dump"));
    command.args(["--inserts", url]);
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("the task ends")
        .expect("pg_dump can be run");
    assert!(
        output.status.success(),
        "pg_dump: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs SQL in a database, and returns what it prints: a line per row.
#[must_use]
pub fn query(url: &str, sql: &str) -> String {
    let output = Command::new(find_programs().join("psql"))
        .args([url, "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
        .args(["--set", "ON_ERROR_STOP=1", "--command", sql])
        .output()
        .expect("psql can be run");
    assert!(
        output.status.success(),
        "psql: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

impl Postgres {
    fn start() -> Self {
        let programs = find_programs();
        let port = free_port();
        let mut shell = unprivileged_shell();
        with_script(&mut shell, include_str!("postgres.sh"))
            .arg(&programs)
            .arg(port.to_string());
        Self {
            _process: Process::start_script(shell),
            programs,
            port,
        }
    }

    fn create_database(&self) -> String {
        let name = format!("test_{}", hex());
        let created = Command::new(self.programs.join("createdb"))
            .args(["--host=127.0.0.1", "--username=postgres"])
            .arg(format!("--port={}", self.port))
            .arg(&name)
            .output()
            .expect("createdb can be run");
        assert!(
            created.status.success(),
            "createdb: {}",
            String::from_utf8_lossy(&created.stderr)
        );
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
