//! SSO sessions and their rules: how long they live, what a use changes, what ends them.

use std::time::Duration;

use jiff::Timestamp;

use super::{SessionToken, User, UserId, after};

/// A use within this time after the last written one is not written. With short idle limits it is 1 % of the limit.
pub const WRITE_GRACE: Duration = Duration::from_mins(1);

/// How long a session lives, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Counted from the last successful check of a credential.
    pub absolute: Duration,
    /// Counted from the last use.
    pub idle: Duration,
}

impl Limits {
    fn lower(self, other: Self) -> Self {
        Self {
            absolute: self.absolute.min(other.absolute),
            idle: self.idle.min(other.idle),
        }
    }
}

/// Device that a session is used on. Empty fields are unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Device {
    /// IP address as text.
    pub ip: String,
    /// `User-Agent` header.
    pub user_agent: String,
}

/// An SSO session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The `sid` claim: public, and not the session token.
    pub sid: String,
    /// User that signed in.
    pub user_id: UserId,
    /// When it was opened.
    pub created_at: Timestamp,
    /// Last successful check of a credential.
    pub authenticated_at: Timestamp,
    /// Last use that was written.
    pub last_interacted_at: Timestamp,
    /// Limits set at sign-in. [`Session::under`] lowers them to the tenant's current limits.
    pub limits: Limits,
    /// Applications that were signed in to.
    pub client_ids: Vec<String>,
    /// Device that the session was opened on.
    pub initial_device: Device,
    /// Device of the last written use.
    pub last_device: Device,
    /// Name of the connection that authenticated the user.
    pub connection: String,
    /// False: the cookie ends with the browser.
    pub persistent: bool,
    /// Version of the user at the last successful check of a credential.
    pub user_version: u64,
}

/// A session to open after a sign-in.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSession {
    /// User that signed in.
    pub user: User,
    /// The `sid` of the session, unless it continues an earlier one.
    pub sid: String,
    /// Name of the connection that authenticated the user.
    pub connection: String,
    /// Token of the session that the browser already has.
    pub previous: Option<SessionToken>,
    /// Current limits of the tenant.
    pub limits: Limits,
    /// False: the cookie ends with the browser.
    pub persistent: bool,
    /// Device that the user signed in on.
    pub device: Device,
}

impl NewSession {
    /// Opens the session. Continues `earlier` if it is an active session of the same user; `user` is the newest copy.
    #[must_use]
    pub fn open(&self, earlier: Option<Session>, user: &User, now: Timestamp) -> Session {
        let new = self.session(now);
        match earlier {
            Some(earlier) if earlier.user_id == new.user_id && earlier.is_active(user, now) => {
                new.continuing(earlier)
            }
            _ => new,
        }
    }

    /// The session without an earlier one.
    #[must_use]
    pub fn session(&self, now: Timestamp) -> Session {
        Session {
            sid: self.sid.clone(),
            user_id: self.user.id(),
            created_at: now,
            authenticated_at: now,
            last_interacted_at: now,
            limits: self.limits,
            client_ids: Vec::new(),
            initial_device: self.device.clone(),
            last_device: self.device.clone(),
            connection: self.connection.clone(),
            persistent: self.persistent,
            user_version: self.user.version(),
        }
    }
}

/// One use of a session, and the tenant's current settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionUse {
    /// Current limits of persistent sessions.
    pub limits: Limits,
    /// Current limits of sessions that end with the browser.
    pub ephemeral_limits: Limits,
    /// A session whose last check of a credential is this old, or older, does not satisfy the caller. It is found, and
    /// not used.
    pub max_age: Option<Duration>,
    /// Application that the session is used for. Empty: none.
    pub client_id: String,
    /// Device of the browser.
    pub device: Device,
}

impl SessionUse {
    /// The current limits of a session.
    #[must_use]
    pub fn limits_for(&self, session: &Session) -> Limits {
        if session.persistent {
            self.limits
        } else {
            self.ephemeral_limits
        }
    }

