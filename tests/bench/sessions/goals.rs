//! The goals for sessions.

use crate::goal::Goal;

/// Bytes of a user's record with one session.
pub(crate) const FIRST_SESSION: Goal = Goal::under(1100.0);
/// Bytes of each further session.
pub(crate) const FURTHER_SESSION: Goal = Goal::under(300.0);
/// GiB of [`SESSIONS`] sessions.
pub(crate) const IN_ALL: Goal = Goal::under(1.1);
/// The number of sessions of [`IN_ALL`].
pub(crate) const SESSIONS: usize = 1_000_000;
/// CPU time with many sessions, divided by that with few.
pub(crate) const RATIO: Goal = Goal::under(1.1);
