//! Rounds of load that alternate between servers: whatever else the machine does disturbs all alike.

use std::collections::BTreeMap;
use std::time::Duration;

use super::answer::Judge;
use super::job::{Ask, Job};
use super::load::{Exchange, Load};
use super::settings::Settings;
use super::target::Target;
use super::way::Way;
use crate::statistics::{exact, percentile};

/// Connections at the same time. 64 are more than a server has threads for blocking work at once.
pub(crate) const CONNECTIONS: [usize; 3] = [1, 16, 64];
/// Not counted: the first requests fill memories and open connections.
const WARM_UP: Duration = Duration::from_secs(1);

/// All rounds of one server with one job.
#[derive(Debug)]
pub(crate) struct Series {
    /// Which server.
    pub(crate) way: Way,
    /// What was asked.
    pub(crate) job: Job,
    /// By how many at the same time.
    pub(crate) connections: usize,
    /// In the order of their time; the nth ones of all series with as many connections belong together.
    pub(crate) rounds: Vec<Round>,
}

/// What a round has found.
#[derive(Debug)]
pub(crate) struct Round {
    /// Right answers.
    pub(crate) right: usize,
    /// Other ones, by what is wrong with them.
    pub(crate) wrong: BTreeMap<String, usize>,
    /// Right answers in a second.
    pub(crate) rate: f64,
    /// Milliseconds that half of the answers took at most.
    pub(crate) p50: f64,
    /// Milliseconds that 99 of 100 answers took at most.
    pub(crate) p99: f64,
    /// Milliseconds of the slowest answer.
    pub(crate) longest: f64,
    /// CPU-milliseconds for each right answer, by process.
    pub(crate) cpu: Vec<(&'static str, f64)>,
}

impl Round {
    /// CPU-milliseconds of all processes for each right answer.
    pub(crate) fn cpu_in_all(&self) -> f64 {
        self.cpu.iter().map(|(_, cpu)| cpu).sum()
    }

    /// CPU-milliseconds of Redis for each right answer.
    pub(crate) fn cpu_of_redis(&self) -> f64 {
        let mut processes = self.cpu.iter();
        let redis = processes.find(|(name, _)| *name == "redis");
        redis.map_or(0.0, |(_, cpu)| *cpu)
    }
}

/// A server with a job that it can do.
struct Case<'a> {
    target: &'a Target,
    job: Job,
    ask: Ask,
}

/// Runs all rounds.
pub(crate) async fn run(targets: &[Target], settings: &Settings) -> Vec<Series> {
    let cases = cases(targets);
    let mut all = Vec::new();
    for connections in CONNECTIONS {
        for case in &cases {
            case.round(connections, WARM_UP).await;
        }
        let mut series: Vec<_> = cases.iter().map(|case| case.series(connections)).collect();
        for round in 0..settings.rounds {
            // Another one is first in each round.
            for index in (0..cases.len()).map(|index| (index + round) % cases.len()) {
                let round = cases[index].round(connections, settings.round).await;
                series[index].rounds.push(round);
            }
        }
        all.extend(series);
    }
    all
}

/// Servers that do the same job are neighbours.
fn cases(targets: &[Target]) -> Vec<Case<'_>> {
    let case = |job: Job, target| {
        let ask = Target::ask(target, job)?;
        Some(Case { target, job, ask })
    };
    let of_job = |job| targets.iter().filter_map(move |target| case(job, target));
    Job::ALL.into_iter().flat_map(of_job).collect()
}

impl Case<'_> {
    fn series(&self, connections: usize) -> Series {
        Series {
            way: self.target.way,
            job: self.job,
            connections,
            rounds: Vec::new(),
        }
    }

    async fn round(&self, connections: usize, time: Duration) -> Round {
        let load = Load {
            address: self.target.address(),
            host: self.target.host(),
            path: self.ask.path.clone(),
            cookies: self.target.cookies.clone(),
            connections,
            time,
        };
        let before = self.target.cpu();
        let (exchanges, time) = load.run().await;
        let after = self.target.cpu();
        let judge = Judge {
            ask: &self.ask,
            keys: &self.target.keys,
        };
        let wrong = wrong(judge, &exchanges);
        let right = exchanges.len() - wrong.values().sum::<usize>();
        let [p50, p99, longest] = times(&exchanges);
        let cpu = self.target.processes.iter().zip(after).zip(before);
        let cpu = cpu.map(|((process, after), before)| {
            (process.name, (after - before) / exact(right.max(1)))
        });
        Round {
            right,
            wrong,
            rate: exact(right) / time.as_secs_f64(),
            p50,
            p99,
            longest,
            cpu: cpu.collect(),
        }
    }
}

fn wrong(judge: Judge<'_>, exchanges: &[Exchange]) -> BTreeMap<String, usize> {
    let mut wrong = BTreeMap::new();
    for (nth, exchange) in exchanges.iter().enumerate() {
        if let Some(complaint) = judge.complaint(nth, exchange) {
            *wrong.entry(complaint).or_default() += 1;
        }
    }
    wrong
}

/// The median, what 99 of 100 took at most, and the longest, in milliseconds.
fn times(exchanges: &[Exchange]) -> [f64; 3] {
    let times = exchanges.iter().map(|it| it.time.as_secs_f64() * 1e3);
    let mut times: Vec<_> = times.collect();
    times.sort_by(f64::total_cmp);
    [50, 99, 100].map(|hundredths| percentile(&times, hundredths))
}
