//! Pool of memory for hashing. Callers hold the permits for what they take.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::HashMemory;

/// The memory of at most `slots` computations. A slot has room for one new hash. Memory for more than that replaces
/// that of as many idle slots, and is given back to the operating system after its use.
#[derive(Debug)]
pub(super) struct MemoryPool {
    slots: usize,
    slot_blocks: usize,
    idle: Mutex<Vec<HashMemory>>,
    #[cfg(test)]
    ledger: Mutex<ledger::Ledger>,
}

impl MemoryPool {
    pub(super) fn new(slots: usize, slot_blocks: usize) -> Arc<Self> {
        Arc::new(Self {
            slots,
            slot_blocks,
            idle: Mutex::default(),
            #[cfg(test)]
            ledger: Mutex::default(),
        })
    }

    /// Number of slots for these blocks. Larger computations take all slots, and run alone.
    pub(super) fn weight(&self, blocks: usize) -> usize {
        blocks.div_ceil(self.slot_blocks).clamp(1, self.slots)
    }

    /// Takes memory. The caller holds permits for its weight.
    pub(super) fn take(self: &Arc<Self>, blocks: usize) -> TakenMemory {
        let mut idle = self.take_idle(self.weight(blocks));
        let reused = if blocks > self.slot_blocks {
            None
        } else {
            idle.pop()
        };
        // Freed before more is allocated.
        for memory in idle {
            self.free(memory);
        }
        TakenMemory {
            memory: reused.unwrap_or_else(|| self.allocate(blocks)),
            pool: Arc::clone(self),
        }
    }

    fn take_idle(&self, most: usize) -> Vec<HashMemory> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = idle.len().saturating_sub(most);
        idle.split_off(rest)
    }

    fn allocate(&self, blocks: usize) -> HashMemory {
        let memory = if blocks > self.slot_blocks {
            HashMemory::for_once(blocks)
        } else {
            HashMemory::new(self.slot_blocks)
        };
        #[cfg(test)]
        self.ledger().note_allocation(memory.len());
        memory
    }

    fn give_back(&self, mut memory: HashMemory) {
        if memory.len() == self.slot_blocks {
            memory.wipe();
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(memory);
        } else {
            self.free(memory);
        }
    }

    #[cfg_attr(not(test), expect(clippy::unused_self, reason = "only tests count"))]
    fn free(&self, memory: HashMemory) {
        #[cfg(test)]
        self.ledger().note_freed(memory.len());
        drop(memory);
    }
}

/// Memory that goes back to its pool, also after a panic.
#[derive(Debug)]
pub(super) struct TakenMemory {
    memory: HashMemory,
    pool: Arc<MemoryPool>,
}

impl Deref for TakenMemory {
    type Target = HashMemory;

    fn deref(&self) -> &HashMemory {
        &self.memory
    }
}

impl DerefMut for TakenMemory {
    fn deref_mut(&mut self) -> &mut HashMemory {
        &mut self.memory
    }
}

impl Drop for TakenMemory {
    fn drop(&mut self) {
        let memory = std::mem::replace(&mut self.memory, HashMemory::new(0));
        self.pool.give_back(memory);
    }
}

#[cfg(test)]
mod ledger;
