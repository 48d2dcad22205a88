//! Which peers may call which method.

use doorward_proto::Method;
use http::Extensions;
use tonic::Status;

use crate::tls::Peer;

/// The paths of `grpc.health.v1`.
const HEALTH: &str = "/grpc.health.v1.Health/";

/// Where calls come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Callers {
    /// This process, or this machine by a socket without TLS. They have no names, and may call everything.
    Local,
    /// Peers with a certificate, each of which may call the methods that list one of its names.
    Named,
}

impl Callers {
    /// The name of the caller comes from its certificate alone, never from metadata.
    pub(super) fn check(
        self,
        path: &str,
        method: Option<&Method>,
        extensions: &Extensions,
    ) -> Result<(), Status> {
        if self == Self::Local {
            return Ok(());
        }
        let peer = extensions.get::<Peer>();
        let names = peer.map(Peer::names).unwrap_or_default();
        // Every peer with an accepted certificate may ask for the health.
        if peer.is_some() && path.starts_with(HEALTH) {
            return Ok(());
        }
        // Not the routes answer for what is not listed, so that nothing is served that lists no callers.
        let Some(method) = method else {
            return Err(Status::unimplemented(""));
        };
        // mutant: callers-not-compared
        if names
            .iter()
            .any(|name| method.callers.contains(&name.as_str()))
        {
            return Ok(());
        }
        let peer = names.join(" ");
        tracing::warn!(target: "audit", peer, method = path, "call refused: the method is not for this peer");
        Err(Status::permission_denied(
            "this method is not for this peer",
        ))
    }
}
