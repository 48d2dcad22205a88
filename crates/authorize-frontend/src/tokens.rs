//! Tokens: what they are made of ([`Grant`]), making them ([`mint`]), and reading our own ([`verify`]).
//!
//! Only a step that has checked everything makes a [`Grant`], and nothing but [`mint`] has tokens signed.

mod claims;
mod custom_claims;
mod grant;
mod mint;
pub(crate) mod verify;

pub(crate) use claims::user_claims;
pub(crate) use custom_claims::{ClaimsContext, CustomClaims, JsonObject, TooLarge, custom_claims};
pub(crate) use grant::{
    Grant, GrantedApi, GrantedClient, GrantedOrganization, GrantedUser, TokenChannel,
};
pub(crate) use mint::{MintError, Minted, Requested, mint};
