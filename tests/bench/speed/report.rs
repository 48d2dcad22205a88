//! The figures of a run, as text and as JSON.

mod guesses;
mod load;
mod memory;
mod signing;

use std::fmt::Write;

use serde_json::{Value, json};

use super::guesses::Guesses;
use super::rounds::Series;
use super::settings::Settings;
use super::signing::Signing;
use super::target::Target;
use super::way::Way;

/// The results of a run.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    /// The settings of the run.
    pub(crate) settings: &'a Settings,
    /// The measured servers.
    pub(crate) targets: &'a [Target],
    /// All rounds of load.
    pub(crate) series: Vec<Series>,
    /// CPU-milliseconds of one signature, before and after the load.
    pub(crate) signature: [f64; 2],
    /// Signatures per CPU-second of `token-signing`.
    pub(crate) signing: Vec<Signing>,
    /// MiB of each target's processes at first, after the load, and after the sign-ins.
    pub(crate) resident: [Vec<Resident>; 3],
    /// Sign-ins that were refused.
    pub(crate) refused: Vec<(Way, usize)>,
    /// Wrong passwords.
    pub(crate) guesses: Vec<Guesses>,
    /// The machine at the begin and at the end.
    pub(crate) machine: [String; 2],
}

/// MiB by process.
pub(crate) type Resident = Vec<(&'static str, f64)>;

impl Report<'_> {
    /// Whether all answers of the build under test were right.
    pub(crate) fn is_right(&self) -> bool {
        let tested = self.series.iter().filter(|it| it.way.is_under_test());
        let mut rounds = tested.flat_map(|series| &series.rounds);
        rounds.all(|round| round.wrong.is_empty())
    }

    /// The report as text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        load::write(&mut text, self);
        signing::write(&mut text, &self.signing);
        memory::write(&mut text, self);
        guesses::write(&mut text, &self.guesses);
        let [begin, end] = &self.machine;
        line(&mut text, &format!("\nMachine: {begin}; at the end {end}."));
        text
    }

    /// The report as JSON, with every round, for other ratios.
    pub(crate) fn json(&self) -> Value {
        json!({
            "settings": {
                "rounds": self.settings.rounds,
                "round_seconds": self.settings.round.as_secs(),
            },
            "load": self.series.iter().map(load::json).collect::<Vec<_>>(),
            "signature_cpu_ms": self.signature,
            "signatures_per_cpu_second": self.signing.iter().map(signing::json).collect::<Vec<_>>(),
            "resident_mib": memory::json(self),
            "wrong_passwords": self.guesses.iter().map(guesses::json).collect::<Vec<_>>(),
            "machine": self.machine,
        })
    }
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("text can be written to");
}
