//! The output of commands.

use std::fmt::Display;
use std::io::{self, Write};

/// Prints a line on standard output. Ignores errors, where `println!` would panic: a closed pipe must not stop the
/// command.
pub(crate) fn say(line: impl Display) {
    let _ = io::stdout().write_all(format!("{line}\n").as_bytes());
}

/// Prints a warning on standard error.
pub(crate) fn warn(line: impl Display) {
    let _ = io::stderr().write_all(format!("warning: {line}\n").as_bytes());
}

/// Prints on standard error what is wrong with a part of the input that is left out.
pub(crate) fn complain(line: impl Display) {
    let _ = io::stderr().write_all(format!("error: {line}\n").as_bytes());
}

/// Prints a JSON document on standard output.
pub(crate) fn say_json(document: &serde_json::Value) {
    say(format_args!("{document:#}"));
}
