//! Part of group E: sessions, with two replicas of `session` and of the frontend. Changes at one count at the other.

mod ends;
mod interleaved;
mod limits;
mod others;
mod repeats;
mod tabs;
pub(super) mod tokens;
