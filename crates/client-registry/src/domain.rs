//! What the registry holds, and the rules for it; no I/O.
//!
//! A change is decided here as a whole: [`plan`] takes everything there is and everything that is wanted, and says what
//! has to be written.

mod client;
mod client_grant;
mod client_patch;
mod connection;
mod connection_patch;
mod content;
mod draft;
mod id;
mod object;
mod origin;
mod plan;
mod resource_server;
mod resource_server_patch;
mod rule;
mod tenant;
mod tenant_patch;
mod word;

pub use client::{
    AppType, Client, ClientId, OrganizationRequireBehavior, OrganizationUsage, SigningAlg,
    ThirdPartySecurityMode, TokenEndpointAuthMethod,
};
pub use client_grant::{ClientGrant, ClientGrantPatch, SubjectType};
pub use client_patch::ClientPatch;
pub use connection::{Connection, ConnectionId, ConnectionWithClients, Strategy, in_order_for};
pub use connection_patch::ConnectionPatch;
pub use content::{Content, FoundClient, Wanted};
pub use draft::{Draft, Fields};
pub use object::Object;
pub use origin::allows_origin;
pub use plan::{Plan, PlannedClientGrant, plan};
pub use resource_server::{ResourceServer, ResourceServerId, Scope, TokenDialect, UserAccess};
pub use resource_server_patch::ResourceServerPatch;
pub use tenant::{ResourceParameterProfile, SessionLifetimes, Tenant};
pub use tenant_patch::TenantPatch;
pub use word::UnknownWord;
