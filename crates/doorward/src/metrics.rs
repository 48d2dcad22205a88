//! The metrics of `doorward serve`: those of all services.

use std::net::SocketAddr;

use doorward_service_kit::StartError;
use doorward_service_kit::metrics::{MetricsConfig, MetricsError, serve as serve_metrics};

use crate::error::Error;

/// Collects metrics and serves them, if there is an address. To be called before any service starts: what starts
/// earlier is not measured.
pub(crate) fn serve(listen: Option<SocketAddr>) -> Result<(), Error> {
    serve_metrics(&MetricsConfig { listen }).map_err(|error| match error {
        MetricsError::Listen { address, source } => Error::Listen {
            flag: "--metrics-listen",
            address,
            source,
        },
        error @ MetricsError::Record(_) => StartError::from(error).into(),
    })?;
    describe();
    Ok(())
}

fn describe() {
    doorward_authorize_frontend::describe_metrics();
    doorward_identity::describe_metrics();
    doorward_session::describe_metrics();
    doorward_token_signing::describe_metrics();
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::{Mutex, PoisonError};

    use metrics::{
        Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
        with_local_recorder,
    };

    use super::*;

    /// The type of each metric that was described.
    #[derive(Debug, Default)]
    struct Described(Mutex<BTreeMap<String, &'static str>>);

    impl Described {
        fn add(&self, name: &KeyName, kind: &'static str) {
            let mut described = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            described.insert(name.as_str().to_owned(), kind);
        }
    }

    impl Recorder for Described {
        fn describe_counter(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
            self.add(&name, "counter");
        }

        fn describe_gauge(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
            self.add(&name, "gauge");
        }

        fn describe_histogram(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
            self.add(&name, "histogram");
        }

        fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
            Counter::noop()
        }

        fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::noop()
        }

        fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::noop()
        }
    }

    /// The rows of the table in the documentation: name and type.
    fn documented() -> BTreeMap<String, &'static str> {
        let document = include_str!("../../../docs/metrics.md");
        let rows = document.lines().filter_map(|line| {
            let (name, rest) = line.strip_prefix("| `")?.split_once('`')?;
            let (name, _labels) = name.split_once('{').unwrap_or((name, ""));
            let (kind, _) = rest.strip_prefix(" | ")?.split_once(" | ")?;
            Some((name.to_owned(), kind))
        });
        rows.collect()
    }

    #[test]
    fn the_documented_metrics_are_the_described_ones() {
        let described = Described::default();
        with_local_recorder(&described, || {
            doorward_service_kit::metrics::describe();
            describe();
        });
        let described = described
            .0
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        assert_eq!(documented(), described);
    }
}
