//! Secrets that the tests of this process have met, and that no log may hold (SEC-192).

use std::sync::{Mutex, PoisonError};

/// Shorter values could be in a log by chance.
const SHORTEST: usize = 12;
/// The embedded server prints the mails that it has no server for; in tests its output and its log are one file.
const PRINTED_MAIL: &str = "mail to ";

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

/// Checks that no line of a log has one of the secrets that were met since there were so many.
#[track_caller]
pub(crate) fn assert_absent(log: &str, since: usize) {
    let secrets = met(|secrets| secrets[since..].to_vec());
    let found = secrets
        .iter()
        .filter(|secret| log.contains(secret.as_str()));
    for secret in found {
        let mut lines = log.lines().filter(|line| !line.starts_with(PRINTED_MAIL));
        let line = lines.find(|line| line.contains(secret.as_str()));
        assert!(
            line.is_none(),
            "SEC-192: {secret:?} is in the log: {line:?}"
        );
    }
}

fn met<T>(act: impl FnOnce(&mut Vec<String>) -> T) -> T {
    act(&mut MET.lock().unwrap_or_else(PoisonError::into_inner))
}
