//! CPU time and memory of a process, as the kernel counts them.

use std::fs;

/// The unit of times in /proc (`USER_HZ`), a hundredth of a second on all architectures that we build for.
const TICK_MILLISECONDS: f64 = 10.0;

/// A process of a deployment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Process {
    /// The name of the process.
    pub(crate) name: &'static str,
    /// The process id.
    pub(crate) id: u32,
}

impl Process {
    /// CPU time in milliseconds since its start. Read from /proc/PID/stat, which includes ended threads of thread
    /// pools. Its steps of 10 ms are small beside a round of seconds.
    pub(crate) fn cpu(&self) -> f64 {
        let stat = self.read("stat");
        // The second field is a name in parentheses, which may contain any character.
        let (_, rest) = stat.rsplit_once(')').expect("the name is in parentheses");
        let user_and_system = rest.split_ascii_whitespace().skip(11).take(2);
        let ticks = user_and_system.map(|ticks| ticks.parse::<u32>().expect("a number"));
        ticks.map(f64::from).sum::<f64>() * TICK_MILLISECONDS
    }

    /// Resident memory in MiB (`Pss` of proc(5)). A page that several processes map, such as program code, is divided
    /// among them, so that a sum over processes counts it once.
    pub(crate) fn resident(&self) -> f64 {
        let memory = self.read("smaps_rollup");
        let line = memory.lines().find_map(|line| line.strip_prefix("Pss:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kibibytes = kibibytes.expect("a process has memory");
        f64::from(kibibytes.parse::<u32>().expect("a number")) / 1024.0
    }

    fn read(&self, file: &str) -> String {
        let path = format!("/proc/{}/{file}", self.id);
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{} lives: {error}", self.name))
    }
}
