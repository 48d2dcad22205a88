//! Group B: what a request may say, how often, and how much of it.

mod limits;
mod repeats;
mod response;
mod tampering;
mod values;
