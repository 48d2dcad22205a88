//! The working memory of Argon2.

use std::fmt;

use argon2::Block;

#[cfg(test)]
use super::HashKind;

/// Blocks from which on glibc always maps an allocation (more than 32 MiB) and unmaps it when it is freed. A smaller
/// allocation may stay in an arena of its thread. Untouched pages use no memory.
const ALWAYS_MAPPED: usize = 33 * 1024;

/// Blocks of 1 KiB, reused by one computation after the other. Results do not depend on earlier content: Argon2 writes
/// each block before it reads it (RFC 9106 §3.2).
pub struct HashMemory {
    blocks: Vec<Block>,
    /// The computations in this memory, including bcrypt.
    #[cfg(test)]
    pub(crate) computed: Vec<HashKind>,
}

impl HashMemory {
    /// Memory for reuse.
    #[must_use]
    pub fn new(blocks: usize) -> Self {
        Self::with_capacity(blocks, blocks)
    }

    /// Memory that is returned to the operating system when dropped.
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

    /// Overwrites the memory, which holds values computed from a password.
    pub fn wipe(&mut self) {
        self.blocks.fill(Block::new());
    }

    /// The number of blocks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    /// Whether there are no blocks.
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
