//! Rounds of load that alternate between servers, so that other work of the machine disturbs all equally.

use std::collections::BTreeMap;
use std::time::Duration;

use super::answer::Judge;
use super::job::{Ask, Job};
use super::load::{Exchange, Load};
use super::settings::Settings;
use super::target::Target;
use super::way::Way;
use crate::statistics::{exact, percentile};

/// The time at the start that is not counted: the first requests fill caches and open connections.
const WARM_UP: Duration = Duration::from_secs(1);

/// All rounds of one server with one job.
#[derive(Debug)]
pub(crate) struct Series {
    /// The server.
    pub(crate) way: Way,
    /// The job.
    pub(crate) job: Job,
    /// The number of concurrent connections.
    pub(crate) connections: usize,
    /// The rounds in order. The nth rounds of all series with the same number of connections match.
    pub(crate) rounds: Vec<Round>,
}

/// The figures of a round.
#[derive(Debug)]
pub(crate) struct Round {
    /// Right answers.
    pub(crate) right: usize,
    /// Wrong answers, by error.
    pub(crate) wrong: BTreeMap<String, usize>,
    /// Right answers per second.
    pub(crate) rate: f64,
    /// Median latency in milliseconds.
    pub(crate) p50: f64,
    /// 99th percentile of latency in milliseconds.
    pub(crate) p99: f64,
    /// Maximum latency in milliseconds.
    pub(crate) longest: f64,
    /// CPU-milliseconds per right answer, by process.
    pub(crate) cpu: Vec<(&'static str, f64)>,
}

impl Round {
    /// CPU-milliseconds of all processes per right answer.
    pub(crate) fn cpu_in_all(&self) -> f64 {
        self.cpu.iter().map(|(_, cpu)| cpu).sum()
    }

    /// CPU-milliseconds of Redis per right answer.
    pub(crate) fn cpu_of_redis(&self) -> f64 {
        let mut processes = self.cpu.iter();
        let redis = processes.find(|(name, _)| *name == "redis");
        redis.map_or(0.0, |(_, cpu)| *cpu)
    }
}

/// A server with a job that it supports.
struct Case<'a> {
    target: &'a Target,
    job: Job,
    ask: Ask,
}

/// Runs all rounds.
pub(crate) async fn run(targets: &[Target], settings: &Settings) -> Vec<Series> {
    let cases = cases(targets);
    let mut all = Vec::new();
    for &connections in &settings.connections {
        for case in &cases {
            case.round(connections, WARM_UP).await;
        }
        let mut series: Vec<_> = cases.iter().map(|case| case.series(connections)).collect();
        for round in 0..settings.rounds {
            // Each round starts with another case.
            for index in (0..cases.len()).map(|index| (index + round) % cases.len()) {
                let round = cases[index].round(connections, settings.round).await;
                series[index].rounds.push(round);
            }
        }
        all.extend(series);
    }
    all
}

/// The cases, those of the same job beside each other.
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

/// Median, 99th percentile and maximum, in milliseconds.
fn times(exchanges: &[Exchange]) -> [f64; 3] {
    let times = exchanges.iter().map(|it| it.time.as_secs_f64() * 1e3);
    let mut times: Vec<_> = times.collect();
    times.sort_by(f64::total_cmp);
    [50, 99, 100].map(|hundredths| percentile(&times, hundredths))
}
