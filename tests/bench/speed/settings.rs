//! What a run can be told.

use std::path::{Path, PathBuf};
use std::time::Duration;

use doorward_e2e::Build;

use crate::arguments::number;

/// Settings of a run.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Of each case.
    pub(crate) rounds: usize,
    /// How long a round takes for each case.
    pub(crate) round: Duration,
    /// Where all figures go, as JSON.
    pub(crate) file: PathBuf,
    /// An earlier build to compare with.
    pub(crate) baseline: Option<Build>,
}

impl Settings {
    /// Reads the command line that tests/tools/bench.sh writes.
    pub(crate) fn read(arguments: &[String]) -> Self {
        let [rounds, seconds, file, baseline] = arguments else {
            panic!("tests/tools/bench.sh gives ROUNDS SECONDS FILE BASELINE: {arguments:?}");
        };
        Self {
            rounds: number(rounds) as usize,
            round: Duration::from_secs(number(seconds).into()),
            file: file.into(),
            baseline: (!baseline.is_empty()).then(|| Build::at(Path::new(baseline))),
        }
    }
}
