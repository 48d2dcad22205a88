//! What no log may hold (SEC-192): the secrets that all tests of this process have met.

use std::sync::{Mutex, PoisonError};

/// What is shorter could be in a log by chance.
const SHORTEST: usize = 12;

static MET: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Notes a secret: a password, the value of a cookie, a token, a ticket.
pub(crate) fn note(secret: &str) {
    if secret.len() >= SHORTEST {
        met(|secrets| secrets.push(secret.to_owned()));
    }
}

/// The number of secrets so far.
pub(crate) fn count() -> usize {
    met(|secrets| secrets.len())
}

/// Checks that a log has none of the secrets that were met since there were so many.
#[track_caller]
pub(crate) fn assert_absent(log: &str, since: usize) {
    let secrets = met(|secrets| secrets[since..].to_vec());
    let found = secrets.iter().find(|secret| log.contains(secret.as_str()));
    if let Some(secret) = found {
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        panic!("SEC-192: {secret:?} is in the log: {line:?}");
    }
}

fn met<T>(act: impl FnOnce(&mut Vec<String>) -> T) -> T {
    act(&mut MET.lock().unwrap_or_else(PoisonError::into_inner))
}
