//! Servers that live exactly as long as the test process.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};

/// A server behind a shell script that starts it, prints `ready PID`, waits for the end of its standard input and then
/// stops the server and removes its files. The kernel closes that pipe however the test process ends, so not even
/// `kill -9` leaves anything behind.
#[derive(Debug)]
pub(crate) struct Server {
    pid: u32,
    guard: Child,
    lifeline: Option<ChildStdin>,
}

impl Server {
    /// Starts the script and waits until it says that the server is ready.
    pub(crate) fn start(mut script: Command) -> Self {
        let mut guard = script
            // Not in our process group: Ctrl-C must reach the script as the end of its input, not as a signal.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{script:?} cannot be started: {error}"));
        let lifeline = guard.stdin.take();
        let mut output = BufReader::new(guard.stdout.take().expect("standard output is a pipe"));
        let mut line = String::new();
        output
            .read_line(&mut line)
            .expect("the script's output is text");
        let Some(pid) = line
            .strip_prefix("ready ")
            .and_then(|pid| pid.trim().parse().ok())
        else {
            let mut rest = String::new();
            let _ = output.read_to_string(&mut rest);
            panic!("a server for tests did not start:\n{line}{rest}");
        };
        Self {
            pid,
            guard,
            lifeline,
        }
    }

    /// Sends a signal to the server itself, by its process id.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.pid.to_string()])
            .status();
        assert!(
            sent.is_ok_and(|status| status.success()),
            "signal {name} could not be sent"
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let _ = self.guard.wait();
    }
}
