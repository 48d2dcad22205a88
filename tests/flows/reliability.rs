//! Faults of the session store under load, by their numbers in the reliability contract. No wrong answer is allowed.
//!
//! Every test runs two frontends and two `session` services over real Redis servers. It kills, empties, fills, slows
//! down or disconnects them under a steady stream of silent authentications, sign-ins and logouts. A `model` holds
//! which users are signed in, so each answer can be judged: it is correct, or reports an outage, or is wrong. Each run
//! writes a report to `target/tmp/reliability`. Latencies are in the report for information only, because they depend
//! on the machine.
//!
//! `stack` is about the compose stack, and its reports are in `target/e2e`.
//!
//! These are short forms for every merge: faults of seconds, and hundreds of sessions instead of thousands.

mod answer;
mod cluster;
mod emptied;
mod failover;
mod hung;
mod invitations;
mod keys;
mod load;
mod memory;
mod model;
mod network;
mod restart;
mod stack;
mod stand;
mod storm;
mod sweep;
mod verdict;
