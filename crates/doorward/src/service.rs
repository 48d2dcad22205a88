//! The services that commands call, as flags and messages name them.

use std::fmt;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    ClientRegistry,
    Identity,
    Session,
    Organization,
}

impl Service {
    /// The flag that takes its address.
    pub(crate) fn flag(self) -> &'static str {
        match self {
            Self::ClientRegistry => "--registry",
            Self::Identity => "--identity",
            Self::Session => "--session",
            Self::Organization => "--organization",
        }
    }

    /// The protocol that it speaks.
    pub(crate) fn package(self) -> &'static str {
        match self {
            Self::ClientRegistry => "doorward.client_registry.v1",
            Self::Identity => "doorward.identity.v1",
            Self::Session => "doorward.session.v1",
            Self::Organization => "doorward.organization.v1",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClientRegistry => "client-registry",
            Self::Identity => "identity",
            Self::Session => "session",
            Self::Organization => "organization",
        })
    }
}
