//! The memory that Argon2 works in.

use std::fmt;

use argon2::Block;

#[cfg(test)]
use super::HashKind;

/// glibc maps an allocation of more than 32 MiB by itself, whatever was freed before, and unmaps it when it is freed. A
/// smaller one may stay in an arena of the thread that freed it. What is not touched takes no room.
const ALWAYS_MAPPED: usize = 33 * 1024;

/// Blocks of 1 KiB, used by one computation after the other. No result depends on what they held before: Argon2 writes
/// each block before it reads it (RFC 9106 §3.2).
pub struct HashMemory {
    blocks: Vec<Block>,
    /// The computations that were done in it, bcrypt too.
    #[cfg(test)]
    pub(crate) computed: Vec<HashKind>,
}

impl HashMemory {
    /// Memory that is kept and used again.
    #[must_use]
    pub fn new(blocks: usize) -> Self {
        Self::with_capacity(blocks, blocks)
    }

    /// Memory that goes back to the operating system when it is dropped.
    #[must_use]
    pub fn for_once(blocks: usize) -> Self {
        Self::with_capacity(blocks, blocks.max(ALWAYS_MAPPED))
    }

    fn with_capacity(len: usize, capacity: usize) -> Self {
        let mut blocks = Vec::with_capacity(capacity);
        blocks.resize(len, Block::new());
        Self {
            blocks,
            #[cfg(test)]
            computed: Vec::new(),
        }
    }

    /// Overwrites what was computed from a password.
    pub fn wipe(&mut self) {
        self.blocks.fill(Block::new());
    }

    /// How many blocks there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    #[cfg(test)]
    pub(crate) fn is_wiped(&self) -> bool {
        let mut words = self.blocks.iter().flat_map(AsRef::<[u64]>::as_ref);
        words.all(|word| *word == 0)
    }

    pub(super) fn blocks(&mut self) -> &mut [Block] {
        &mut self.blocks
    }
}

impl fmt::Debug for HashMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HashMemory of {} KiB [redacted]", self.blocks.len())
    }
}
