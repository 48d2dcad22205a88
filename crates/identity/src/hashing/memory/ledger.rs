//! Counters for tests.

use std::sync::MutexGuard;

use super::*;
use crate::domain::HashKind;

/// All memory of a pool, in use or idle.
#[derive(Debug, Default, Clone, Copy)]
pub(in crate::hashing) struct Ledger {
    pub(in crate::hashing) allocations: usize,
    blocks: usize,
    pub(in crate::hashing) most_blocks: usize,
}

impl Ledger {
    pub(super) fn note_allocation(&mut self, blocks: usize) {
        self.allocations += 1;
        self.blocks += blocks;
        self.most_blocks = self.most_blocks.max(self.blocks);
    }

    pub(super) fn note_freed(&mut self, blocks: usize) {
        self.blocks -= blocks;
    }
}

impl MemoryPool {
    pub(in crate::hashing) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap()
    }

    pub(in crate::hashing) fn idle(&self) -> MutexGuard<'_, Vec<HashMemory>> {
        self.idle.lock().unwrap()
    }

    /// The computations since the last call that are recorded in idle memory.
    pub(in crate::hashing) fn take_computed(&self) -> Vec<HashKind> {
        let mut idle = self.idle();
        idle.iter_mut()
            .flat_map(|memory| std::mem::take(&mut memory.computed))
            .collect()
    }
}
