//! Sessions, transactions and access tokens: types and rules, no I/O.

mod access_token;
pub mod attempts;
mod client_address;
mod counter_key;
mod instant;
mod secret;
mod session;
mod token;
mod transaction;
mod user;

pub use access_token::AccessToken;
pub use client_address::ClientAddress;
pub use counter_key::CounterKey;
pub(crate) use instant::after;
pub(crate) use instant::to_stored_precision;
pub use secret::Secret;
pub use session::{Device, Limits, NewSession, Revocation, Session, SessionUse, Used, WRITE_GRACE};
pub use token::{SessionToken, UserHash};
pub use transaction::{
    AuthorizationRequest, FinishedSignIn, NewTransaction, OrganizationChoice, Parameter, Progress,
    Stage, SubmittedForm, Transaction, TransactionClient, UNTOUCHED_LIFE,
};
pub use user::{User, UserId};
