//! The programs under test, started as an operator starts them.

use std::ffi::OsStr;
use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Where a program was built: beside the test.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the test has a path");
    let folder = test
        .parent()
        .and_then(|deps| deps.parent())
        .expect("the test lies in target/debug/deps");
    let path = folder.join(name);
    assert!(
        path.exists(),
        "{} is missing: run `cargo build --bin doorward`",
        path.display()
    );
    path
}

/// What a command did.
pub struct Outcome {
    /// Whether it exited with 0.
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

    /// Checks that the command failed with one line that holds `text`.
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

/// Runs a program to its end with `input` on its standard input.
#[must_use]
pub fn run<A: AsRef<OsStr>>(name: &str, arguments: &[A], input: &str) -> Outcome {
    let mut child = Command::new(program(name))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    // A program that does not read its input may be gone by now.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    Outcome {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
