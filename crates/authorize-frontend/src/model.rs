//! Our own types for what the backends send: made once, when a message is received, and checked there. Absence is
//! `None`, and words are enums. This module imports nothing of the frontend, and no messages.

mod api;
mod attack_protection;
mod client;
mod connection;
mod custom_claim;
mod invitation;
mod organization;
mod session;
mod tenant;
mod transaction;
mod user;

pub(crate) use api::{Api, ApiScope};
pub(crate) use attack_protection::{
    AccountLimit, AddressLimit, Admission, AttackProtection, BruteForceProtection, ExceededLimit,
    SuspiciousIpThrottling,
};
pub(crate) use client::{Client, ClientGrant, Party};
pub(crate) use connection::Connection;
pub(crate) use custom_claim::{CustomClaim, CustomClaimValue};
pub(crate) use invitation::{Acceptance, Invitation, InvitedMetadata, Ticket};
pub(crate) use organization::{
    Branding, FoundOrganization, Member, Organization, OrganizationConnection, OrganizationPage,
    OrganizationSelector,
};
pub(crate) use session::{
    Device, NewSession, OpenedSession, Session, SessionQuery, SessionsToRevoke,
};
pub(crate) use tenant::{SessionLife, SessionLifetimes, Tenant};
pub(crate) use transaction::{
    FinishedSignIn, NewTransaction, OrganizationChoice, Stage, SubmittedTransaction, Transaction,
};
pub(crate) use user::{Consent, Metadata, NewUser, User, Versions};
