//! Latency, requests per second and CPU time.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Report, line};
use crate::speed::goals;
use crate::speed::job::Job;
use crate::speed::rounds::{Round, Series};
use crate::speed::way::Way;
use crate::statistics::Spread;

/// A figure of a round, and its number of decimals.
type Column = (&'static str, fn(&Round) -> f64, usize);

const P50: Column = ("p50 ms", |round| round.p50, 2);
const P99: Column = ("p99 ms", |round| round.p99, 2);
const RATE: Column = ("a second", |round| round.rate, 0);
const CPU: Column = ("CPU ms", Round::cpu_in_all, 3);
const COLUMNS: [Column; 6] = [
    P50,
    P99,
    ("longest", |round| round.longest, 1),
    RATE,
    CPU,
    ("of Redis", Round::cpu_of_redis, 3),
];

pub(super) fn write(text: &mut String, report: &Report<'_>) {
    let (rounds, time) = (report.settings.rounds, report.settings.round);
    line(
        text,
        &format!(
            "Silent authentication. Medians of {rounds} rounds of {time:?}; ratios are medians of the ratios within a round."
        ),
    );
    for job in Job::ALL {
        for &connections in &report.settings.connections {
            write_case(text, report, job, connections);
        }
    }
}

fn write_case(text: &mut String, report: &Report<'_>, job: Job, connections: usize) {
    let find = |way| find(&report.series, way, job, connections);
    let title = format!("{}, {connections} at a time", job.name());
    let names = COLUMNS.map(|(name, ..)| format!("{name:>10}")).concat();
    line(text, &format!("\n  {title:<46}{names}     wrong"));
    for series in report.targets.iter().filter_map(|target| find(target.way)) {
        let name = series.way.name();
        let figures = COLUMNS.map(|(_, figure, digits)| {
            let median = Spread::of(series.rounds.iter().map(figure)).median;
            format!("{median:>10.digits$}")
        });
        let (answers, wrong) = counts(series);
        let sum: usize = wrong.values().sum();
        let figures = figures.concat();
        line(
            text,
            &format!("    {name:<44}{figures}{sum:>10} of {answers}"),
        );
        for (complaint, count) in wrong {
            line(text, &format!("      {count} times: {complaint}"));
        }
    }
    for (way, other) in Way::PAIRS {
        if let (Some(series), Some(other)) = (find(way), find(other)) {
            write_ratios(text, series, other);
        }
    }
    if job == Job::Opaque {
        write_opaque(text, report, connections);
    }
    if let Some(one) = find(Way::One).filter(|_| connections == 16) {
        write_signatures(text, one, report.signature);
    }
}

/// Writes the CPU time of one process by that of its signatures.
fn write_signatures(text: &mut String, series: &Series, [before, after]: [f64; 2]) {
    let signatures = f64::from(series.job.signatures()) * f64::midpoint(before, after);
    if signatures > 0.0 {
        let cpu = Spread::of(series.rounds.iter().map(Round::cpu_in_all)).median;
        let what = format!(
            "{} by its signatures ({signatures:.3} ms): {:.2}",
            series.way.name(),
            cpu / signatures
        );
        let goal = goals::SIGNATURE.describe(cpu / signatures, "times as much");
        write_goal(text, &what, &goal);
    }
}

fn write_ratios(text: &mut String, series: &Series, other: &Series) {
    let name = format!("{} / {}", series.way.name(), other.way.name());
    let ratios = COLUMNS.map(|column| format!("{:>10}", shown(ratio(series, other, column))));
    line(text, &format!("    {name:<44}{}", ratios.concat()));
    if series.way == Way::SixTls {
        write_tls(text, series, other);
    }
    if other.way != Way::Peer {
        return;
    }
    if series.way == Way::Six && series.connections == 1 {
        let ratio = ratio(series, other, P50).median;
        write_goal(
            text,
            "p50",
            &goals::LATENCY.describe(ratio, "times as long"),
        );
    }
    if let (Some(goal), 16) = (goals::cpu(series.way, series.job), series.connections) {
        let cpu = ratio(series, other, CPU).median;
        write_goal(text, "CPU", &goal.describe(cpu, "times as much"));
        if series.way == Way::Six {
            let rate = ratio(series, other, RATE).median;
            write_goal(
                text,
                "a second",
                &goals::RATE.describe(rate, "times as many"),
            );
        }
    }
}

/// Writes what mutual TLS costs beside plain gRPC.
fn write_tls(text: &mut String, tls: &Series, plain: &Series) {
    match tls.connections {
        1 => {
            let p50 = Spread::of(tls.rounds.iter().map(|round| round.p50)).median;
            write_goal(text, "p50", &goals::TLS_LATENCY.describe(p50, "ms"));
        }
        16 => {
            let ratio = ratio(tls, plain, CPU).median;
            write_goal(text, "CPU", &goals::TLS.describe(ratio, "times as much"));
        }
        _ => {}
    }
}

/// Writes the figures of opaque tokens by those of JWTs of the same server.
fn write_opaque(text: &mut String, report: &Report<'_>, connections: usize) {
    for target in report.targets {
        let find = |job| find(&report.series, target.way, job, connections);
        let (Some(opaque), Some(jwt)) = (find(Job::Opaque), find(Job::OneToken)) else {
            continue;
        };
        let name = format!("{}, opaque / JWT", target.way.name());
        let ratios = COLUMNS.map(|column| format!("{:>10}", shown(ratio(opaque, jwt, column))));
        line(text, &format!("    {name:<44}{}", ratios.concat()));
        if target.way == Way::One && connections > 1 {
            let ratio = ratio(opaque, jwt, P99).median;
            write_goal(text, "p99", &goals::OPAQUE.describe(ratio, "times as long"));
        }
    }
}

fn write_goal(text: &mut String, what: &str, goal: &str) {
    line(text, &format!("      {what}: {goal}"));
}

pub(super) fn json(series: &Series) -> Value {
    json!({
        "way": series.way.name(),
        "job": series.job.name(),
        "connections": series.connections,
        "rounds": series.rounds.iter().map(json_round).collect::<Vec<_>>(),
    })
}

fn json_round(round: &Round) -> Value {
    json!({
        "right": round.right,
        "wrong": round.wrong,
        "a_second": round.rate,
        "p50_ms": round.p50,
        "p99_ms": round.p99,
        "longest_ms": round.longest,
        "cpu_ms": round.cpu.iter().copied().collect::<BTreeMap<_, _>>(),
        "cpu_ms_in_all": round.cpu_in_all(),
    })
}

fn find(all: &[Series], way: Way, job: Job, connections: usize) -> Option<&Series> {
    let mut all = all.iter();
    all.find(|it| (it.way, it.job, it.connections) == (way, job, connections))
}

/// A figure of one series by that of another, in matching rounds.
fn ratio(series: &Series, other: &Series, (_, figure, _): Column) -> Spread {
    let pairs = series.rounds.iter().zip(&other.rounds);
    Spread::of(pairs.map(|(a, b)| figure(a) / figure(b)))
}

/// The ratio as text; a process without requests has none.
fn shown(ratio: Spread) -> String {
    if ratio.median.is_finite() {
        format!("{:.2}", ratio.median)
    } else {
        "-".to_owned()
    }
}

/// The number of answers in all rounds, and the errors in them.
fn counts(series: &Series) -> (usize, BTreeMap<&str, usize>) {
    let mut wrong = BTreeMap::new();
    for (complaint, count) in series.rounds.iter().flat_map(|round| &round.wrong) {
        *wrong.entry(complaint.as_str()).or_default() += count;
    }
    let right: usize = series.rounds.iter().map(|round| round.right).sum();
    (right + wrong.values().sum::<usize>(), wrong)
}
