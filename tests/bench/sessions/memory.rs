//! Memory of Redis: `used_memory` after writing more, minus `used_memory` before. So it counts everything: keys,
//! values, expiry, both tables of all keys, the rounding of the allocator.

use std::time::Duration;

use crate::sessions::stack::Stack;
use crate::statistics::exact;
use crate::store::Store;

/// The number of users for the cost of one session.
const FIRST: usize = 100_000;
/// The number of users who sign in on more devices.
const FURTHER: usize = 20_000;
const DEVICES: usize = 5;
/// The time after which a use is written: within a minute of the last one it is not (`WRITE_GRACE`).
const UNTIL_WRITTEN: Duration = Duration::from_secs(61);

/// The memory of users with one session each.
#[derive(Debug)]
pub(crate) struct First {
    /// `used_memory` of the empty store, with everything connected to it.
    pub(crate) empty: u64,
    /// The number of users in `bytes`.
    pub(crate) users: usize,
    /// Bytes per user.
    pub(crate) bytes: f64,
    /// `used_memory` with all sessions, the empty store included.
    pub(crate) in_all: u64,
    /// The resident memory of Redis with all sessions.
    pub(crate) resident: u64,
    /// The parts of a record, in bytes, averaged over some records.
    pub(crate) parts: Vec<(String, f64)>,
}

/// The memory of users with more sessions.
#[derive(Debug)]
pub(crate) struct Further {
    /// The number of users.
    pub(crate) users: usize,
    /// Bytes of the second session, the third, and so on.
    pub(crate) bytes: Vec<f64>,
    /// Extra bytes of a session that was last used with another address or browser than at its start.
    pub(crate) moved: f64,
}

impl Further {
    /// The mean over all further sessions.
    pub(crate) fn mean(&self) -> f64 {
        self.bytes.iter().sum::<f64>() / exact(self.bytes.len())
    }
}

/// Opens a session for each of `sessions` users.
pub(crate) async fn first_sessions(stack: &mut Stack, sessions: usize) -> First {
    let users = sessions.min(FIRST);
    let empty = stack.store.used_memory().await;
    stack.open_sessions(0..users).await;
    let begun = stack.store.used_memory().await;
    stack.open_sessions(users..sessions).await;
    First {
        empty,
        users,
        bytes: each(empty, begun, users),
        in_all: stack.store.used_memory().await,
        resident: stack.store.number("memory", "used_memory_rss"),
        parts: parts(&stack.store),
    }
}

/// Opens more sessions for some of the users.
pub(crate) async fn further_sessions(stack: &Stack) -> Further {
    let users = FURTHER.min(stack.sessions.len());
    let mut before = stack.store.used_memory().await;
    let mut more = async || {
        let now = stack.store.used_memory().await;
        each(std::mem::replace(&mut before, now), now, users)
    };
    let mut bytes = Vec::new();
    for device in 1..DEVICES {
        stack.filler.open(0..users, device).await;
        bytes.push(more().await);
    }
    tokio::time::sleep(UNTIL_WRITTEN).await;
    stack
        .filler
        .visit_from(&stack.sessions[..users], DEVICES)
        .await;
    Further {
        users,
        bytes,
        moved: more().await,
    }
}

fn each(before: u64, after: u64, users: usize) -> f64 {
    let more = after.checked_sub(before).expect("more was written");
    exact(more) / exact(users)
}

fn parts(store: &Store) -> Vec<(String, f64)> {
    let lines = store.eval(include_str!("sample.lua"));
    let sums = lines.iter().map(|line| {
        let (name, sum) = line.split_once(':').expect("a name and a number");
        (name, sum.parse::<f64>().expect("a number"))
    });
    let mut sums: Vec<_> = sums.collect();
    let (_, users) = sums.remove(0);
    let means = sums.into_iter();
    means
        .map(|(name, sum)| (name.to_owned(), sum / users))
        .collect()
}
