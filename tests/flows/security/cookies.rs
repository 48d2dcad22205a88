//! Group E: a sign-in belongs to the browser that opened it, and a session to the one that signed in.

mod attributes;
mod login_csrf;
mod session;
