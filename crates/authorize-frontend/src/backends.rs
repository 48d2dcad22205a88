//! The other services, as the steps of a request need them.
//!
//! A call ends in *yes*, *no* or *cannot tell*: the first two are what the method returns, the third is a
//! [`BackendError`], so that a lost service can never be taken for a "no".

mod calls;
mod error;
mod identity;
mod jwks;
mod organizations;
mod registry;
mod relay;
mod roles;
mod sessions;
mod token_signing;

use std::time::Duration;

use doorward_service_kit::Shutdown;
use tonic::transport::Channel;

pub use error::BackendError;
pub(crate) use identity::{Identity, PasswordVerdict, SignUpVerdict};
pub(crate) use jwks::Jwks;
pub(crate) use organizations::Organizations;
pub(crate) use registry::{RegisteredClient, Registry};
pub(crate) use roles::Roles;
pub(crate) use sessions::{Absence, FoundTransaction, LiveSession, Resolved, Sessions, limits};
pub(crate) use token_signing::TokenSigning;

/// How to reach the five services, and how long to wait for each answer.
#[derive(Debug, Clone)]
pub struct Channels {
    /// `doorward.client_registry.v1`
    pub client_registry: Channel,
    /// `doorward.identity.v1`
    pub identity: Channel,
    /// `doorward.session.v1`
    pub session: Channel,
    /// `doorward.organization.v1`
    pub organization: Channel,
    /// `doorward.token_signing.v1`
    pub token_signing: Channel,
    /// For every call but the checking and setting of a password, which may take ten times as long.
    pub deadline: Duration,
}

/// The five services.
#[derive(Debug)]
pub(crate) struct Backends {
    pub(crate) registry: Registry,
    pub(crate) identity: Identity,
    pub(crate) sessions: Sessions,
    pub(crate) organizations: Organizations,
    pub(crate) token_signing: TokenSigning,
    pub(crate) jwks: Jwks,
    pub(crate) roles: Roles,
}

impl Backends {
    /// Connects, and starts what keeps memory true: the registry's watch, the keys, the roles, the relay of users.
    pub(crate) fn start(channels: Channels, shutdown: &Shutdown) -> Self {
        let deadline = channels.deadline;
        let token_signing = TokenSigning::new(channels.token_signing, deadline);
        let identity = Identity::new(channels.identity, deadline);
        let sessions = Sessions::new(channels.session, deadline);
        relay::start(identity.clone(), sessions.clone(), shutdown.clone());
        Self {
            registry: Registry::start(channels.client_registry, deadline, shutdown.clone()),
            jwks: Jwks::start(token_signing.clone(), shutdown.clone()),
            roles: Roles::start(identity.clone(), shutdown.clone()),
            organizations: Organizations::new(channels.organization, deadline),
            identity,
            sessions,
            token_signing,
        }
    }
}
