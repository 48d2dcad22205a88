//! Names of keys.
//!
//! The first two characters of a hash are the partition that a key belongs to. They are its hash tag, so that all keys
//! of one user are in one slot of a cluster, together with the marker of its partition: a function can read both. The
//! 4,096 partitions spread over the 16,384 slots within one per cent of evenly for three primaries.

use std::collections::HashMap;
use std::sync::LazyLock;

use crc16::{State, XMODEM};

use crate::domain::{ClientAddress, CounterKey, Secret, UserHash};

/// The characters of base64url: two of them name a partition.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LENGTH: usize = 2;
const SLOTS: u16 = 16_384;

/// Computed once, because every probe uses it.
static SAMPLE: LazyLock<Vec<Partition>> = LazyLock::new(|| {
    let mut parts = HashMap::new();
    for partition in Partition::all() {
        let part = partition.slot() / (SLOTS / 128);
        parts.entry(part).or_insert(partition);
    }
    parts.into_values().collect()
});

/// One of 4,096 parts of the store.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Partition(String);

impl Partition {
    /// All partitions.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        ALPHABET
            .iter()
            .flat_map(|first| ALPHABET.iter().map(|second| Self::new(*first, *second)))
    }

    /// One in each of 128 equal parts of a cluster's slots: each primary with its fair share of them has some of these,
    /// up to 64 primaries.
    pub(super) fn sample() -> impl Iterator<Item = Self> {
        SAMPLE.iter().cloned()
    }

    /// Slot of a cluster, by the specification of Redis Cluster.
    fn slot(&self) -> u16 {
        State::<XMODEM>::calculate(self.0.as_bytes()) % SLOTS
    }

    /// Partition of keys that exist once.
    pub(super) fn of_the_store() -> Self {
        Self::new(ALPHABET[0], ALPHABET[0])
    }

    fn new(first: u8, second: u8) -> Self {
        Self([first, second].map(char::from).iter().collect())
    }

    fn of(hash: &str) -> Self {
        Self(hash.chars().take(LENGTH).collect())
    }

    /// Key with the store's id, written after all markers, in the partitions of the sample.
    pub(super) fn completion(&self) -> String {
        self.key("store-complete")
    }

    /// Key with the store's id. Lost if the data of the partition is lost.
    pub(super) fn marker(&self) -> String {
        self.key("store")
    }

    fn key(&self, name: &str) -> String {
        format!("doorward:{{{}}}:{name}", self.0)
    }
}

/// A key and its partition.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) partition: Partition,
    pub(super) name: String,
}

impl Key {
    fn new(kind: &str, hash: &str) -> Self {
        let partition = Partition::of(hash);
        let name = partition.key(&format!("{kind}:{hash}"));
        Self { partition, name }
    }

    pub(super) fn user(user: &UserHash) -> Self {
        Self::new("user", user.as_str())
    }

    pub(super) fn transaction(id: &Secret) -> Self {
        Self::transaction_of(&id.hash())
    }

    pub(super) fn transaction_of(id_hash: &str) -> Self {
        Self::new("transaction", id_hash)
    }

    pub(super) fn address(address: &ClientAddress) -> Self {
        Self::new("address", &address.hash())
    }

    pub(super) fn browser(browser: &Secret) -> Self {
        Self::new("browser", &browser.hash())
    }

    pub(super) fn transaction_client(id: &Secret) -> Self {
        Self::new("transaction-client", &id.hash())
    }

    pub(super) fn access_token(token: &Secret) -> Self {
        Self::new("access-token", &token.hash())
    }

    pub(super) fn counter(key: &CounterKey) -> Self {
        Self::new("counter", key.as_str())
    }

    pub(super) fn user_relay_position() -> Self {
        let partition = Partition::of_the_store();
        let name = partition.key("user-relay-position");
        Self { partition, name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_primary_is_sampled() {
        let sample: Vec<_> = Partition::sample()
            .map(|partition| partition.slot())
            .collect();
        assert_eq!(sample.len(), 128);
        for primaries in 1..=64_u32 {
            for index in 0..primaries {
                let bounds = [index, index + 1].map(|at| u32::from(SLOTS) * at / primaries);
                let is_sampled = |slot: &u16| (bounds[0]..bounds[1]).contains(&u32::from(*slot));
                assert!(sample.iter().any(is_sampled), "{index} of {primaries}");
            }
        }
    }

    #[test]
    fn partitions_are_spread_evenly() {
        let mut shares = [0; 3];
        for partition in Partition::all() {
            shares[usize::from(partition.slot()) * 3 / usize::from(SLOTS)] += 1;
        }
        assert!(
            shares.iter().all(|share| (1_345..=1_385).contains(share)),
            "{shares:?}"
        );
    }
}
