//! The programs under test.

use std::ffi::OsStr;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The programs of a build, in one folder.
#[derive(Debug, Clone)]
pub struct Build {
    folder: PathBuf,
    services: Services,
}

/// The way in which a build starts a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Services {
    /// `doorward service NAME`.
    InOneProgram,
    /// `doorward-NAME`, in earlier builds.
    Programs,
    /// The build has only `doorward serve`.
    Missing,
}

impl Build {
    /// The build of the running test: same profile, same `target`.
    #[must_use]
    pub fn own() -> Self {
        let test = std::env::current_exe().expect("the test has a path");
        let folder = test
            .parent()
            .and_then(|deps| deps.parent())
            .expect("the test lies in target/debug/deps");
        Self {
            folder: folder.to_owned(),
            services: Services::InOneProgram,
        }
    }

    /// Another build, for example one of an earlier commit.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        let mut build = Self {
            folder: folder.to_owned(),
            services: Services::InOneProgram,
        };
        if !build.run("doorward", &["service", "--help"], "").success {
            build.services = if folder.join("doorward-session").exists() {
                Services::Programs
            } else {
                Services::Missing
            };
        }
        build
    }

    /// Whether this build can run services in separate processes.
    #[must_use]
    pub fn has_services(&self) -> bool {
        self.services != Services::Missing
    }

    /// Whether its frontend has deadlines for silent requests, pages and passwords. Builds with one program per
    /// service had one deadline, for each call.
    pub(crate) fn has_request_deadlines(&self) -> bool {
        self.services != Services::Programs
    }

    /// The program that runs a service, and its first arguments.
    #[must_use]
    pub fn service<'a>(&self, name: &'a str) -> (PathBuf, Vec<&'a str>) {
        match self.services {
            Services::Programs => (self.program(&format!("doorward-{name}")), Vec::new()),
            Services::InOneProgram | Services::Missing => {
                (self.program("doorward"), vec!["service", name])
            }
        }
    }

    /// The path of a program.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        let path = self.folder.join(name);
        assert!(
            path.exists(),
            "{} is missing: run `cargo build --bin doorward`",
            path.display()
        );
        path
    }

    /// Runs a program to its end, with `input` on its standard input.
    #[must_use]
    pub fn run<A: AsRef<OsStr>>(&self, name: &str, arguments: &[A], input: &str) -> Outcome {
        let mut child = Command::new(self.program(name))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        // A program that does not read its input may have ended already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("the program ends");
        Outcome {
            success: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The path of a program built beside the test.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    Build::own().program(name)
}

/// The outcome of a command.
pub struct Outcome {
    /// Whether the exit code was 0.
    pub success: bool,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Outcome {
    /// Checks that the command succeeded.
    #[track_caller]
    pub fn assert_success(&self) {
        assert!(self.success, "{self:?}");
    }

    /// The standard output as JSON.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Checks that the command failed, and names `text` among other problems.
    #[track_caller]
    pub fn assert_failed(&self, text: &str) {
        assert!(!self.success, "{self:?}");
        let is_named = self.stderr.contains(text);
        assert!(is_named, "{text:?} was expected: {self:?}");
    }

    /// Checks that the command failed with one line that contains `text`.
    #[track_caller]
    pub fn assert_refused(&self, text: &str) {
        assert!(!self.success, "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        assert!(
            self.stderr.contains(text),
            "{text:?} was expected: {self:?}"
        );
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "success: {}", self.success)?;
        write!(
            f,
            "standard output:\n{}\nstandard error:\n{}",
            self.stdout, self.stderr
        )
    }
}

/// Runs a program that was built beside the test to its end, with `input` on its standard input.
#[must_use]
pub fn run<A: AsRef<OsStr>>(name: &str, arguments: &[A], input: &str) -> Outcome {
    Build::own().run(name, arguments, input)
}
