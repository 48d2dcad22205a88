//! The replicas of a service as they are now, and the choice of one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::connection::Connection;

/// The state of one replica.
#[derive(Debug, Clone)]
pub(super) enum Standing {
    /// It is being connected, for the first time or after its connection was lost. Calls wait for it.
    Hopeful,
    Connected(Arc<Connection>),
    /// It could not be connected. Tried again, but not waited for.
    Failing(Arc<str>),
}

/// All replicas of a channel.
#[derive(Debug, Default)]
pub(super) struct View {
    replicas: BTreeMap<u64, Standing>,
    /// The connected ones.
    usable: Vec<Arc<Connection>>,
    was_connected: bool,
    /// Why no replica is known; `None` before the first look-up.
    unresolved: Option<Arc<str>>,
}

impl View {
    pub(super) fn set(&mut self, replica: u64, standing: Standing) {
        self.replicas.insert(replica, standing);
        self.update();
    }

    pub(super) fn remove(&mut self, replica: u64) {
        self.replicas.remove(&replica);
        self.update();
    }

    pub(super) fn set_unresolved(&mut self, error: Arc<str>) {
        self.unresolved = Some(error);
    }

    fn update(&mut self) {
        let connected = self
            .replicas
            .values()
            .filter_map(|standing| match standing {
                Standing::Connected(connection) => Some(Arc::clone(connection)),
                _ => None,
            });
        self.usable = connected.collect();
        self.was_connected |= !self.usable.is_empty();
    }

    /// Whether there was a connection before.
    pub(super) fn was_connected(&self) -> bool {
        self.was_connected
    }

    pub(super) fn is_connected(&self, replica: u64) -> bool {
        matches!(self.replicas.get(&replica), Some(Standing::Connected(_)))
    }

    pub(super) fn connected(&self) -> usize {
        self.usable.len()
    }

    /// Why waiting for a connection is useless, if it is.
    pub(super) fn hopeless(&self) -> Option<Arc<str>> {
        let errors = self.replicas.values().map(|standing| match standing {
            Standing::Failing(error) => Some(error),
            _ => None,
        });
        let errors: Option<Vec<_>> = errors.collect();
        let error = errors?.first().copied().or(self.unresolved.as_ref());
        error.map(Arc::clone)
    }

    /// The less busy of two that are chosen by `random`. Preferred are those that are not `tried`, and among them those
    /// that answer.
    pub(super) fn pick(&self, tried: Option<u64>, random: u32) -> Option<&Arc<Connection>> {
        let is_open = |connection: &Arc<Connection>| !connection.health.is_over();
        if let [only] = self.usable.as_slice() {
            return Some(only).filter(|only| is_open(only));
        }
        let is_other = |connection: &Arc<Connection>| Some(connection.replica) != tried;
        let answers = |connection: &Arc<Connection>| !connection.health.is_doubtful();
        self.less_busy(random, |one| is_open(one) && is_other(one) && answers(one))
            .or_else(|| self.less_busy(random, |one| is_open(one) && is_other(one)))
            .or_else(|| self.less_busy(random, is_open))
    }

    fn less_busy(
        &self,
        random: u32,
        fits: impl Fn(&Arc<Connection>) -> bool,
    ) -> Option<&Arc<Connection>> {
        let fitting = || self.usable.iter().filter(|one| fits(one));
        let count = fitting().count();
        let (first, step) = (random as usize % count.max(1), (random >> 16) as usize);
        let one = fitting().nth(first)?;
        if count == 1 {
            return Some(one);
        }
        let second = (first + 1 + step % (count - 1)) % count;
        // What fits may have changed meanwhile.
        let other = fitting().nth(second).unwrap_or(one);
        Some(if other.in_flight() < one.in_flight() {
            other
        } else {
            one
        })
    }
}
