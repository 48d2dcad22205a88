//! Group D: what holds a secret is kept from caches, frames, other origins and `Referer`.

mod headers;
mod origins;
mod transport;
