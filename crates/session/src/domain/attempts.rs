//! Attempts to sign in and to sign up: how many an account and an address may make.
//!
//! An attempt is reserved before the password is checked, and counted when it was wrong. Reservations count like
//! failures until they are settled: attempts at once are no way round a limit. While only reservations stand in the
//! way, an attempt waits, so that right passwords at once all succeed.
//!
//! Instants are milliseconds since 1970.

mod account;
mod bucket;
mod failures;

pub use account::{Account, AccountLimit, Failed, Source};
pub use bucket::{Bucket, Rate};

/// How long a reservation counts that is not settled, in milliseconds. Longer than any check of a password takes.
const RESERVATION: i64 = 10_000;

/// Outcome of an attempt to reserve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Reserved. `exceeded` is a limit that does not block.
    Admitted {
        /// The limit.
        exceeded: Option<Exceeded>,
    },
    /// Not reserved: attempts that are not settled yet stand in the way.
    Busy,
    /// Not reserved.
    Refused {
        /// The limit that it would exceed.
        exceeded: Exceeded,
        /// Milliseconds until it may be tried again.
        retry_after: i64,
    },
}

/// A limit that an attempt exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// The failures of the account.
    Account,
    /// The attempts of the address.
    Address,
    /// The attempts with one account in a short time.
    SameUser,
}

/// Outcome of an admitted attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The password was right.
    Right,
    /// The password or the identifier was wrong.
    Wrong,
    /// Unknown, for example because of an outage: counts for nothing.
    Unknown,
}

/// Room below a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// There is room for one more.
    Free,
    /// There may be, once reservations are settled.
    Busy,
    /// There is none for so many milliseconds.
    Full(i64),
}

/// Removes reservations that were not settled in time. Returns the number of the others.
fn open(reserved: &mut Vec<i64>, now: i64) -> usize {
    reserved.retain(|until| *until > now && *until <= now + 2 * RESERVATION);
    reserved.len()
}
