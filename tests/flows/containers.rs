//! Containers of the local stack: their rights, and the places where secrets must not be. `make e2e` starts the stack
//! and runs these tests; `DOORWARD_E2E_PROJECT` is its name.

mod accounts;
mod confinement;
mod engine;
mod secrets;

/// The services, each with an image and a container of its own.
const SERVICES: [&str; 6] = [
    "authorize-frontend",
    "client-registry",
    "identity",
    "session",
    "organization",
    "token-signing",
];
