//! Tests of running deployments over HTTP, one file per flow.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod algorithms;
mod backend_down;
mod backup;
mod bad_input;
mod browser;
mod callback_errors;
mod commands;
mod confirmation;
mod consent;
mod containers;
mod corruption;
mod demo;
mod discovery;
mod full_disk;
mod health;
mod implicit_flow;
mod invitations;
mod logout;
mod logs;
mod metrics;
mod organization;
mod password_memory;
mod passwords;
mod permissions;
mod pkcs11;
mod post_login_hook;
mod redis_functions;
mod reliability;
mod replicas;
mod restart;
mod revocation;
mod security;
mod sessions;
mod sign_in_pages;
mod sign_up;
mod silent_authentication;
mod testing;
mod tls;
mod traces;
mod unix_sockets;
mod userinfo;

/// A number from the environment, for longer runs than on every merge; `usual` without it.
fn number(variable: &str, usual: usize) -> usize {
    std::env::var_os(variable).map_or(usual, |text| {
        let number = text.to_str().and_then(|text| text.parse().ok());
        number.unwrap_or_else(|| panic!("{variable} is a number"))
    })
}
