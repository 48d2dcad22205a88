//! What a run can be told.

use std::path::PathBuf;
use std::time::Duration;

use crate::arguments::number;

/// Of a run.
#[derive(Debug)]
pub(crate) struct Settings {
    /// In the store that holds many, each of a user of its own.
    pub(crate) sessions: usize,
    /// Silent authentications in a second: as many as two cores carry easily.
    pub(crate) rate: u32,
    /// For each store and kind of request.
    pub(crate) rounds: usize,
    /// How long a round takes.
    pub(crate) round: Duration,
    /// Where all figures go, as JSON.
    pub(crate) file: PathBuf,
}

impl Settings {
    /// From the command line that tests/tools/bench.sh writes.
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

    /// Sessions in the store that holds few.
    pub(crate) fn few(&self) -> usize {
        self.sessions.min(10_000)
    }

    /// Requests of a round.
    pub(crate) fn requests(&self) -> u32 {
        let seconds = u32::try_from(self.round.as_secs()).expect("it was a u32");
        self.rate * seconds
    }
}
