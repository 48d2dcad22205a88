//! Faults of the store of sessions, under load, by their numbers in the reliability contract: wrong answers are not allowed.
//!
//! Every story runs against two frontends and two `session` services over real Redis servers that are killed, emptied, filled,
//! slowed down or cut off while a steady stream of silent authentications, sign-ins and logouts goes on. A `model` knows who
//! is signed in, so each answer is judged, not guessed: it is right, or says truthfully that nobody can tell, or it is bad.
//! Each run leaves a verdict in `target/tmp/reliability`. How long answers took is written there and judged nowhere: that
//! needs a machine of one's own.
//!
//! These are the short forms for every merge: faults of seconds, and hundreds of sessions instead of thousands.

mod answer;
mod cluster;
mod emptied;
mod failover;
mod hung;
mod load;
mod memory;
mod model;
mod network;
mod restart;
mod stand;
mod storm;
mod sweep;
mod verdict;
