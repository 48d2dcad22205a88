//! Keys and tokens: types and rules, no I/O.

mod access_token;
mod certificate;
mod custom_claims;
mod id_token;
mod issuer;
pub mod key_life;
mod key_pair;
mod lifetime;
mod permissions;
mod private_key;
mod signing_key;
mod stored_key;
mod token_request;

pub(crate) use access_token::{AccessToken, Audience, Dialect};
pub use certificate::{Certificate, CertificateError, PublicHalf};
pub(crate) use custom_claims::CustomClaims;
pub(crate) use id_token::IdToken;
pub use issuer::{InvalidIssuer, Issuer};
pub(crate) use key_pair::KeyPair;
pub(crate) use lifetime::Lifetime;
pub(crate) use permissions::Permissions;
pub(crate) use private_key::PrivateKey;
pub use signing_key::{KeyId, PublicKey, SigningError, SigningKey};
pub use stored_key::{KeyState, SealedKey, StoredKey, StoredKeys};
pub(crate) use token_request::{AccompanyingToken, SignedToken, SignedTokens, TokenRequest};
