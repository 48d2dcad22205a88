//! The objects of the registry and their rules; no I/O.
//!
//! [`plan`] decides a whole change: it takes the stored content and the desired changes, and returns what must be
//! written.

mod attack_protection;
mod client;
mod client_grant;
mod client_patch;
mod connection;
mod connection_patch;
mod content;
mod custom_claim;
mod draft;
mod entity;
mod id;
mod origin;
mod plan;
mod resource_server;
mod resource_server_patch;
pub mod rule;
mod tenant;
mod tenant_patch;

pub use attack_protection::{
    AttackProtection, BruteForceProtection, BruteForceProtectionPatch, SuspiciousIpThrottling,
    SuspiciousIpThrottlingPatch,
};
pub use client::{Client, ClientId, ClientSettings};
pub use client_grant::{ClientGrant, ClientGrantPatch};
pub use client_patch::ClientPatch;
pub use connection::{
    Connection, ConnectionId, ConnectionSettings, ConnectionWithClients, in_order_for,
};
pub use connection_patch::ConnectionPatch;
pub use content::{Content, Desired, FoundClient};
pub use custom_claim::{CustomClaim, CustomClaimValue};
pub use draft::{Change, Draft, Fields};
pub use entity::Entity;
pub use origin::AllowedOrigins;
pub use plan::{Plan, PlannedClientGrant, plan};
pub use resource_server::{ResourceServer, ResourceServerId, ResourceServerSettings, Scope};
pub use resource_server_patch::ResourceServerPatch;
pub use tenant::{SessionLifetimes, Tenant};
pub use tenant_patch::TenantPatch;
