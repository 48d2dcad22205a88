//! The figures, as text and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::sessions::goals::{FIRST_SESSION, FURTHER_SESSION, IN_ALL, RATIO, SESSIONS};
use crate::sessions::memory::{First, Further};
use crate::sessions::rounds::{Cpu, Kind, Round};
use crate::sessions::settings::Settings;
use crate::sessions::stack::PROCESSES;
use crate::statistics::{Spread, exact};

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

/// The results of a run.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    /// The settings of the run.
    pub(crate) settings: &'a Settings,
    /// Memory with one session for each user.
    pub(crate) first: First,
    /// Memory of more sessions.
    pub(crate) further: Further,
    /// CPU time.
    pub(crate) cpu: Cpu,
    /// Calls that were repeated while opening sessions.
    pub(crate) retries: u64,
    /// The machine at the begin and at the end.
    pub(crate) machine: [String; 2],
}

impl Report<'_> {
    /// The report as text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.write_memory(&mut text);
        self.write_cpu(&mut text);
        let [begin, end] = &self.machine;
        line(
            &mut text,
            format_args!("\nMachine: {begin}; at the end {end}."),
        );
        line(
            &mut text,
            format_args!(
                "Calls made again while sessions were opened: {}.",
                self.retries
            ),
        );
        text
    }

    fn write_memory(&self, text: &mut String) {
        let (first, further) = (&self.first, &self.further);
        line(
            text,
            format_args!("Memory of Redis (used_memory: keys, values, tables, buffers)\n"),
        );
        let bytes = |text: &mut String, name: &str, bytes: f64, goal: &str| {
            line(
                text,
                format_args!("  {name:<46}{bytes:>8.0} bytes   {goal}"),
            );
        };
        let goal = FIRST_SESSION.describe(first.bytes, "bytes");
        bytes(text, "a user's record with one session", first.bytes, &goal);
        let goal = FURTHER_SESSION.describe(further.mean(), "bytes");
        bytes(text, "each further session", further.mean(), &goal);
        for (index, more) in further.bytes.iter().enumerate() {
            bytes(text, &format!("  number {}", index + 2), *more, "");
        }
        bytes(
            text,
            "more, when last used from another browser",
            further.moved,
            "",
        );
        let sessions = self.settings.sessions;
        let in_all = exact(first.in_all) / GIB;
        let goal = if sessions == SESSIONS {
            IN_ALL.describe(in_all, "GiB")
        } else {
            format!("the goal is about {SESSIONS}")
        };
        let name = format!("{sessions} users with one session each");
        line(
            text,
            format_args!("  {name:<46}{in_all:>8.3} GiB     {goal}"),
        );
        let resident = exact(first.resident) / GIB;
        line(
            text,
            format_args!(
                "  {:<46}{resident:>8.3} GiB",
                "  resident (what the kernel has given)"
            ),
        );
        let empty = exact(first.empty) / GIB;
        line(
            text,
            format_args!("  {:<46}{empty:>8.3} GiB", "  of which the empty store"),
        );
        line(
            text,
            format_args!("\n  A record with one session consists of (means, bytes):"),
        );
        for (name, mean) in &first.parts {
            line(text, format_args!("    {name:<44}{mean:>8.1}"));
        }
    }

    fn write_cpu(&self, text: &mut String) {
        let settings = self.settings;
        line(
            text,
            format_args!(
                "\nCPU-milliseconds per silent authentication: median (lowest to highest) of {} rounds of {} requests, {} a second",
                settings.rounds,
                settings.requests(),
                settings.rate
            ),
        );
        for kind in &self.cpu.kinds {
            let (few, many) = (settings.few(), settings.sessions);
            let title = format!("response_type={}", kind.response_type);
            line(
                text,
                format_args!("\n  {title:<32}{few:>12} sessions{many:>18} sessions       ratio"),
            );
            for (index, name) in PROCESSES.iter().enumerate() {
                write_row(text, name, kind, |round| round.processes[index]);
            }
            write_row(text, "in all", kind, Round::in_all);
            write_row(text, "(writes of a session, a request)", kind, |round| {
                round.writes
            });
            let ratio = kind.ratio().median;
            line(
                text,
                format_args!("  {}", RATIO.describe(ratio, "times as much")),
            );
        }
        let [few, many] = self.cpu.idle;
        line(
            text,
            format_args!(
                "\n  Part of it, whether or not somebody asks: {few:.2} and {many:.2} CPU-milliseconds a second."
            ),
        );
    }

    /// The report as JSON.
    pub(crate) fn json(&self) -> Value {
        let kinds = self.cpu.kinds.iter().map(|kind| {
            let side = |side: usize| -> Vec<_> {
                kind.rounds
                    .iter()
                    .map(|round| json_round(&round[side]))
                    .collect()
            };
            json!({
                "response_type": kind.response_type,
                "few": side(0),
                "many": side(1),
                "ratio": kind.ratio().median,
                "ratio_lowest": kind.ratio().lowest,
                "ratio_highest": kind.ratio().highest,
            })
        });
        let settings = self.settings;
        json!({
            "settings": {
                "sessions": settings.sessions,
                "few": settings.few(),
                "rate": settings.rate,
                "rounds": settings.rounds,
                "requests_each": settings.requests(),
            },
            "memory": {
                "empty_bytes": self.first.empty,
                "first_session_users": self.first.users,
                "first_session_bytes": self.first.bytes,
                "in_all_bytes": self.first.in_all,
                "resident_bytes": self.first.resident,
                "parts": self.first.parts.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
                "further_session_users": self.further.users,
                "further_session_bytes": self.further.bytes,
                "moved_bytes": self.further.moved,
            },
            "cpu_milliseconds": kinds.collect::<Vec<_>>(),
            "idle_cpu_milliseconds_a_second": self.cpu.idle,
            "retries": self.retries,
            "machine": self.machine,
        })
    }
}

fn json_round(round: &Round) -> Value {
    let processes = PROCESSES.into_iter().zip(round.processes);
    json!({
        "processes": processes.collect::<std::collections::BTreeMap<_, _>>(),
        "in_all": round.in_all(),
        "writes": round.writes,
    })
}

fn write_row(text: &mut String, name: &str, kind: &Kind, figure: impl Fn(&Round) -> f64) {
    let of = |side: usize| Spread::of(kind.rounds.iter().map(|round| figure(&round[side])));
    let ratios = kind
        .rounds
        .iter()
        .map(|[few, many]| figure(many) / figure(few));
    let ratio = Spread::of(ratios).median;
    // A process without requests has no ratio.
    let ratio = if ratio.is_finite() {
        format!("{ratio:.3}")
    } else {
        "-".to_owned()
    };
    line(
        text,
        format_args!("    {name:<34}{}      {}   {ratio:>6}", of(0), of(1)),
    );
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("text can be written to");
}
