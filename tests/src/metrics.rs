//! Reads metrics in the text format of Prometheus.

use std::net::SocketAddr;

/// The metrics that a process serves at this address.
pub async fn metrics_at(address: SocketAddr) -> String {
    let answer = reqwest::get(format!("http://{address}/metrics")).await;
    let answer = answer.expect("metrics are served");
    answer.text().await.expect("metrics are text")
}

/// The value of a metric, named with its labels; 0 if it is absent.
#[must_use]
pub fn metric_in(text: &str, metric: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(metric));
    line.map_or(0.0, |value| value.trim().parse().expect("a number"))
}
