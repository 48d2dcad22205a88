//! The HTTP edge: one file for each endpoint, and what all answers have in common.

mod assets;
mod authorize;
mod body;
mod confirmation;
mod consent;
mod cors;
mod discovery;
mod elsewhere;
mod errors;
mod fetch_metadata;
mod form;
mod guard;
mod hosted_page;
pub(crate) mod html;
mod jwks;
mod login;
mod logout;
mod oidc_logout;
mod onward;
mod patience;
mod question;
pub(crate) mod redirect;
pub(crate) mod repeat;
mod router;
mod server;
mod sessions;
mod sign_in;
mod signup;
mod speculation;
mod userinfo;

pub(crate) use router::router;
pub(crate) use server::serve;
