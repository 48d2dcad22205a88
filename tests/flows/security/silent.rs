//! Group F: silent authentication says exactly what is true, and only to the registered application, at both replicas.

mod hints;
mod messages;
mod refusals;
mod store;
mod traces;
