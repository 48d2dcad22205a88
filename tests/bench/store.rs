//! Statistics of Redis.

use std::collections::HashMap;
use std::process::Command;
use std::time::Duration;

/// Redis, called by its command line tool.
#[derive(Debug)]
pub(crate) struct Store {
    url: String,
}

impl Store {
    pub(crate) fn new(url: String) -> Self {
        Self { url }
    }

    /// A section of `INFO`.
    pub(crate) fn info(&self, section: &str) -> HashMap<String, String> {
        let text = self.ask(&["INFO", section]);
        let lines = text.lines().filter_map(|line| line.split_once(':'));
        lines
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect()
    }

    /// A number of a section of `INFO`.
    pub(crate) fn number(&self, section: &str, name: &str) -> u64 {
        let value = &self.info(section)[name];
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {value}"))
    }

    /// The number of calls of a command, also within functions.
    pub(crate) fn calls(&self, command: &str) -> u64 {
        let info = self.info("commandstats");
        let Some(stats) = info.get(&format!("cmdstat_{command}")) else {
            return 0;
        };
        let calls = stats
            .split(',')
            .next()
            .and_then(|it| it.strip_prefix("calls="));
        calls
            .and_then(|calls| calls.parse().ok())
            .unwrap_or_else(|| panic!("no number of calls: {stats}"))
    }

    /// The allocated memory of Redis, once its tables have grown and the buffers of its clients have shrunk.
    pub(crate) async fn used_memory(&self) -> u64 {
        const CALM: u64 = 64 * 1024;
        let mut before = 0;
        loop {
            let now = self.number("memory", "used_memory");
            if now.abs_diff(before) < CALM {
                return now;
            }
            before = now;
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
    }

    /// Runs a read-only script, and returns its lines.
    pub(crate) fn eval(&self, script: &str) -> Vec<String> {
        let text = self.ask(&["EVAL", script, "0"]);
        text.lines().map(str::to_owned).collect()
    }

    fn ask(&self, command: &[&str]) -> String {
        let output = Command::new("redis-cli")
            .args(["-u", &self.url])
            .args(command)
            .output()
            .expect("redis-cli can be run");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success() && !text.starts_with("ERR"),
            "{text}"
        );
        text
    }
}
