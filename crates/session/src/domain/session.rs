//! SSO sessions, and how long they live.

use std::time::Duration;

use jiff::Timestamp;

use super::{SessionToken, User, UserId, after};

/// A use that follows another within this time, or within 1 % of the idle limit if that is shorter, is not written down.
pub const WRITE_GRACE: Duration = Duration::from_mins(1);

/// How long a session lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From the sign-in.
    pub absolute: Duration,
    /// From the last use.
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

/// Where a session is used from; empty: unknown.
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
    /// Whose it is.
    pub user_id: UserId,
    /// When it was opened.
    pub created_at: Timestamp,
    /// Last successful check of a credential.
    pub authenticated_at: Timestamp,
    /// Last use that was written down.
    pub last_interacted_at: Timestamp,
    /// Those of its sign-in; the current ones count when they are lower.
    pub limits: Limits,
    /// Applications that were signed in to.
    pub client_ids: Vec<String>,
    /// Where it was opened.
    pub initial_device: Device,
    /// Where it was last used, as far as that was written down.
    pub last_device: Device,
    /// Name of the connection that proved the user.
    pub connection: String,
    /// False: the cookie ends with the browser.
    pub persistent: bool,
    /// Version of the user who proved the credential.
    pub user_version: u64,
}

/// A finished sign-in, from which a session is opened.
#[derive(Debug, Clone, PartialEq)]
pub struct SignIn {
    /// Who signed in.
    pub user: User,
    /// The `sid` of the session, unless an earlier one goes on.
    pub sid: String,
    /// Name of the connection that proved the user.
    pub connection: String,
    /// Of the session that the browser has already.
    pub previous: Option<SessionToken>,
    /// How long the session lives.
    pub limits: Limits,
    /// False: the cookie ends with the browser.
    pub persistent: bool,
    /// Where the user signed in.
    pub device: Device,
}

impl SignIn {
    /// The session that begins now.
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

/// A visit with a session, under the tenant's current settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// For sessions whose cookie outlives the browser.
    pub limits: Limits,
    /// For the others.
    pub ephemeral_limits: Limits,
    /// A session that was proved this long ago, or longer, does not serve whoever asks: finding it is no use of it.
    pub max_age: Option<Duration>,
    /// Application that asks; empty: none.
    pub client_id: String,
    /// Where the browser is.
    pub device: Device,
}

impl Visit {
    /// The current limits of a session.
    #[must_use]
    pub fn limits_for(&self, session: &Session) -> Limits {
        if session.persistent {
            self.limits
        } else {
            self.ephemeral_limits
        }
    }

    fn is_served_by(&self, session: &Session, now: Timestamp) -> bool {
        let ends = self.max_age.map(|age| after(session.authenticated_at, age));
        ends.is_none_or(|ends| now < ends)
    }
}

impl Session {
    /// The session that a new sign-in of the same user makes of an earlier one: the same session, proved anew.
    #[must_use]
    pub fn continuing(self, earlier: Self) -> Self {
        Self {
            sid: earlier.sid,
            created_at: earlier.created_at,
            client_ids: earlier.client_ids,
            initial_device: earlier.initial_device,
            ..self
        }
    }

    /// The session as the current limits leave it: lower ones count at once, higher ones only for later sign-ins.
    #[must_use]
    pub fn under(self, current: Limits) -> Self {
        let limits = self.limits.lower(current);
        Self { limits, ..self }
    }

    /// Ends then, whatever happens.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        after(self.authenticated_at, self.limits.absolute)
    }

    /// Ends then, unless it is used.
    #[must_use]
    pub fn idle_expires_at(&self) -> Timestamp {
        after(self.last_interacted_at, self.limits.idle)
    }

    /// Whether it has not ended.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at() && now < self.idle_expires_at()
    }

    /// Whether a change of its user has ended it, for good.
    #[must_use]
    pub fn is_revoked_by(&self, user: &User) -> bool {
        self.user_version < user.sessions_from_version()
    }

    /// What a visit makes of the session. The limits of its sign-in stay in it: the current ones may rise again.
    #[must_use]
    pub fn visited(mut self, visit: &Visit, now: Timestamp) -> Visited {
        let current = self.clone().under(visit.limits_for(&self));
        if !current.is_live(now) {
            return Visited::Ended;
        }
        if !visit.is_served_by(&self, now) {
            return Visited::Unchanged(self);
        }
        let grace = WRITE_GRACE.min(current.limits.idle / 100);
        let known = visit.client_id.is_empty() || self.client_ids.contains(&visit.client_id);
        if known && now < after(self.last_interacted_at, grace) {
            return Visited::Unchanged(self);
        }
        if !known {
            self.client_ids.push(visit.client_id.clone());
        }
        self.last_interacted_at = self.last_interacted_at.max(now);
        self.last_device = visit.device.clone();
        Visited::Changed(self)
    }
}

/// Which of a user's sessions shall end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Every one.
    All,
    /// The one with this `sid`.
    Only(String),
    /// Every one but that with this `sid`.
    AllBut(String),
}

impl Which {
    /// Whether it is this one.
    #[must_use]
    pub fn includes(&self, sid: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(only) => sid == only,
            Self::AllBut(kept) => sid != kept,
        }
    }
}

/// What a visit makes of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visited {
    /// It has expired.
    Ended,
    /// It lives, and the visit is not worth writing down.
    Unchanged(Session),
    /// It lives, and has to be written.
    Changed(Session),
}
