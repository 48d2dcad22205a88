//! The addresses of the frontends, which a container may change when it starts again.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::Replica;

#[derive(Debug, Default)]
pub(super) struct Frontends(Mutex<[Option<SocketAddr>; 2]>);

impl Frontends {
    pub(super) fn set(&self, replica: Replica, address: SocketAddr) {
        self.addresses()[place(replica)] = Some(address);
    }

    fn get(&self, replica: Replica) -> Option<SocketAddr> {
        self.addresses()[place(replica)]
    }

    fn addresses(&self) -> std::sync::MutexGuard<'_, [Option<SocketAddr>; 2]> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Resolves every name to that frontend.
    pub(super) fn resolver(self: &Arc<Self>, replica: Replica) -> Resolver {
        Resolver(Arc::clone(self), replica)
    }
}

fn place(replica: Replica) -> usize {
    match replica {
        Replica::First => 0,
        Replica::Second => 1,
    }
}

pub(super) struct Resolver(Arc<Frontends>, Replica);

impl Resolve for Resolver {
    fn resolve(&self, _name: Name) -> Resolving {
        let found = self.0.get(self.1);
        Box::pin(async move {
            let address = found.ok_or("the frontend does not run")?;
            let addresses: Addrs = Box::new(std::iter::once(address));
            Ok(addresses)
        })
    }
}
