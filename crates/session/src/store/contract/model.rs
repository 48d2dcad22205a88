//! A store in memory that consists of the domain's functions: the rules of sessions, without any storage.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use jiff::Timestamp;

use crate::domain::{
    NewSession, Revocation, Session, SessionToken, SessionUse, Used, User, UserId, after,
};
use crate::store::{SIGN_IN, Sessions};

#[derive(Debug, Default)]
pub(super) struct Model(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// By the hash of the token.
    sessions: HashMap<String, Session>,
    copies: HashMap<UserId, User>,
    /// Until when every store must keep a revoking copy, also without sessions. A store may keep it for longer.
    kept_until: HashMap<UserId, Timestamp>,
    position: u64,
}

impl Model {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn session(&self, token: &SessionToken) -> Option<Session> {
        self.state().sessions.get(&token.hash()).cloned()
    }

    /// The newest copy of a user that has one.
    pub(super) fn copy(&self, user: &UserId) -> User {
        self.state().copies[user].clone()
    }

    /// Whether every store has this session. A store may remove an expired one at any time.
    pub(super) fn must_have(&self, token: &SessionToken, now: Timestamp) -> bool {
        self.session(token)
            .is_some_and(|session| session.is_live(now))
    }

    /// Whether every store has the copy of this user.
    pub(super) fn must_have_copy(&self, user: &UserId, now: Timestamp) -> bool {
        let state = self.state();
        let is_kept = state.kept_until.get(user).is_some_and(|end| now < *end);
        is_kept || state.of(user).any(|(_, session)| session.is_live(now))
    }

    /// Whether a store may have removed something between these instants, because it expired.
    pub(super) fn expires_between(&self, earlier: Timestamp, later: Timestamp) -> bool {
        let state = self.state();
        let ends = state.sessions.values().map(end);
        let mut ends = ends.chain(state.kept_until.values().copied());
        ends.any(|end| earlier < end && end <= later)
    }
}

impl State {
    /// Keeps a revoking copy for as long as a sign-in may take.
    fn keep(&mut self, user: &User, now: Timestamp) {
        if user.sessions_from_version() > 0 {
            let kept_until = self.kept_until.entry(user.id()).or_default();
            *kept_until = after(now, SIGN_IN).max(*kept_until);
        }
    }

    /// Returns the copy that is stored then.
    fn put_newest(&mut self, user: &User) -> User {
        let copy = self.copies.entry(user.id()).or_insert_with(|| user.clone());
        if copy.version() < user.version() {
            *copy = user.clone();
        }
        copy.clone()
    }

    fn of(&self, user: &UserId) -> impl Iterator<Item = (&String, &Session)> {
        let sessions = self.sessions.iter();
        sessions.filter(move |(_, session)| session.user_id == *user)
    }
}

fn end(session: &Session) -> Timestamp {
    session.expires_at().min(session.idle_expires_at())
}

#[async_trait]
impl Sessions for Model {
    async fn open_session(
        &self,
        token: &SessionToken,
        new: &NewSession,
        now: Timestamp,
    ) -> Result<Session, StoreError> {
        let mut state = self.state();
        let user = state.put_newest(&new.user);
        let previous = new.previous.as_ref();
        let earlier = previous.and_then(|previous| state.sessions.remove(&previous.hash()));
        let session = new.open(earlier, &user, now);
        state.keep(&user, now);
        state.sessions.insert(token.hash(), session.clone());
        Ok(session)
    }

    async fn resolve_session(
        &self,
        token: &SessionToken,
        session_use: &SessionUse,
        now: Timestamp,
    ) -> Result<Option<(Session, User)>, StoreError> {
        let Some(session) = self.session(token) else {
            return Ok(None);
        };
        let mut state = self.state();
        let user = state.copies[&session.user_id].clone();
        let session = match session.used(session_use, &user, now) {
            Used::Unchanged(session) => session,
            Used::Changed(session) => {
                state.sessions.insert(token.hash(), session.clone());
                session
            }
            Used::Ended => {
                state.sessions.remove(&token.hash());
                return Ok(None);
            }
        };
        let session = session.shown(session_use, &user);
        Ok(session.map(|session| (session, user)))
    }

    async fn end_session(&self, token: &SessionToken) -> Result<bool, StoreError> {
        Ok(self.state().sessions.remove(&token.hash()).is_some())
    }

    async fn list_sessions(
        &self,
        user: &UserId,
        session_use: &SessionUse,
        now: Timestamp,
    ) -> Result<Vec<Session>, StoreError> {
        let state = self.state();
        let sessions = state.of(user).map(|(_, session)| session.clone());
        Ok(sessions
            .filter_map(|session| session.listed(session_use, &state.copies[user], now))
            .collect())
    }

    async fn revoke_sessions(
        &self,
        user: &UserId,
        revocation: &Revocation,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let mut state = self.state();
        let selected = state
            .of(user)
            .filter(|(_, session)| revocation.includes(&session.sid));
        let hashes: Vec<_> = selected.map(|(hash, _)| hash.clone()).collect();
        let ended = hashes.iter().filter_map(|hash| state.sessions.remove(hash));
        let ended: Vec<_> = ended.collect();
        let is_active = |session: &&Session| session.is_active(&state.copies[user], now);
        Ok(ended.iter().filter(is_active).count())
    }

    async fn put_users(&self, users: &[User], now: Timestamp) -> Result<(), StoreError> {
        let mut state = self.state();
        for user in users {
            if user.sessions_from_version() > 0 || state.copies.contains_key(&user.id()) {
                state.put_newest(user);
            }
            state.keep(user, now);
        }
        Ok(())
    }

    async fn get_user_relay_position(&self) -> Result<u64, StoreError> {
        Ok(self.state().position)
    }

    async fn put_user_relay_position(&self, position: u64) -> Result<(), StoreError> {
        let mut state = self.state();
        state.position = state.position.max(position);
        Ok(())
    }
}
