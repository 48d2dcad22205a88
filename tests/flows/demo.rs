//! `make run`: the demo in a real browser; the test is in `browser/demo.test.js`.

use std::path::Path;
use std::time::{Duration, Instant};

use doorward_e2e::{program, tell_in_browser};
use doorward_test_support::free_port;
use doorward_test_support::process::Process;

#[test]
fn a_newcomer_tries_the_demo() {
    let folder = tempfile::tempdir().unwrap();
    let (listen, app_listen) = (local_address(), local_address());
    let start = |log: &str| Demo::start(folder.path(), &listen, &app_listen, log);

    let demo = start("first.log");
    demo.tell();
    demo.process.signal("TERM");
    assert_eq!(demo.process.exit_code(), 0);
    let again = start("second.log");
    assert_eq!(demo.password, again.password, "the demo user is kept");
    again.tell();
}

fn local_address() -> String {
    format!("127.0.0.1:{}", free_port())
}

struct Demo<'a> {
    process: Process,
    folder: &'a Path,
    origin: String,
    email: String,
    password: String,
}

impl<'a> Demo<'a> {
    /// Starts the demo, and reads its output.
    fn start(folder: &'a Path, listen: &str, app_listen: &str, log: &str) -> Self {
        let (data, log) = (folder.join("data"), folder.join(log));
        let data = data.to_str().unwrap();
        let arguments = [
            "demo",
            "--data",
            data,
            "--listen",
            listen,
            "--app-listen",
            app_listen,
        ];
        let process = Process::start(&program("doorward"), &arguments.map(AsRef::as_ref), &log);
        let begin = Instant::now();
        loop {
            let told = std::fs::read_to_string(&log).unwrap_or_default();
            if told.contains("Stop with Ctrl-C") {
                let word = |label: &str| word_after(&told, label);
                let (origin, email) = (word("Demo application"), word("Sign in as"));
                let password = word("Password");
                return Self {
                    process,
                    folder,
                    origin,
                    email,
                    password,
                };
            }
            assert!(
                begin.elapsed() < Duration::from_secs(30),
                "the demo does not start:\n{told}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn tell(&self) {
        let profile = self.folder.join("profile.json");
        let environment = [
            ("ORIGIN", self.origin.trim_end_matches('/')),
            ("EMAIL", &self.email),
            ("PASSWORD", &self.password),
            ("PROFILE", profile.to_str().unwrap()),
        ];
        tell_in_browser("demo", &environment);
    }
}

fn word_after(text: &str, label: &str) -> String {
    let (_, rest) = text.split_once(label).unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}
