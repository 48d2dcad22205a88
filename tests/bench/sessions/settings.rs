//! The settings of a run.

use std::path::PathBuf;
use std::time::Duration;

use crate::arguments::number;

/// The settings of a run, from the command line.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Sessions in the large store, each of another user.
    pub(crate) sessions: usize,
    /// Silent authentications per second, a load that two cores carry easily.
    pub(crate) rate: u32,
    /// Rounds per store and kind of request.
    pub(crate) rounds: usize,
    /// The length of a round.
    pub(crate) round: Duration,
    /// The JSON file for all figures.
    pub(crate) file: PathBuf,
}

impl Settings {
    /// Reads the command line of tests/tools/bench.sh.
    pub(crate) fn read(arguments: &[String]) -> Self {
        let [sessions, rate, rounds, seconds, file] = arguments else {
            panic!("tests/tools/bench.sh gives SESSIONS RATE ROUNDS SECONDS FILE: {arguments:?}");
        };
        Self {
            sessions: number(sessions) as usize,
            rate: number(rate),
            rounds: number(rounds) as usize,
            round: Duration::from_secs(number(seconds).into()),
            file: file.into(),
        }
    }

    /// Sessions in the small store.
    pub(crate) fn few(&self) -> usize {
        self.sessions.min(10_000)
    }

    /// Requests of a round.
    pub(crate) fn requests(&self) -> u32 {
        let seconds = u32::try_from(self.round.as_secs()).expect("it was a u32");
        self.rate * seconds
    }
}
