//! Group F: silent authentication returns the truth, to the registered application only, at both replicas.

mod hints;
mod messages;
mod refusals;
mod store;
mod traces;
