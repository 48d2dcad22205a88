//! SSO sessions.

use jiff::Timestamp;

use super::{SessionLife, SessionLifetimes, User};

/// An SSO session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// The `sid` claim: public, and not the session token.
    pub(crate) sid: String,
    pub(crate) user_id: String,
    pub(crate) created_at: Timestamp,
    /// Last successful check of a credential; the `auth_time` claim.
    pub(crate) authenticated_at: Timestamp,
    pub(crate) last_interacted_at: Timestamp,
    /// Clients that were signed in to.
    pub(crate) client_ids: Vec<String>,
    /// Name of the connection that proved the user.
    pub(crate) connection: String,
    /// Where it was opened.
    pub(crate) initial_device: Device,
    /// Where it was last used, as far as that was written down.
    pub(crate) last_device: Device,
}

/// A browser, as far as its request describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Device {
    /// IP address.
    pub(crate) ip: Option<String>,
    /// `User-Agent` header, cut to 512 characters.
    pub(crate) user_agent: Option<String>,
}

/// A question for the session of a browser.
#[derive(Clone, Copy)]
pub(crate) struct SessionQuery<'a> {
    /// Value of the session cookie. `None` has no session, and the store is not called.
    pub(crate) session_token: Option<&'a str>,
    /// Where the session is used; noted in it.
    pub(crate) device: &'a Device,
    /// The tenant's current limits.
    pub(crate) lifetimes: SessionLifetimes,
    /// Client that asks; noted in the session.
    pub(crate) client_id: Option<&'a str>,
    /// A session whose user proved a credential this long ago, or longer, is found but not used: nothing is extended or
    /// noted. `None`: any age is used.
    pub(crate) max_age_seconds: Option<u64>,
    /// A session of another user is found but not used. `None`: any user's is used.
    pub(crate) user_id: Option<&'a str>,
}

/// A sign-in that opens a session.
pub(crate) struct NewSession {
    pub(crate) user: User,
    /// Token of the session that the browser has.
    pub(crate) previous_session_token: Option<String>,
    pub(crate) life: SessionLife,
    /// Whether the cookie survives the end of the browser.
    pub(crate) persistent: bool,
    pub(crate) device: Device,
}

/// A session that was just opened.
pub(crate) struct OpenedSession {
    /// Value of the session cookie.
    pub(crate) session_token: String,
    /// Nonce of the page that the transaction is at.
    pub(crate) page_nonce: String,
}

/// Which sessions of a user to end.
pub(crate) enum SessionsToRevoke {
    /// The one with this `sid`.
    Only(String),
    /// All but the one with this `sid`.
    AllExcept(String),
}
