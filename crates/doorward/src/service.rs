//! The services that commands call, and their names in flags and messages.

use std::fmt;

/// A service that commands call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    ClientRegistry,
    Identity,
    Session,
    Organization,
    TokenSigning,
}

impl Service {
    /// The flag for its address.
    pub(crate) fn flag(self) -> &'static str {
        match self {
            Self::ClientRegistry => "--registry",
            Self::Identity => "--identity",
            Self::Session => "--session",
            Self::Organization => "--organization",
            Self::TokenSigning => "--token-signing",
        }
    }

    /// Its name in messages and in its certificate.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ClientRegistry => "client-registry",
            Self::Identity => "identity",
            Self::Session => "session",
            Self::Organization => "organization",
            Self::TokenSigning => "token-signing",
        }
    }

    /// Its protobuf package.
    pub(crate) fn package(self) -> &'static str {
        match self {
            Self::ClientRegistry => "doorward.client_registry.v1",
            Self::Identity => "doorward.identity.v1",
            Self::Session => "doorward.session.v1",
            Self::Organization => "doorward.organization.v1",
            Self::TokenSigning => "doorward.token_signing.v1",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
