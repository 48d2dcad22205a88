//! What the flows in `flows/` are told with: deployments, a browser reduced to its protocol, and an application's checks.
//!
//! Nothing here knows a service from inside: programs are started as an operator starts them, and all else is HTTP. Whatever
//! is not as it should be ends the test with a panic.

#![expect(clippy::missing_panics_doc, reason = "a panic is how a test fails")]

mod agent;
mod callback;
mod deployment;
mod embedded;
mod form;
mod node;
mod page;
mod program;
mod request;
mod separate;
mod tenant;
mod tls;
mod tokens;

pub use agent::Agent;
pub use callback::Callback;
pub use deployment::{
    Deployment, PATIENCE, User, on, on_embedded, on_every_deployment, on_secure_deployment,
    on_secure_replicas, on_separate_processes,
};
pub use embedded::Embedded;
pub use form::Form;
pub use node::tell_in_browser;
pub use page::Page;
pub use program::{Build, Outcome, program, run};
pub use request::Request;
pub use separate::{Builder, FRONTEND, Replica, SECOND_SESSION, SERVICES, Separate};
pub use tenant::{
    API, API_WITH_CONSENT, API_WITH_ROLES, APPLICATION, CALLBACK, CODE_ONLY, FOR_MEMBERS,
    LOGOUT_URL, NATIVE, ORGANIZATION, OTHER_CALLBACK, TENANT, THIRD_PARTY,
};
pub use tokens::{Keys, claims, left_half_hash};
