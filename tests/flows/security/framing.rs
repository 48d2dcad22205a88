//! Group D: caches, frames, other origins and `Referer` get no secrets.

mod headers;
mod origins;
mod transport;
