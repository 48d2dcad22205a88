//! The HTTP edge: one file for each endpoint, and what all answers have in common.

mod assets;
mod attempts;
mod authorize;
mod body;
mod branding;
mod browser;
mod certificate;
mod confirmation;
mod consent;
mod cookies;
mod cors;
mod decision_page;
mod discovery;
mod errors;
mod fetch_metadata;
mod form;
mod guard;
mod hosted_page;
mod html;
mod invitation;
mod jwks;
mod login;
mod logout;
mod measurement;
mod not_this_page;
mod oidc_logout;
mod onward;
mod organization;
mod organization_picker;
mod patience;
mod peer;
mod plain_http;
mod pre_organization_picker;
mod public_document;
mod query;
mod redirect;
mod repeat;
mod respond;
mod response_mode;
mod router;
mod server;
mod sessions;
mod sign_in;
mod signup;
mod speculation;
mod take_on;
mod userinfo;

pub use axum::Router;

#[cfg(feature = "fuzzing")]
pub(crate) use browser::read as read_browser;
pub(crate) use plain_http::with_plain_cookies;
pub(crate) use router::router;
pub(crate) use server::serve;
