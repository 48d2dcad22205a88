//! What the registry holds, and the rules for it; no I/O.
//!
//! A change is decided here as a whole: [`plan`] takes everything there is and everything that is wanted, and says what
//! has to be written.

mod client;
mod client_patch;
mod connection;
mod content;
mod draft;
mod id;
mod object;
mod origin;
mod plan;
mod resource_server;
mod rule;
mod tenant;
mod word;

pub use client::{
    AppType, Client, ClientId, OrganizationRequireBehavior, OrganizationUsage, SigningAlg,
    TokenEndpointAuthMethod,
};
pub use client_patch::ClientPatch;
pub use connection::{
    Connection, ConnectionId, ConnectionPatch, ConnectionWithClients, Strategy, in_order_for,
};
pub use content::{Content, FoundClient, Wanted};
pub use draft::{Draft, Fields};
pub use object::Object;
pub use origin::allows_origin;
pub use plan::{Plan, plan};
pub use resource_server::{
    ResourceServer, ResourceServerId, ResourceServerPatch, Scope, TokenDialect,
};
pub use tenant::{SessionLifetimes, Tenant, TenantPatch};
pub use word::UnknownWord;
