//! A token bucket: so many at once, then one more in each interval.

use serde::{Deserialize, Serialize};

use super::{RESERVATION, Room, open};

/// Size and rate of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Attempts at once, 1 or more.
    pub burst: u32,
    /// Milliseconds until one more is allowed, 1 or more.
    pub interval: u32,
}

impl Rate {
    fn interval(self) -> i64 {
        i64::from(self.interval.max(1))
    }

    /// Time in which an empty bucket is full again.
    fn whole(self) -> i64 {
        i64::from(self.burst) * self.interval()
    }
}

/// Attempts of one address, or with one account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// When no counted attempt counts any more.
    #[serde(rename = "e", default)]
    empty_at: i64,
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    reserved: Vec<i64>,
}

impl Bucket {
    /// Room for one more.
    pub fn room(&mut self, rate: Rate, now: i64) -> Room {
        // A limit may have been lowered since, and clocks differ.
        self.empty_at = self.empty_at.min(now + rate.whole());
        let reserved = open(&mut self.reserved, now);
        let counted = (self.empty_at - now).max(0);
        let used = (counted + rate.interval() - 1) / rate.interval();
        let burst = i64::from(rate.burst);
        if used >= burst {
            Room::Full(counted - (burst - 1) * rate.interval())
        } else if used + i64::try_from(reserved).unwrap_or(i64::MAX) >= burst {
            Room::Busy
        } else {
            Room::Free
        }
    }

    /// Reserves one.
    pub fn reserve(&mut self, now: i64) {
        self.reserved.push(now + RESERVATION);
    }

    /// Gives a reservation back.
    pub fn release(&mut self) {
        self.reserved.pop();
    }

    /// Counts one.
    pub fn count(&mut self, rate: Rate, now: i64) {
        self.empty_at = self.empty_at.max(now) + rate.interval();
    }

    /// Takes one back that was counted.
    pub fn take_back(&mut self, rate: Rate) {
        self.empty_at -= rate.interval();
    }

    /// When it is as good as new.
    #[must_use]
    pub fn ends_at(&self) -> i64 {
        let reserved = self.reserved.iter().copied().max().unwrap_or_default();
        self.empty_at.max(reserved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        burst: 3,
        interval: 100,
    };

    #[test]
    fn so_many_at_once_and_then_one_in_each_interval() {
        let mut bucket = Bucket::default();
        for _ in 0..3 {
            assert_eq!(bucket.room(RATE, 1_000), Room::Free);
            bucket.count(RATE, 1_000);
        }
        assert_eq!(bucket.room(RATE, 1_000), Room::Full(100));
        assert_eq!(bucket.room(RATE, 1_099), Room::Full(1));
        assert_eq!(bucket.room(RATE, 1_100), Room::Free);
        bucket.count(RATE, 1_100);
        assert_eq!(bucket.room(RATE, 1_199), Room::Full(1));
        assert_eq!(bucket.ends_at(), 1_400);
        assert_eq!(bucket.room(RATE, 1_400), Room::Free);
    }

    #[test]
    fn reservations_count_until_they_are_settled() {
        let mut bucket = Bucket::default();
        for _ in 0..3 {
            assert_eq!(bucket.room(RATE, 0), Room::Free);
            bucket.reserve(0);
        }
        assert_eq!(bucket.room(RATE, 0), Room::Busy);
        bucket.release();
        assert_eq!(bucket.room(RATE, 0), Room::Free);
        bucket.reserve(0);
        assert_eq!(bucket.room(RATE, RESERVATION - 1), Room::Busy);
        assert_eq!(bucket.room(RATE, RESERVATION), Room::Free, "lost ones");
    }

    #[test]
    fn a_lowered_limit_applies_at_once() {
        let mut bucket = Bucket::default();
        let slow = Rate {
            burst: 3,
            interval: 1_000_000,
        };
        for _ in 0..3 {
            bucket.count(slow, 0);
        }
        assert_eq!(bucket.room(slow, 0), Room::Full(1_000_000));
        assert_eq!(bucket.room(RATE, 0), Room::Full(100));
        bucket.take_back(RATE);
        assert_eq!(bucket.room(RATE, 0), Room::Free);
    }
}
