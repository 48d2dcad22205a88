//! Reads the command lines of tests/tools/bench.sh.

/// A number above 0.
pub(crate) fn number(text: &str) -> u32 {
    let number: Option<u32> = text.parse().ok().filter(|number| *number > 0);
    number.unwrap_or_else(|| panic!("not a number above 0: {text:?}"))
}
