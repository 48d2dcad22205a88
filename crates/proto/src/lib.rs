//! The wire contracts between the services: code generated from `proto/`, the conversions that more than one crate
//! needs, and how an error becomes a gRPC status and back.
//!
//! Conversions between messages and a service's own domain types stay in that service's `convert.rs`.

mod codec;
mod convert;
mod enums;
mod methods;
mod redacted;
mod status;
mod user_claims;

pub use convert::{InvalidField, from_timestamp, required, to_timestamp};
pub use enums::{WireEnum, read_enum};
pub use methods::{Method, method, methods};
pub use status::{Refusal, reason_of};

macro_rules! packages {
    ($($(#[$doc:meta])* $name:ident = $package:literal;)*) => {$(
        $(#[$doc])*
        pub mod $name {
            /// Version 1.
            #[expect(clippy::allow_attributes, clippy::pedantic, reason = "generated code")]
            pub mod v1 {
                tonic::include_proto!($package);
            }
        }
    )*};
}

packages! {
    /// Tenant settings, applications, APIs, connections.
    client_registry = "doorward.client_registry.v1";
    /// Services of others that Doorward calls.
    hooks = "doorward.hooks.v1";
    /// Users and passwords.
    identity = "doorward.identity.v1";
    /// Organizations, members and invitations.
    organization = "doorward.organization.v1";
    /// SSO sessions, pending transactions, opaque access tokens.
    session = "doorward.session.v1";
    /// Keys and tokens.
    token_signing = "doorward.token_signing.v1";
}

/// Messages that several services use.
pub mod common {
    /// Version 1.
    #[expect(clippy::pedantic, reason = "generated code")]
    pub mod v1 {
        tonic::include_proto!("doorward.common.v1");
    }
}

/// Reasons for refusing a call.
pub mod errors {
    /// Version 1.
    #[expect(clippy::pedantic, reason = "generated code")]
    pub mod v1 {
        tonic::include_proto!("doorward.errors.v1");
    }
}
