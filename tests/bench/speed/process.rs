//! What the kernel has counted of a process.

use std::fs;

/// `USER_HZ`, the unit of times in /proc, is a hundredth of a second on every architecture that we build for.
const TICK_MILLISECONDS: f64 = 10.0;

/// A process of a deployment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Process {
    /// What it is there for.
    pub(crate) name: &'static str,
    /// The kernel's number for it.
    pub(crate) id: u32,
}

impl Process {
    /// CPU time in milliseconds since its start. Threads that have ended count too, as pools of threads come and go; so it is
    /// /proc/PID/stat, in steps of 10 ms, which a round of seconds makes small.
    pub(crate) fn cpu(&self) -> f64 {
        let stat = self.read("stat");
        // The second field is a name in parentheses, which may hold anything.
        let (_, rest) = stat.rsplit_once(')').expect("the name is in parentheses");
        let user_and_system = rest.split_ascii_whitespace().skip(11).take(2);
        let ticks = user_and_system.map(|ticks| ticks.parse::<u32>().expect("a number"));
        ticks.map(f64::from).sum::<f64>() * TICK_MILLISECONDS
    }

    /// Resident memory in MiB. A page that several processes map, as they do with the code of one program, is divided among
    /// them (`Pss` of proc(5)), so that a sum over processes counts it once.
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
