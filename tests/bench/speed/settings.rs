//! The settings of a run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use doorward_e2e::Build;

use crate::arguments::number;

/// Settings of a run.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Rounds per case.
    pub(crate) rounds: usize,
    /// The length of a round of one case.
    pub(crate) round: Duration,
    /// The numbers of concurrent connections.
    pub(crate) connections: Vec<usize>,
    /// The JSON file for all figures.
    pub(crate) file: PathBuf,
    /// An earlier build to compare with.
    pub(crate) baseline: Option<Build>,
}

impl Settings {
    /// Reads the command line of tests/tools/bench.sh.
    pub(crate) fn read(arguments: &[String]) -> Self {
        let [rounds, seconds, connections, file, baseline] = arguments else {
            panic!(
                "tests/tools/bench.sh gives ROUNDS SECONDS CONNECTIONS FILE BASELINE: {arguments:?}"
            );
        };
        let connections = connections.split_ascii_whitespace();
        Self {
            rounds: number(rounds) as usize,
            round: Duration::from_secs(number(seconds).into()),
            connections: connections.map(|it| number(it) as usize).collect(),
            file: file.into(),
            baseline: (!baseline.is_empty()).then(|| Build::at(Path::new(baseline))),
        }
    }
}
