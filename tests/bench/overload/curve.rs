//! Offered requests against good answers, for one server.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};

use super::arrivals;
use crate::speed::answer::Judge;
use crate::speed::job::Job;
use crate::speed::load::{Exchange, Load};
use crate::speed::target::Target;
use crate::speed::way::Way;
use crate::statistics::{exact, percentile};

/// The offered requests, as shares of what a closed loop of [`CONNECTIONS`] is given. The last one shows the server
/// after the overload.
const OFFERED: [f64; 11] = [0.25, 0.5, 0.7, 0.8, 0.9, 1.0, 1.5, 2.0, 3.0, 5.0, 0.5];
const CONNECTIONS: usize = 16;
/// The rated load is the highest at which silent authentications have this p99.
const RATED_P99_MS: f64 = 25.0;
const REFUSED: &str = "temporarily_unavailable";

/// The figures of one server.
pub(super) struct Curve {
    pub(super) way: Way,
    /// Answers per second of the closed loop.
    capacity: f64,
    pub(super) points: Vec<Point>,
}

/// One rate of requests.
pub(super) struct Point {
    /// Requests per second.
    pub(super) offered: f64,
    /// Tokens per second.
    pub(super) good: f64,
    /// Milliseconds until tokens came: median and p99.
    p50: f64,
    pub(super) p99: f64,
    /// Refusals per second, and the p99 of their milliseconds.
    refused: f64,
    refused_p99: f64,
    /// All other answers.
    wrong: BTreeMap<String, usize>,
    /// MiB of the process that browsers reach.
    resident: f64,
}

impl Curve {
    pub(super) async fn measure(target: &Target, step: Duration) -> Self {
        let ask = target
            .ask(Job::TwoTokens)
            .expect("Doorward can do all jobs");
        let load = Load {
            address: target.address(),
            host: target.host(),
            path: ask.path.clone(),
            cookies: target.cookies.clone(),
            connections: CONNECTIONS,
            time: step,
        };
        let judge = Judge {
            ask: &ask,
            keys: &target.keys,
        };
        // The first requests fill caches.
        arrivals::capacity(load.clone()).await;
        let capacity = arrivals::capacity(load.clone()).await;
        let mut points = Vec::new();
        for share in OFFERED {
            let offered = share * capacity;
            let exchanges = arrivals::send(load.clone(), offered).await;
            let resident = target.resident()[0].1;
            points.push(Point::new(offered, &exchanges, judge, step, resident));
        }
        Self {
            way: target.way,
            capacity,
            points,
        }
    }

    /// The highest load with good answers only, in time.
    pub(super) fn rated(&self) -> f64 {
        let rated = self.points.iter().filter(|point| {
            point.refused == 0.0 && point.wrong.is_empty() && point.p99 <= RATED_P99_MS
        });
        rated.map(|point| point.offered).fold(0.0, f64::max)
    }

    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "{}: {:.0} answers a second to {CONNECTIONS} connections, rated load {:.0}\n",
            self.way.name(),
            self.capacity,
            self.rated()
        );
        text += "offered/s  good/s  p50 ms  p99 ms  refused/s  p99 ms  MiB  other answers\n";
        for point in &self.points {
            let row = writeln!(
                text,
                "{:9.0} {:7.0} {:7.1} {:7.1} {:10.0} {:7.1} {:4.0}  {:?}",
                point.offered,
                point.good,
                point.p50,
                point.p99,
                point.refused,
                point.refused_p99,
                point.resident,
                point.wrong
            );
            row.expect("text can be written to");
        }
        text
    }

    pub(super) fn json(&self) -> Value {
        let points = self.points.iter().map(|point| {
            json!({
                "offered": point.offered,
                "good": point.good,
                "p50_ms": point.p50,
                "p99_ms": point.p99,
                "refused": point.refused,
                "refused_p99_ms": point.refused_p99,
                "resident_mib": point.resident,
                "wrong": point.wrong,
            })
        });
        let points: Vec<_> = points.collect();
        json!({ "server": self.way.name(), "capacity": self.capacity, "rated": self.rated(), "points": points })
    }
}

impl Point {
    fn new(
        offered: f64,
        exchanges: &[Exchange],
        judge: Judge<'_>,
        step: Duration,
        resident: f64,
    ) -> Self {
        let (mut good, mut refused, mut wrong) = (Vec::new(), Vec::new(), BTreeMap::new());
        for (nth, exchange) in exchanges.iter().enumerate() {
            let time = exchange.time.as_secs_f64() * 1000.0;
            match judge.complaint(nth, exchange) {
                None => good.push(time),
                Some(error) if error == REFUSED => refused.push(time),
                Some(other) => *wrong.entry(other).or_default() += 1,
            }
        }
        good.sort_by(f64::total_cmp);
        refused.sort_by(f64::total_cmp);
        let rate = |times: &[f64]| exact(times.len()) / step.as_secs_f64();
        Self {
            offered,
            good: rate(&good),
            p50: percentile(&good, 50),
            p99: percentile(&good, 99),
            refused: rate(&refused),
            refused_p99: percentile(&refused, 99),
            wrong,
            resident,
        }
    }
}
