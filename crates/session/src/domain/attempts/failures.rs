//! Failures in a row.

use serde::{Deserialize, Serialize};

use super::{RESERVATION, Room, open};

const HOUR: i64 = 3_600_000;
/// How long a block lasts after the last failure.
pub(super) const BLOCK: i64 = 30 * 24 * HOUR;
/// How long failures count that are too few for a block.
pub(super) const MEMORY: i64 = 24 * HOUR;

/// Failures in a row, which a right password ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Failures {
    #[serde(rename = "n", default)]
    pub(super) count: u32,
    #[serde(rename = "t", default)]
    pub(super) last_at: i64,
    /// When they are forgotten.
    #[serde(rename = "e", default)]
    pub(super) ends_at: i64,
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    reserved: Vec<i64>,
}

impl Failures {
    /// Forgets failures whose time is over.
    pub(super) fn prune(&mut self, now: i64) {
        if self.count > 0 && now >= self.ends_at {
            self.count = 0;
        }
        open(&mut self.reserved, now);
    }

    /// Room for one more of at most `most`.
    pub(super) fn room(&mut self, most: u32, now: i64) -> Room {
        self.prune(now);
        let reserved = u32::try_from(self.reserved.len()).unwrap_or(u32::MAX);
        if self.count >= most {
            Room::Full(self.last_at + BLOCK - now)
        } else if self.count.saturating_add(reserved) >= most {
            Room::Busy
        } else {
            Room::Free
        }
    }

    pub(super) fn reserve(&mut self, now: i64) {
        self.reserved.push(now + RESERVATION);
    }

    pub(super) fn release(&mut self) {
        self.reserved.pop();
    }

    /// Counts one; `most` make a block.
    pub(super) fn count(&mut self, most: u32, now: i64) {
        self.count = self.count.saturating_add(1);
        self.last_at = now;
        self.ends_at = now + if self.count >= most { BLOCK } else { MEMORY };
    }

    /// Forgets all, but not the reservations.
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// Whether nothing is left of it.
    pub(super) fn is_over(&self) -> bool {
        self.count == 0 && self.reserved.is_empty()
    }

    pub(super) fn has_reservations(&self) -> bool {
        !self.reserved.is_empty()
    }

    pub(super) fn ends_at(&self) -> i64 {
        let counted = if self.count > 0 { self.ends_at } else { 0 };
        let reserved = self.reserved.iter().copied().max().unwrap_or_default();
        counted.max(reserved)
    }
}
