//! From group E: sessions, with two replicas of `session` and of the frontend. What is done at one counts at the other.

mod ends;
mod interleaved;
mod limits;
mod others;
mod repeats;
mod tabs;
mod tokens;
