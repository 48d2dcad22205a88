//! What a command has to say, on standard output.

use std::fmt::Display;
use std::io::{self, Write};

/// Prints a line. Nobody may be reading any more, which is no reason to stop half-way, as `println` would.
pub(crate) fn say(line: impl Display) {
    let _ = io::stdout().write_all(format!("{line}\n").as_bytes());
}
