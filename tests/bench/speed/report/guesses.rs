//! The timing of wrong passwords.

use serde_json::{Value, json};

use super::line;
use crate::speed::goals::GUESS;
use crate::speed::guesses::{Guesses, NO_ACCOUNT};
use crate::statistics::Spread;

pub(super) fn write(text: &mut String, all: &[Guesses]) {
    line(
        text,
        "\nA wrong password: median (lowest to highest), by that where there is no account.\n",
    );
    line(
        text,
        &format!("  {:<60}{:>32}{:>10}{:>9}", "", "ms", "CPU ms", "ratio"),
    );
    let mut without = None;
    for guesses in all {
        let times = Spread::of(guesses.times.iter().copied());
        if guesses.account == NO_ACCOUNT {
            without = Some(times.median);
        }
        let ratio = without.map_or(1.0, |without| times.median / without);
        let name = format!("{}: {}", guesses.way.name(), guesses.account);
        let (times, cpu) = (times.to_string(), guesses.cpu);
        // A faster answer reveals as much as a slower one.
        let goal = GUESS.describe(ratio.max(1.0 / ratio), "either way");
        line(
            text,
            &format!("  {name:<60}{times:>32}{cpu:>10.1}{ratio:>9.2}   {goal}"),
        );
    }
}

pub(super) fn json(guesses: &Guesses) -> Value {
    json!({
        "way": guesses.way.name(),
        "account": guesses.account,
        "times_ms": guesses.times,
        "cpu_ms": guesses.cpu,
    })
}
