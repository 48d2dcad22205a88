//! Checks a password with the same work for every account, and without an account.

use std::collections::BTreeSet;
use std::hint::black_box;

use argon2::Params;
use doorward_service_kit::with_causes;

use crate::domain::{HashKind, HashMemory, HashingFailed, Password, PasswordHash, UnknownHash};

/// Result of checking a password.
#[derive(Debug)]
pub(crate) enum PasswordCheck {
    Wrong,
    /// With a stronger hash to store, if the stored one is weaker than new ones.
    Right(Option<PasswordHash>),
}

/// One computation of each kind of hash that any account has, and one of the native kind, in an order that does not
/// depend on the account. The stored hash is checked for its kind; stand-ins are checked for the others.
#[derive(Debug)]
pub(super) struct Check {
    stored: Option<PasswordHash>,
    native: HashKind,
    /// One of each other kind.
    foreign: Vec<PasswordHash>,
}

impl Check {
    pub(super) fn new(
        stored: Option<PasswordHash>,
        kinds: &[HashKind],
        cost: &Params,
    ) -> Result<Self, UnknownHash> {
        let native = HashKind::native(cost);
        let own = stored.as_ref().map(PasswordHash::kind);
        let kinds: BTreeSet<_> = kinds.iter().chain(&own).collect();
        let foreign = kinds
            .into_iter()
            .filter(|kind| **kind != native)
            .map(|kind| match &stored {
                Some(stored) if own.as_ref() == Some(kind) => Ok(stored.clone()),
                _ => kind.stand_in(),
            });
        Ok(Self {
            foreign: foreign.collect::<Result<_, _>>()?,
            stored,
            native,
        })
    }

    /// The memory for the largest of the computations.
    pub(super) fn blocks(&self, cost: &Params) -> usize {
        let foreign = self.foreign.iter().map(PasswordHash::blocks);
        foreign.fold(cost.block_count(), usize::max)
    }

    pub(super) fn run(
        &self,
        password: &Password,
        cost: &Params,
        memory: &mut HashMemory,
    ) -> Result<PasswordCheck, HashingFailed> {
        let mut right = false;
        for hash in &self.foreign {
            // A stand-in never counts as a match.
            right |=
                black_box(hash.matches(password, memory)?) && self.stored.as_ref() == Some(hash);
        }
        let Some(native) = self.native_hash() else {
            let fresh = PasswordHash::new(password, cost, memory);
            return self.verdict(right, fresh, cost);
        };
        right = native.matches(password, memory)?;
        if right && native.is_weaker_than(cost) {
            return self.verdict(right, PasswordHash::new(password, cost, memory), cost);
        }
        Ok(if right {
            PasswordCheck::Right(None)
        } else {
            PasswordCheck::Wrong
        })
    }

    /// The stored hash, if it is native.
    fn native_hash(&self) -> Option<&PasswordHash> {
        let stored = self.stored.as_ref();
        stored.filter(|stored| stored.kind() == self.native)
    }

    /// A right password stays right if the new hash fails.
    fn verdict(
        &self,
        right: bool,
        fresh: Result<PasswordHash, HashingFailed>,
        cost: &Params,
    ) -> Result<PasswordCheck, HashingFailed> {
        let weaker = |stored: &PasswordHash| stored.is_weaker_than(cost);
        match fresh {
            Ok(fresh) if right => Ok(PasswordCheck::Right(
                Some(fresh).filter(|_| self.stored.as_ref().is_some_and(weaker)),
            )),
            Err(error) if right => {
                tracing::warn!(
                    error = with_causes(&error),
                    "cannot compute an upgraded password hash"
                );
                Ok(PasswordCheck::Right(None))
            }
            fresh => {
                black_box(fresh?);
                Ok(PasswordCheck::Wrong)
            }
        }
    }
}

#[cfg(test)]
mod tests;
