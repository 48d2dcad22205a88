//! `/u/invitation`: asks an invited person to accept.

use super::{Asset, Page};
use crate::paths::PagePath;

/// The parts of an invitation that pages show.
#[derive(Clone, Copy, Debug, Default)]
pub struct Invited<'a> {
    /// The person who invites.
    pub inviter: &'a str,
    /// The organization's name for users.
    pub organization: &'a str,
    /// The invited address, which cannot be changed.
    pub email: &'a str,
}

/// The user who is signed in when the page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitedUser<'a> {
    /// None, or one who has to sign in again.
    Unknown,
    /// The invited person, by the name that they know their account by.
    SignedIn(&'a str),
    /// A user with another address, by the name that they know their account by.
    Other(&'a str),
}

/// The page of an invitation.
#[derive(askama::Template)]
#[template(path = "invitation.html")]
pub struct Invitation<'a> {
    /// The parts that all pages show.
    pub page: Page<'a>,
    /// The state of the transaction, which the form sends back.
    pub state: &'a str,
    /// The anti-CSRF value.
    pub csrf: &'a str,
    /// The invitation.
    pub invited: Invited<'a>,
    /// The user who is signed in.
    pub user: InvitedUser<'a>,
}
