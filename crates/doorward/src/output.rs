//! What a command has to say.

use std::fmt::Display;
use std::io::{self, Write};

/// Prints a line on standard output. Nobody may be reading any more, which is no reason to stop half-way, as `println`
/// would.
pub(crate) fn say(line: impl Display) {
    let _ = io::stdout().write_all(format!("{line}\n").as_bytes());
}

/// Prints a line on standard error about something that is done, but maybe not as meant.
pub(crate) fn warn(line: impl Display) {
    let _ = io::stderr().write_all(format!("warning: {line}\n").as_bytes());
}
