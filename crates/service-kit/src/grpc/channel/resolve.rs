//! From an address to the replicas behind it.

use std::io;
use std::path::PathBuf;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::peer::Peer;
use super::target::Place;

/// Finds the replicas of a service.
pub(super) trait Resolve: Send + Sync + 'static {
    fn resolve(&self) -> BoxFuture<'_, io::Result<Vec<Peer>>>;

    /// Whether the answer may change.
    fn changes(&self) -> bool;
}

impl Resolve for Place {
    /// All A and AAAA records of a name.
    fn resolve(&self) -> BoxFuture<'_, io::Result<Vec<Peer>>> {
        async move {
            Ok(match self {
                Self::Unix(path) => vec![Peer::Unix(PathBuf::clone(path))],
                Self::Address(address) => vec![Peer::Tcp(*address)],
                Self::Name(name, port) => {
                    let found = tokio::net::lookup_host((name.as_str(), *port)).await?;
                    found.map(Peer::Tcp).collect()
                }
            })
        }
        .boxed()
    }

    fn changes(&self) -> bool {
        matches!(self, Self::Name(..))
    }
}
