//! Attempts to sign in with one identifier, whether an account has it or not.

use serde::{Deserialize, Serialize};

use super::failures::Failures;
use super::{Bucket, Exceeded, Outcome, Rate, Room, Verdict};

/// Attempts with one account from one address, right ones too: 20 at once, then 10 in a minute.
const SAME_USER: Rate = Rate {
    burst: 20,
    interval: 6_000,
};
/// Failures with one account from all addresses together, of browsers that are not known: at most 100 in an hour.
const EVERYWHERE: Rate = Rate {
    burst: 50,
    interval: 72_000,
};
/// More would let strangers fill the store by one account.
const MAX_SOURCES: usize = 100;
/// Browsers that an account is known to have been signed in from.
const MAX_DEVICES: usize = 20;
/// 90 days in milliseconds: how long a browser is known after its last sign-in.
const DEVICE_LIFE: i64 = 90 * 24 * 3_600_000;

/// Limit of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountLimit {
    /// Failures in a row.
    pub max_attempts: u32,
    /// Whether those of all addresses count together.
    pub per_identifier: bool,
    /// Whether more are refused.
    pub blocks: bool,
}

/// Where an attempt comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Hash of the value by which its browser is known; `None`: it has none.
    pub device: Option<String>,
    /// IP address, or the network of an IPv6 address; empty: unknown.
    pub address: String,
}

/// Failures of one source, for display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// Address; empty: unknown, or all together.
    pub address: String,
    /// Whether the browser has signed in before.
    pub known_browser: bool,
    /// Number of failures.
    pub failures: u32,
    /// Milliseconds since 1970.
    pub last_at: i64,
}

/// Everything that is counted of one identifier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Failures of all sources together.
    #[serde(rename = "f", default)]
    failures: Failures,
    #[serde(rename = "a", default)]
    everywhere: Bucket,
    #[serde(rename = "s", default)]
    sources: Vec<Counted>,
    #[serde(rename = "d", default)]
    devices: Vec<Device>,
}

/// Counts of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Counted {
    /// Hash of the device; empty: a source without a known one.
    #[serde(rename = "d", default)]
    device: String,
    #[serde(rename = "a", default)]
    address: String,
    #[serde(rename = "f", default)]
    failures: Failures,
    #[serde(rename = "r", default)]
    rate: Bucket,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Device {
    #[serde(rename = "h")]
    hash: String,
    #[serde(rename = "u")]
    until: i64,
}

impl Account {
    /// Whether the browser has signed in to this account before.
    #[must_use]
    pub fn knows(&self, source: &Source, now: i64) -> bool {
        // mutant: known-browsers-forgotten
        source.device.as_ref().is_some_and(|device| {
            let mut known = self.devices.iter();
            known.any(|known| known.hash == *device && known.until > now)
        })
    }

    /// Reserves an attempt. A known browser has counts of its own, so that attempts from elsewhere do not lock it out.
    pub fn admit(&mut self, source: &Source, limit: AccountLimit, now: i64) -> Verdict {
        self.prune(now);
        let is_known = self.knows(source, now);
        let together = limit.per_identifier && !is_known;
        let index = self.counted(source, is_known, now);
        let rooms = [
            (
                Exceeded::SameUser,
                self.sources[index].rate.room(SAME_USER, now),
            ),
            (
                Exceeded::Account,
                self.failures_of(index, together)
                    .room(limit.max_attempts, now),
            ),
            (
                Exceeded::SameUser,
                // mutant: accounts-tried-from-everywhere
                if is_known {
                    Room::Free
                } else {
                    self.everywhere.room(EVERYWHERE, now)
                },
            ),
        ];
        let mut passed = None;
        for (exceeded, room) in rooms {
            match room {
                Room::Free => {}
                _ if !limit.blocks => passed = passed.or(Some(exceeded)),
                Room::Busy => return Verdict::Busy,
                Room::Full(retry_after) => {
                    return Verdict::Refused {
                        exceeded,
                        retry_after,
                    };
                }
            }
        }
        self.sources[index].rate.count(SAME_USER, now);
        // mutant: attempts-not-reserved
        self.failures_of(index, together).reserve(now);
        if !is_known {
            self.everywhere.reserve(now);
        }
        Verdict::Admitted { exceeded: passed }
    }

