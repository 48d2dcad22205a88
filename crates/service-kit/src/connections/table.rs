//! The connections of one listener: who has how many, and which one gives way when there are too many.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use metrics::{counter, gauge};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::ConnectionLimits;
use super::group::Group;
use crate::metrics::{ACCEPT_ERRORS, CONNECTIONS, CONNECTIONS_CLOSED, CONNECTIONS_REFUSED, start};

/// How often a listener that is full looks for a connection that has become idle.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Instead of a time since which a connection is idle.
const BUSY: u64 = u64::MAX;

#[derive(Debug)]
pub(super) struct Table {
    /// The value of the label `listener`.
    name: &'static str,
    max_per_address: usize,
    exempt: Vec<IpNet>,
    free: Arc<Semaphore>,
    begin: Instant,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    entries: HashMap<u64, Arc<Entry>>,
    /// All exempt addresses are `None`.
    groups: HashMap<Option<Group>, usize>,
}

#[derive(Debug)]
pub(super) struct Entry {
    group: Option<Group>,
    /// Milliseconds since the table's begin, or [`BUSY`].
    idle_since: AtomicU64,
    give_way: CancellationToken,
}

/// The place of one connection, until it is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    table: Arc<Table>,
    id: u64,
    entry: Arc<Entry>,
    _permit: OwnedSemaphorePermit,
}

impl Table {
    pub(super) fn new(name: &'static str, limits: &ConnectionLimits, exempt: Vec<IpNet>) -> Self {
        start(&counter!(ACCEPT_ERRORS, "listener" => name));
        Self {
            name,
            max_per_address: limits.max_per_address,
            exempt,
            free: Arc::new(Semaphore::new(limits.max.min(Semaphore::MAX_PERMITS))),
            begin: Instant::now(),
            open: Mutex::default(),
        }
    }

    /// A place for a new connection. One that is idle gives way when there is none: of the same address if that has too
    /// many, else of the address that has most. Waits while all are busy; `None` if all of the same address are.
    pub(super) async fn admit(self: &Arc<Self>, peer: Option<IpAddr>) -> Option<Slot> {
        let group = peer
            .map(|address| address.to_canonical())
            .filter(|address| !self.exempt.iter().any(|net| net.contains(address)))
            .map(Group::from);
        if group.is_some() && self.count(group) >= self.max_per_address {
            let same_address = |entry: &Entry| entry.group == group;
            if !self.make_room(same_address) {
                counter!(CONNECTIONS_REFUSED, "listener" => self.name).increment(1);
                return None;
            }
        }
        let permit = self.permit().await?;
        Some(self.enter(group, permit))
    }

    async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        loop {
            if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
                return Some(permit);
            }
            self.make_room(|_| true);
            let freed = timeout(LOOK_AGAIN, Arc::clone(&self.free).acquire_owned()).await;
            if let Ok(permit) = freed {
                return permit.ok();
            }
        }
    }

    fn enter(self: &Arc<Self>, group: Option<Group>, permit: OwnedSemaphorePermit) -> Slot {
        let entry = Arc::new(Entry {
            group,
            idle_since: AtomicU64::new(self.now()),
            give_way: CancellationToken::new(),
        });
        let mut open = self.open();
        let id = open.next;
        open.next += 1;
        open.entries.insert(id, Arc::clone(&entry));
        *open.groups.entry(group).or_default() += 1;
        gauge!(CONNECTIONS, "listener" => self.name).increment(1);
        Slot {
            table: Arc::clone(self),
            id,
            entry,
            _permit: permit,
        }
    }

    /// Asks the connection that has been idle longest to end; `false` if none of those is idle.
    pub(super) fn make_room(&self, among: impl Fn(&Entry) -> bool) -> bool {
        let mut open = self.open();
        let rank = |entry: &Entry| {
            let since = entry.idle_since.load(Ordering::Relaxed);
            let of_same_group = open.groups.get(&entry.group).copied().unwrap_or(0);
            (since != BUSY && among(entry)).then_some((of_same_group, Reverse(since)))
        };
        let ranked = open
            .entries
            .iter()
            .filter_map(|(id, entry)| Some((rank(entry)?, *id)));
        let Some((_, id)) = ranked.max() else {
            return false;
        };
        if let Some(entry) = open.remove(id) {
            entry.give_way.cancel();
            drop(open);
            self.count_closed("room");
        }
        true
    }

    /// Counts a connection that is closed for a reason that its peer did not choose.
    pub(super) fn count_closed(&self, reason: &'static str) {
        counter!(CONNECTIONS_CLOSED, "listener" => self.name, "reason" => reason).increment(1);
    }

    pub(super) fn count_failed_accept(&self) {
        counter!(ACCEPT_ERRORS, "listener" => self.name).increment(1);
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    fn count(&self, group: Option<Group>) -> usize {
        self.open().groups.get(&group).copied().unwrap_or(0)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begin.elapsed().as_millis()).unwrap_or(BUSY - 1)
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn remove(&mut self, id: u64) -> Option<Arc<Entry>> {
        let entry = self.entries.remove(&id)?;
        if let Some(count) = self.groups.get_mut(&entry.group) {
            *count -= 1;
            if *count == 0 {
                self.groups.remove(&entry.group);
            }
        }
        Some(entry)
    }
}

impl Slot {
    /// A request is being answered: the connection will not be asked to give way.
    pub(super) fn set_busy(&self) {
        self.entry.idle_since.store(BUSY, Ordering::Relaxed);
    }

    /// The connection may be asked to give way.
    pub(super) fn set_idle(&self) {
        let now = self.table.now();
        self.entry.idle_since.store(now, Ordering::Relaxed);
    }

    /// Cancelled when the connection must give way to another one.
    pub(super) fn give_way(&self) -> CancellationToken {
        self.entry.give_way.clone()
    }

    pub(super) fn count_closed(&self, reason: &'static str) {
        self.table.count_closed(reason);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.table.open().remove(self.id);
        gauge!(CONNECTIONS, "listener" => self.table.name).decrement(1);
    }
}
