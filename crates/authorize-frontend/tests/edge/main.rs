//! Tests of the whole frontend over the real services, in memory: all answers of `/authorize` and its pages.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod attack_protection;
mod backends_gone;
mod browser;
mod clocks;
mod confirmation;
mod consent;
mod custom_claims;
mod freshness;
mod invitations;
mod languages;
mod late;
mod lost;
mod new_replica;
mod oidc_logout;
mod onward;
mod organizations;
mod overload;
mod parameters;
mod permissions;
mod post_login_hook;
mod prompts;
mod reauthentication;
mod refusals;
mod repeats;
mod requests;
mod response_modes;
mod session_cookies;
mod session_lifetimes;
mod sessions;
mod sign_out;
mod signing_keys;
mod silent;
mod speculation;
mod strict;
mod tabs;
mod tenant;
mod test_app;
mod updated_at;

use browser::{Answer, Browser};
use tenant::authorize;
use test_app::{Backend, TestApp};