    /// Settles an admitted attempt.
    pub fn settle(&mut self, source: &Source, limit: AccountLimit, outcome: Outcome, now: i64) {
        self.prune(now);
        let is_known = self.knows(source, now);
        let together = limit.per_identifier && !is_known;
        let index = self.counted(source, is_known, now);
        let failures = self.failures_of(index, together);
        failures.release();
        match outcome {
            Outcome::Right => failures.clear(),
            Outcome::Wrong => failures.count(limit.max_attempts, now),
            Outcome::Unknown => self.sources[index].rate.take_back(SAME_USER),
        }
        if !is_known {
            self.everywhere.release();
            if outcome == Outcome::Wrong {
                self.everywhere.count(EVERYWHERE, now);
            }
        }
    }

    /// Makes a browser known.
    pub fn know(&mut self, device: &str, now: i64) {
        self.devices.retain(|known| known.hash != device);
        self.devices.push(Device {
            hash: device.to_owned(),
            until: now + DEVICE_LIFE,
        });
        let surplus = self.devices.len().saturating_sub(MAX_DEVICES);
        self.devices.drain(..surplus);
    }

    /// The failures that count, the last first.
    #[must_use]
    pub fn failed(&mut self, now: i64) -> Vec<Failed> {
        self.prune(now);
        let together = Failed {
            address: String::new(),
            known_browser: false,
            failures: self.failures.count,
            last_at: self.failures.last_at,
        };
        let sources = self.sources.iter().map(|counted| Failed {
            address: counted.address.clone(),
            known_browser: !counted.device.is_empty(),
            failures: counted.failures.count,
            last_at: counted.failures.last_at,
        });
        let mut failed: Vec<_> = sources.chain([together]).collect();
        failed.retain(|failed| failed.failures > 0);
        failed.sort_by_key(|failed| std::cmp::Reverse(failed.last_at));
        failed
    }

    /// Forgets the failures. Known browsers stay known.
    pub fn clear(&mut self) {
        let devices = std::mem::take(&mut self.devices);
        *self = Self {
            devices,
            ..Self::default()
        };
    }

    /// When nothing of it counts any more.
    #[must_use]
    pub fn ends_at(&self) -> i64 {
        let sources = self.sources.iter();
        let sources = sources.map(|it| it.failures.ends_at().max(it.rate.ends_at()));
        let devices = self.devices.iter().map(|device| device.until);
        let all = [self.failures.ends_at(), self.everywhere.ends_at()];
        sources.chain(devices).chain(all).max().unwrap_or_default()
    }

    fn failures_of(&mut self, index: usize, together: bool) -> &mut Failures {
        if together {
            &mut self.failures
        } else {
            &mut self.sources[index].failures
        }
    }

    /// The place of a source in the list, where it is added if necessary.
    fn counted(&mut self, source: &Source, is_known: bool, now: i64) -> usize {
        let device = source.device.as_deref().filter(|_| is_known);
        let device = device.unwrap_or_default();
        let mut sources = self.sources.iter();
        let found = sources.position(|it| {
            it.device == device && (!device.is_empty() || it.address == source.address)
        });
        if let Some(found) = found {
            return found;
        }
        if self.sources.len() >= MAX_SOURCES {
            self.drop_oldest(now);
        }
        self.sources.push(Counted {
            device: device.to_owned(),
            address: source.address.clone(),
            failures: Failures::default(),
            rate: Bucket::default(),
        });
        self.sources.len() - 1
    }

    /// Drops the source that was used longest ago; the count of all sources together stays.
    fn drop_oldest(&mut self, now: i64) {
        let sources = self.sources.iter().enumerate();
        let oldest = sources.min_by_key(|(_, it)| {
            let is_kept = it.failures.has_reservations() || !it.device.is_empty();
            (is_kept, it.rate.ends_at().min(now), it.failures.last_at)
        });
        if let Some((index, _)) = oldest {
            self.sources.swap_remove(index);
        }
    }

    fn prune(&mut self, now: i64) {
        self.failures.prune(now);
        for counted in &mut self.sources {
            counted.failures.prune(now);
        }
        self.sources
            .retain(|it| !it.failures.is_over() || it.rate.ends_at() > now);
        self.devices.retain(|device| device.until > now);
    }
}

#[cfg(test)]
mod tests;
