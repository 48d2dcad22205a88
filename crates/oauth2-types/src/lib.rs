//! The vocabulary of OAuth 2.0 and OpenID Connect: parsing is `FromStr`, printing is `Display`, and rules that need no
//! I/O are methods. Which of these values a server supports is decided by its callers.
//!
//! Auth0's own parameters are in [`auth0`]; the rules for redirection, logout and origin URLs in [`redirect_uri`].

pub mod auth0;
mod claims;
mod client_authentication;
mod custom_claims;
mod error_code;
mod grant_type;
pub mod parameters;
mod pkce;
mod prompt;
pub mod redirect_uri;
mod response_mode;
mod response_type;
mod scope;
mod signing_alg;
mod text_enum;
mod words;

pub use claims::{ClaimKind, ClaimSet, ClaimValue, InvalidClaim, StandardClaim};
pub use client_authentication::ClientAuthenticationMethod;
pub use custom_claims::{
    ClaimNameError, ClaimSource, CustomClaimName, MAX_CUSTOM_CLAIMS_BYTES, UnknownClaimSource,
};
pub use error_code::ErrorCode;
pub use grant_type::GrantType;
pub use pkce::{CodeChallenge, CodeChallengeMethod, CodeVerifier, InvalidPkceValue};
pub use prompt::{InvalidPrompt, Prompt};
pub use response_mode::{InvalidResponseMode, ResponseMode};
pub use response_type::{InvalidResponseType, ResponseType};
pub use scope::{InvalidScope, Scope, is_scope_token};
pub use signing_alg::SigningAlg;
pub use text_enum::UnknownValue;

/// For [`text_enum!`].
#[doc(hidden)]
pub use serde;
