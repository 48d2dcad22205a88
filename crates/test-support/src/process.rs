//! Processes that stop with the test process.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The start of every script.
const LIFELINE: &str = include_str!("lifeline.sh");

/// A process, started by a shell script. The script runs commands from its standard input, and stops the process when
/// that closes. The kernel closes this pipe at any end of the test process, also by `kill -9`.
#[derive(Debug)]
pub struct Process {
    script: Mutex<Script>,
}

#[derive(Debug)]
struct Script {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts a program, and appends its output to `log`. Does not wait until it is ready.
    #[must_use]
    pub fn start(program: &Path, arguments: &[&OsStr], log: &Path) -> Self {
        let mut shell = Command::new("sh");
        with_script(&mut shell, include_str!("process.sh"))
            .arg(log)
            .arg(program)
            .args(arguments);
        Self::start_script(shell)
    }

    /// Like [`start`](Self::start), with more variables in the environment, each as `NAME=value`.
    #[must_use]
    pub fn start_with(
        environment: &[String],
        program: &Path,
        arguments: &[&OsStr],
        log: &Path,
    ) -> Self {
        let variables = environment.iter().map(OsStr::new);
        let command = variables.chain([program.as_os_str()]);
        let command: Vec<_> = command.chain(arguments.iter().copied()).collect();
        Self::start(Path::new("/usr/bin/env"), &command, log)
    }

    /// Starts a script, and waits until it reports that its process is ready.
    pub(crate) fn start_script(mut shell: Command) -> Self {
        let mut child = shell
            // In another process group: on Ctrl-C the script must see the end of its input, not the signal.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{shell:?} cannot be started: {error}"));
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        let mut script = Script {
            child,
            input,
            output,
        };
        let answer = script.read_line();
        if answer != "ready" {
            let mut rest = String::new();
            let _ = script.output.read_to_string(&mut rest);
            panic!("a process for tests did not start:\n{answer}\n{rest}");
        }
        Self {
            script: Mutex::new(script),
        }
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        let answer = self.script().command("id");
        answer
            .parse()
            .unwrap_or_else(|_| panic!("not a process id: {answer:?}"))
    }

    /// Sends a signal, for example `TERM`.
    pub fn signal(&self, name: &str) {
        let answer = self.script().command(name);
        assert_eq!(answer, "sent", "signal {name}");
    }

    /// Waits until the process ends. Returns its exit code, or 128 plus the number of the signal that ended it.
    pub fn exit_code(&self) -> u8 {
        let answer = self.script().command("wait");
        answer
            .parse()
            .unwrap_or_else(|_| panic!("not an exit code: {answer:?}"))
    }

    /// Kills the process, and waits for its end.
    pub fn kill(&self) {
        self.signal("KILL");
        self.exit_code();
    }

    /// Runs a function of the script, which must succeed.
    pub(crate) fn run(&self, function: &str) {
        let answer = self.script().command(&format!("do {function}"));
        assert_eq!(answer, "done", "{function}");
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Script {
    fn command(&mut self, line: &str) -> String {
        let input = self
            .input
            .as_mut()
            .expect("the input is open until the end");
        writeln!(input, "{line}").expect("the script reads");
        self.read_line()
    }

    fn read_line(&mut self) -> String {
        let mut line = String::new();
        self.output
            .read_line(&mut line)
            .expect("the script writes text");
        line.trim_end().to_owned()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

/// Sets the script that a shell runs; its arguments may follow.
pub(crate) fn with_script<'a>(shell: &'a mut Command, script: &str) -> &'a mut Command {
    shell.args(["-c", &format!("{LIFELINE}\n{script}"), "sh"])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Process {
        Process::start(
            Path::new("/bin/sh"),
            &["-c".as_ref(), script.as_ref()],
            Path::new("/dev/null"),
        )
    }

    #[test]
    fn exit_codes() {
        assert_eq!(shell("exit 3").exit_code(), 3);
        let stubborn = shell("while :; do sleep 1; done");
        stubborn.signal("TERM");
        assert_eq!(stubborn.exit_code(), 128 + 15);
    }
}
