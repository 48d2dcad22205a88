//! Organizations: types and rules, no I/O.

mod connection;
mod discovery_domain;
mod id;
mod invitation;
mod member;
mod organization;
mod page;
mod patch;
mod rule;
mod settings;

pub use connection::{Connection, check_connections, is_connection_name};
pub use discovery_domain::{DiscoveryDomain, check_discovery_domains, parse_domain};
pub use id::{OrganizationId, RoleId, UserId, parse_users};
pub use invitation::{
    Acceptance, Accepted, End, Invitation, InvitationId, InviteeEmail, LISTED_AFTER_EXPIRY,
    LoginUri, NewInvitation, State, Ticket, TicketHash,
};
pub use member::{MAX_ROLES, Member, parse_roles};
pub use organization::{Found, Organization, OrganizationName, Selector};
pub use page::{Listed, Page, Start, parse_take};
pub use patch::{Change, Patch, check_distinct};
pub use settings::{Branding, Client, Metadata, Settings};
