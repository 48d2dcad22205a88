//! The vocabulary of OAuth 2.0 and OpenID Connect: parsing is `FromStr`, printing is `Display`, and rules that need no
//! I/O are methods. Which of these values a server supports is decided by its callers.
//!
//! Auth0's own parameters are in [`auth0`]; the rules for redirection, logout and origin URLs in [`redirect_uri`].

pub mod auth0;
mod claims;
mod error_code;
pub mod parameters;
mod prompt;
pub mod redirect_uri;
mod response_mode;
mod response_type;
mod scope;
mod words;

pub use claims::StandardClaim;
pub use error_code::ErrorCode;
pub use prompt::{InvalidPrompt, Prompt};
pub use response_mode::{InvalidResponseMode, ResponseMode};
pub use response_type::{InvalidResponseType, ResponseType};
pub use scope::{InvalidScope, Scope, is_scope_token};
