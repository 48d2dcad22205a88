//! A server that speaks TLS only, for other hosts.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{find_programs, unprivileged_shell};
use crate::certificates::Pair;
use crate::free_port;
use crate::process::{Process, with_script};

/// A PostgreSQL server with a certificate. Dropping the value stops it.
#[derive(Debug)]
pub struct Secured {
    _process: Process,
    programs: PathBuf,
    port: u16,
}

impl Secured {
    /// Starts a server with these lines of `pg_hba.conf`. The administrator `postgres` comes with TLS, without a
    /// password.
    pub async fn start(pair: &Pair, access: &str) -> Self {
        let (pair, access) = (pair.clone(), access.to_owned());
        let started = tokio::task::spawn_blocking(move || Self::start_blocking(&pair, &access));
        started.await.expect("PostgreSQL starts")
    }

    fn start_blocking(pair: &Pair, access: &str) -> Self {
        let programs = find_programs();
        let port = free_port();
        let mut shell = unprivileged_shell();
        with_script(&mut shell, include_str!("secured.sh"))
            .arg(&programs)
            .args([&port.to_string(), &pair.certificate, &pair.key, access]);
        Self {
            _process: Process::start_script(shell),
            programs,
            port,
        }
    }

    /// The URL of a database for an account.
    #[must_use]
    pub fn url(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs SQL as an account, by TLS. The first line of the standard error says why it failed.
    #[must_use]
    pub fn ask(&self, user: &str, password: &str, database: &str, sql: &str) -> Output {
        let mut command = Command::new(self.programs.join("psql"));
        command
            .args([
                "--no-psqlrc",
                "--tuples-only",
                "--no-align",
                "--no-password",
            ])
            .args(["--username", user, "--dbname", database, "--command", sql])
            .env("PGPASSWORD", password);
        self.run(&mut command)
    }

    /// Runs a script of the administrator, with a folder of secrets.
    #[must_use]
    pub fn run_script(&self, script: &Path, secrets: &Path) -> Output {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = [self.programs.clone()]
            .into_iter()
            .chain(std::env::split_paths(&path));
        let path = std::env::join_paths(folders).expect("a search path");
        let mut command = Command::new("bash");
        command
            .arg(script)
            .env("PATH", path)
            .env("DOORWARD_SECRETS", secrets);
        self.run(&mut command)
    }

    fn run(&self, command: &mut Command) -> Output {
        command
            .env("PGHOST", "127.0.0.1")
            .env("PGPORT", self.port.to_string())
            .env("PGSSLMODE", "require")
            .output()
            .expect("the program can be run")
    }
}
