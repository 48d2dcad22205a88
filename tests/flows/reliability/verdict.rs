//! The results of a run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::model::Judgement;

/// Upper bounds of the latency classes, in milliseconds.
const CLASSES: [u128; 8] = [5, 10, 25, 50, 100, 300, 800, 2000];
/// The largest number of wrong answers in the report.
const SHOWN: usize = 20;

/// One answer.
#[derive(Debug)]
pub(super) struct Event {
    /// The kind of request: `silent`, `logout`, `sign-in`, `sweep`.
    pub(super) kind: &'static str,
    /// The planned time of the request since the run began. Latency counts from it, also for requests sent late.
    pub(super) planned: Duration,
    pub(super) answered: Duration,
    pub(super) judgement: Judgement,
}

impl Event {
    /// Whether the answer has this kind and outcome.
    pub(super) fn is(&self, kind: &str, said: &str) -> bool {
        self.kind == kind && name(&self.judgement) == said
    }

    /// Whether the request got no definite answer.
    pub(super) fn failed(&self) -> bool {
        matches!(self.judgement, Judgement::CannotTell | Judgement::Lost)
    }
}

/// All answers of a run.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) seed: u64,
    /// The duration of each recovery.
    pub(super) recoveries: Vec<Duration>,
    pub(super) events: Vec<Event>,
    /// The events of the run with their times, such as faults.
    pub(super) marks: Vec<(String, Duration)>,
    /// The folder of the report.
    pub(super) folder: PathBuf,
}

impl Verdict {
    /// The number of answers of this kind and outcome.
    pub(super) fn count(&self, kind: &str, said: &str) -> usize {
        self.count_between(kind, said, Duration::ZERO, Duration::MAX)
    }

    /// The same, for requests in this period.
    pub(super) fn count_between(
        &self,
        kind: &str,
        said: &str,
        begin: Duration,
        end: Duration,
    ) -> usize {
        let asked = self.asked_between(begin, end);
        asked.filter(|event| event.is(kind, said)).count()
    }

    /// The number of silent authentications in this period with a definite answer.
    pub(super) fn answered_between(&self, begin: Duration, end: Duration) -> usize {
        let asked = self.asked_between(begin, end);
        let silent = asked.filter(|event| event.kind == "silent");
        silent
            .filter(|event| event.judgement != Judgement::CannotTell)
            .count()
    }

    /// The requests planned in this period.
    pub(super) fn asked_between(
        &self,
        begin: Duration,
        end: Duration,
    ) -> impl Iterator<Item = &Event> {
        let events = self.events.iter();
        events.filter(move |event| (begin..end).contains(&event.planned))
    }

    /// Writes the report, and checks that no answer was wrong.
    #[track_caller]
    pub(super) fn assert_none_bad(&self, test: &str) {
        let verdict = self.json(test);
        let path = write(&self.folder, test, &verdict);
        let bad = self.bad().count();
        assert_eq!(bad, 0, "{}: {verdict:#}", path.display());
    }

    fn bad(&self) -> impl Iterator<Item = (&Event, &String)> {
        self.events
            .iter()
            .filter_map(|event| match &event.judgement {
                Judgement::Bad(what) => Some((event, what)),
                _ => None,
            })
    }

    fn json(&self, test: &str) -> Value {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut latencies: BTreeMap<String, BTreeMap<u128, usize>> = BTreeMap::new();
        for event in &self.events {
            let said = format!("{}: {}", event.kind, name(&event.judgement));
            *counts.entry(said.clone()).or_default() += 1;
            let took = event.answered.saturating_sub(event.planned).as_millis();
            let class = CLASSES.into_iter().find(|class| took <= *class);
            let classes = latencies.entry(said).or_default();
            *classes.entry(class.unwrap_or(u128::MAX)).or_default() += 1;
        }
        let bad: Vec<_> = self.bad().take(SHOWN).map(shown).collect();
        json!({
            "test": test,
            "seed": self.seed,
            "recoveries_ms": self.recoveries.iter().map(Duration::as_millis).collect::<Vec<_>>(),
            "ran_ms": self.events.iter().map(|event| event.answered.as_millis()).max(),
            "marks_ms": self.marks.iter().map(|(what, at)| json!([what, at.as_millis()])).collect::<Vec<_>>(),
            "version": env!("CARGO_PKG_VERSION"),
            "counts": counts,
            "latencies_ms_up_to": latencies.iter().map(class_names).collect::<BTreeMap<_, _>>(),
            "bad": bad,
        })
    }
}

fn shown((event, what): (&Event, &String)) -> Value {
    json!({ "kind": event.kind, "planned_ms": event.planned.as_millis(), "what": what })
}

fn class_names<'a>(
    (said, classes): (&'a String, &BTreeMap<u128, usize>),
) -> (&'a String, BTreeMap<String, usize>) {
    let name = |class: &u128| match *class {
        u128::MAX => "more".to_owned(),
        class => format!("{class:04}"),
    };
    let named = classes.iter().map(|(class, count)| (name(class), *count));
    (said, named.collect())
}

fn name(judgement: &Judgement) -> &'static str {
    match judgement {
        Judgement::Good(said) => said,
        Judgement::CannotTell => "cannot tell",
        Judgement::Lost => "lost",
        Judgement::Bad(_) => "bad",
    }
}

fn write(folder: &Path, test: &str, verdict: &Value) -> PathBuf {
    std::fs::create_dir_all(folder).expect("target can be written");
    let path = folder.join(format!("{test}.json"));
    std::fs::write(&path, format!("{verdict:#}\n")).expect("target can be written");
    path
}
