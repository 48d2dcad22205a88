//! The goals for speed, as ratios within one run.

use super::job::Job;
use super::way::Way;
use crate::goal::Goal;

/// Median latency of one connection, six processes by oidc-provider.
pub(crate) const LATENCY: Goal = Goal::under(1.0);
/// CPU time of six processes with mutual TLS by that with plain gRPC over loopback.
pub(crate) const TLS: Goal = Goal::under(1.15);
/// Median latency of one connection with mutual TLS, in milliseconds.
pub(crate) const TLS_LATENCY: Goal = Goal::under(2.5);
/// Requests per second of six processes at 16 connections by those of oidc-provider.
pub(crate) const RATE: Goal = Goal::over(2.0);
/// Signatures per CPU-second of `token-signing` by those of the bare library.
pub(crate) const SERVICE: Goal = Goal::over(0.85);
/// CPU time of one process by that of its signatures, which should be three quarters of it.
pub(crate) const SIGNATURE: Goal = Goal::under(1.33);
/// The slowest hundredth of opaque tokens by that of JWTs, in one process.
pub(crate) const OPAQUE: Goal = Goal::under(2.0);
/// A wrong password at an account by one at none, either way round.
pub(crate) const GUESS: Goal = Goal::under(1.1);

/// CPU time at 16 connections by that of oidc-provider.
pub(crate) fn cpu(way: Way, job: Job) -> Option<Goal> {
    match (way, job) {
        (Way::Six, Job::TwoTokens) => Some(Goal::under(0.55)),
        (Way::Six, Job::OneToken) => Some(Goal::under(0.5)),
        (Way::One, Job::TwoTokens) => Some(Goal::under(0.46)),
        (Way::One, Job::OneToken) => Some(Goal::under(0.4)),
        _ => None,
    }
}

/// MiB of all processes after the sign-ins.
pub(crate) fn memory(way: Way) -> Option<Goal> {
    match way {
        Way::Six | Way::SixUnix | Way::SixTls => Some(Goal::under(120.0)),
        Way::One => Some(Goal::under(100.0)),
        Way::Peer | Way::SixBefore | Way::OneBefore => None,
    }
}
