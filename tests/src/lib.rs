//! Helpers for the flows in `flows/`: deployments, a browser without rendering, and an application's checks.
//!
//! They start the programs as an operator does, and use HTTP for everything else. They panic on anything unexpected,
//! which fails the test.

#![expect(clippy::missing_panics_doc, reason = "a panic is how a test fails")]

mod agent;
mod callback;
mod compose;
mod deployment;
mod embedded;
mod form;
mod invitation;
mod metrics;
mod node;
mod page;
mod program;
mod request;
mod secrets;
mod separate;
mod stand_in;
mod tenant;
mod tls;
mod tokens;

pub use agent::Agent;
pub use callback::Callback;
pub use compose::{Compose, CutOff, Slowed, Throttled};
pub use deployment::{
    Deployment, PATIENCE, User, on, on_compose, on_embedded, on_every_deployment, on_mutual_tls,
    on_secure_deployment, on_secure_replicas, on_separate_processes,
};
pub use embedded::Embedded;
pub use form::Form;
pub use invitation::{Invitation, forwarded};
pub use metrics::{metric_in, metrics_at};
pub use node::tell_in_browser;
pub use page::Page;
pub use program::{Build, Outcome, program, run};
pub use request::Request;
pub use separate::{
    Builder, Certificates, FRONTEND, Replica, SECOND_ORGANIZATION, SECOND_SESSION,
    SECOND_TOKEN_SIGNING, SERVICES, Separate,
};
pub use stand_in::StandIn;
pub use tenant::{
    API, API_WITH_CONSENT, API_WITH_ROLES, APPLICATION, ASK_BY_EMAIL, ASK_FIRST,
    ASK_FIRST_CALLBACK, ASK_FIRST_OR_PERSONAL, ASK_LATER, ASK_LATER_CALLBACK,
    ASK_LATER_OR_PERSONAL, CALLBACK, CODE_ONLY, FOR_MEMBERS, GLOBEX, LOGOUT_URL, NATIVE,
    ORGANIZATION, OTHER_CALLBACK, TEAM, TEAM_LOGIN, TENANT, THIRD_PARTY,
};
pub use tokens::{Keys, claims, header, left_half_hash, left_half_hash_for};