    fn is_satisfied_by(&self, session: &Session, now: Timestamp) -> bool {
        let ends = self.max_age.map(|age| after(session.authenticated_at, age));
        ends.is_none_or(|ends| now < ends)
    }
}

impl Session {
    /// Keeps the identity and the history of `earlier`, with the credential check of `self`.
    fn continuing(self, earlier: Self) -> Self {
        Self {
            sid: earlier.sid,
            // mutant: new-sign-in-keeps-auth-time
            created_at: earlier.created_at,
            client_ids: earlier.client_ids,
            initial_device: earlier.initial_device,
            ..self
        }
    }

    /// Lowers the limits to the current ones. Higher current limits apply only to later sign-ins.
    #[must_use]
    pub fn under(self, current: Limits) -> Self {
        let limits = self.limits.lower(current);
        Self { limits, ..self }
    }

    /// End of the session by the absolute limit.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        after(self.authenticated_at, self.limits.absolute)
    }

    /// End of the session by the idle limit, unless it is used before.
    #[must_use]
    pub fn idle_expires_at(&self) -> Timestamp {
        after(self.last_interacted_at, self.limits.idle)
    }

    /// Whether no limit has ended the session.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at() && now < self.idle_expires_at()
    }

    /// Whether a change of the user has ended the session: a block, or a new password.
    #[must_use]
    pub fn is_revoked_by(&self, user: &User) -> bool {
        self.user_version < user.sessions_from_version()
    }

    /// Whether the session is live, and not revoked by a change of the user.
    #[must_use]
    pub fn is_active(&self, user: &User, now: Timestamp) -> bool {
        self.is_live(now) && !self.is_revoked_by(user)
    }

    /// The session as a list shows it, under the current limits. `None` unless it is active.
    #[must_use]
    pub fn listed(self, session_use: &SessionUse, user: &User, now: Timestamp) -> Option<Self> {
        let limits = session_use.limits_for(&self);
        let current = self.under(limits);
        current.is_active(user, now).then_some(current)
    }

    /// The session as the user of its token sees it, under the current limits. A revoked session is `None`, except
    /// while its user is blocked: then the caller can say why.
    #[must_use]
    pub fn shown(self, session_use: &SessionUse, user: &User) -> Option<Self> {
        if self.is_revoked_by(user) && !user.is_blocked() {
            return None;
        }
        let limits = session_use.limits_for(&self);
        Some(self.under(limits))
    }

    /// Applies a use. A revoked session is not used, but it expires like any other. The limits set at sign-in stay in
    /// the session, because the current ones may rise again.
    #[must_use]
    pub fn used(mut self, session_use: &SessionUse, user: &User, now: Timestamp) -> Used {
        let current = self.clone().under(session_use.limits_for(&self));
        if !current.is_live(now) {
            return Used::Ended;
        }
        if self.is_revoked_by(user) || !session_use.is_satisfied_by(&self, now) {
            return Used::Unchanged(self);
        }
        let grace = WRITE_GRACE.min(current.limits.idle / 100);
        let known =
            session_use.client_id.is_empty() || self.client_ids.contains(&session_use.client_id);
        if known && now < after(self.last_interacted_at, grace) {
            return Used::Unchanged(self);
        }
        if !known {
            self.client_ids.push(session_use.client_id.clone());
        }
        self.last_interacted_at = self.last_interacted_at.max(now);
        self.last_device = session_use.device.clone();
        Used::Changed(self)
    }
}

/// Selects sessions of a user to revoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revocation {
    /// All sessions.
    All,
    /// The session with this `sid`.
    Only(String),
    /// All sessions except the one with this `sid`.
    AllBut(String),
}

impl Revocation {
    /// Whether the session with this `sid` is selected.
    #[must_use]
    pub fn includes(&self, sid: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(only) => sid == only,
            Self::AllBut(kept) => sid != kept,
        }
    }
}

/// Outcome of a use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Used {
    /// The session has expired under the current limits.
    Ended,
    /// The session is live, and the use need not be written.
    Unchanged(Session),
    /// The session is live, and has to be written.
    Changed(Session),
}
