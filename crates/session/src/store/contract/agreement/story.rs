//! A sequence of operations on every store at once.

use std::cmp::Reverse;
use std::time::Duration;

use doorward_proto::common::v1::User as WireUser;
use doorward_service_kit::StoreError;
use jiff::{SignedDuration, Timestamp};

use super::super::model::Model;
use super::super::{at, user};
use super::operations::{
    CLIENTS, Change, DEVICES, Edge, LIMITS, MAX_AGE, Operation, Selected, USERS,
};
use crate::domain::{
    Device, Limits, NewSession, Revocation, Secret, Session, SessionToken, SessionUse, User,
    UserId, WRITE_GRACE, after,
};
use crate::store::Sessions;

/// The history of one sequence. Its users are its own, so that sequences can share the stores.
pub(super) struct Story<'a> {
    number: u32,
    stores: [(&'static str, &'a dyn Sessions); 2],
    model: Model,
    now: Timestamp,
    /// In the order of their sign-ins.
    opened: Vec<(SessionToken, String)>,
    /// All versions of each user at `identity`.
    versions: [Vec<User>; USERS],
    /// Names of what the answers were.
    pub(super) outcomes: Vec<&'static str>,
}

/// A call of a store.
#[derive(Debug)]
enum Call {
    Open(SessionToken, NewSession),
    Resolve(SessionToken, SessionUse),
    End(SessionToken),
    List(UserId, SessionUse),
    Revoke(UserId, Revocation),
    Put(User),
}

#[derive(Debug, PartialEq)]
enum Answer {
    Opened(Box<Session>),
    Found(Option<Box<(Session, User)>>),
    Ended(bool),
    Listed(Vec<Session>),
    Revoked(usize),
    Done,
}

impl<'a> Story<'a> {
    pub(super) fn new(number: u32, stores: [(&'static str, &'a dyn Sessions); 2]) -> Self {
        let versions = std::array::from_fn(|index| vec![user(&format!("{number}-{index}"), 1)]);
        Self {
            number,
            stores,
            model: Model::default(),
            now: at(0),
            opened: Vec::new(),
            versions,
            outcomes: Vec::new(),
        }
    }

    /// Fails at the first answer that differs.
    pub(super) async fn run(&mut self, operations: &[Operation]) -> Result<(), String> {
        for operation in operations {
            if let Some(call) = self.call(operation) {
                self.compare(&call).await?;
                self.list().await?;
            }
        }
        self.look().await
    }

    /// Compares the lists of sessions.
    async fn list(&mut self) -> Result<(), String> {
        for user in 0..USERS {
            let user = self.newest(user).id();
            let call = Call::List(user, session_use(LIMITS[3], None, 0, 0));
            self.compare(&call).await?;
        }
        Ok(())
    }

    /// Compares every session, without using one. Expired ones end.
    async fn look(&mut self) -> Result<(), String> {
        for (token, _) in self.opened.clone() {
            let look = session_use(LIMITS[3], Some(0), 0, 0);
            self.compare(&Call::Resolve(token, look)).await?;
        }
        Ok(())
    }

    async fn compare(&mut self, call: &Call) -> Result<(), String> {
        // Whether an expired session is still there to be ended depends on when a store clears it away.
        let is_certain =
            !matches!(call, Call::End(token) if !self.model.must_have(token, self.now));
        let before = self.written(call);
        let expected = ask(&self.model, call, self.now).await;
        let expected = expected.map_err(|error| error.to_string())?;
        self.outcomes.push(self.outcome(call, &expected));
        if before.is_some() && before != self.written(call) {
            self.outcomes.push("written");
        }
        for (name, store) in self.stores {
            let answer = ask(store, call, self.now).await;
            let answer = answer.map_err(|error| format!("{name}: {error}"))?;
            if is_certain && answer != expected {
                let now = self.now;
                return Err(format!(
                    "{name} at {now}, {call:#?}: {answer:#?}, but by the domain {expected:#?}"
                ));
            }
        }
        Ok(())
    }

    /// Session that a call uses, as the model has stored it.
    fn written(&self, call: &Call) -> Option<Session> {
        match call {
            Call::Resolve(token, _) => self.model.session(token),
            _ => None,
        }
    }

    fn outcome(&self, call: &Call, answer: &Answer) -> &'static str {
        match (call, answer) {
            (Call::Open(_, new), Answer::Opened(session)) if session.sid != new.sid => "continued",
            (Call::Open(_, new), Answer::Opened(_)) => {
                let newest = self.model.copy(&new.user.id());
                if new.user.version() < newest.sessions_from_version() {
                    "opened and revoked"
                } else {
                    "opened"
                }
            }
            (_, Answer::Found(Some(found))) if found.1.is_blocked() => "found while blocked",
            (_, Answer::Found(Some(_))) => "found",
            (_, Answer::Found(None)) => "absent",
            (_, Answer::Ended(true)) => "ended",
            (_, Answer::Listed(sessions)) if !sessions.is_empty() => "listed",
            (_, Answer::Revoked(1..)) => "revoked",
            _ => "nothing",
        }
    }

    /// The call of an operation. `None` if it concerns no store, or a session before there is one.
    fn call(&mut self, operation: &Operation) -> Option<Call> {
        match *operation {
            Operation::SignIn {
                user,
                previous,
                age,
                limits,
                is_persistent,
                device,
            } => {
                let new = NewSession {
                    user: self.signing_in(user, age),
                    sid: format!("{:016}{:016}", self.number, self.opened.len()),
                    connection: "Username-Password-Authentication".to_owned(),
                    previous: previous.and_then(|index| self.token(index)),
                    limits: LIMITS[limits],
                    persistent: is_persistent,
                    device: device_of(device),
                };
                let token = self.new_token(&new);
                Some(Call::Open(token, new))
            }
            Operation::Use {
                session,
                limits,
                max_age,
                client,
                device,
                edge,
            } => {
                let session_use = session_use(LIMITS[limits], max_age, client, device);
                let token = self.token(session)?;
                if let (Some((edge, is_early)), Some(session)) = (edge, self.model.session(&token))
                {
                    let early = SignedDuration::from_millis(is_early.into());
                    self.wait_until(reached(&session, &session_use, edge) - early);
                }
                Some(Call::Resolve(token, session_use))
            }
            Operation::End { session } => Some(Call::End(self.token(session)?)),
            Operation::List { user, limits } => {
                let session_use = session_use(LIMITS[limits], None, 0, 0);
                Some(Call::List(self.newest(user).id(), session_use))
            }
            Operation::Revoke { user, selected } => {
                let revocation = match selected {
                    Selected::All => Revocation::All,
                    Selected::Only(index) => Revocation::Only(self.sid(index)?),
                    Selected::AllBut(index) => Revocation::AllBut(self.sid(index)?),
                };
                Some(Call::Revoke(self.newest(user).id(), revocation))
            }
            Operation::Put { user, age } => Some(Call::Put(self.aged(user, age).clone())),
            Operation::Change { user, change } => {
                let changed = changed(self.newest(user), change);
                self.versions[user].push(changed);
                None
            }
            Operation::Wait(duration) => {
                self.wait_until(after(self.now, duration));
                None
            }
            Operation::StepBack(duration) => {
                let earlier = self.now - SignedDuration::try_from(duration).ok()?;
                if !self.model.expires_between(earlier, self.now) {
                    self.now = earlier;
                }
                None
            }
        }
    }

    fn wait_until(&mut self, instant: Timestamp) {
        self.now = self.now.max(instant);
    }

    fn token(&self, index: usize) -> Option<SessionToken> {
        let index = index.checked_rem(self.opened.len())?;
        Some(self.opened[index].0.clone())
    }

    fn sid(&self, index: usize) -> Option<String> {
        let index = index.checked_rem(self.opened.len())?;
        Some(self.opened[index].1.clone())
    }

    fn new_token(&mut self, new: &NewSession) -> SessionToken {
        let secret = |number: String| Secret::parse(format!("{number:0>32}")).unwrap();
        let browser = secret(self.number.to_string());
        let salt = secret(self.opened.len().to_string());
        let token = SessionToken::derive(&new.user.id(), &browser, &salt);
        self.opened.push((token.clone(), new.sid.clone()));
        token
    }

    fn newest(&self, user: usize) -> &User {
        self.aged(user, 0)
    }

    fn aged(&self, user: usize, age: usize) -> &User {
        let versions = &self.versions[user];
        &versions[versions.len().saturating_sub(1 + age)]
    }

    /// An old version signs in only while every store must keep the copy of the user, which may revoke it.
    fn signing_in(&self, user: usize, age: usize) -> User {
        let is_kept = self.model.must_have_copy(&self.newest(user).id(), self.now);
        self.aged(user, if is_kept { age } else { 0 }).clone()
    }
}

async fn ask(store: &dyn Sessions, call: &Call, now: Timestamp) -> Result<Answer, StoreError> {
    Ok(match call {
        Call::Open(token, new) => {
            Answer::Opened(Box::new(store.open_session(token, new, now).await?))
        }
        Call::Resolve(token, session_use) => {
            let found = store.resolve_session(token, session_use, now).await?;
            Answer::Found(found.map(Box::new))
        }
        Call::End(token) => Answer::Ended(store.end_session(token).await?),
        Call::List(user, session_use) => {
            let mut sessions = store.list_sessions(user, session_use, now).await?;
            // The order of sessions that were used at the same time is open.
            sessions.sort_by_key(|it| (Reverse(it.last_interacted_at), it.sid.clone()));
            Answer::Listed(sessions)
        }
        Call::Revoke(user, revocation) => {
            Answer::Revoked(store.revoke_sessions(user, revocation, now).await?)
        }
        Call::Put(user) => {
            store.put_users(std::slice::from_ref(user), now).await?;
            Answer::Done
        }
    })
}

fn device_of(index: usize) -> Device {
    let (ip, user_agent) = DEVICES[index];
    Device {
        ip: ip.to_owned(),
        user_agent: user_agent.to_owned(),
    }
}

/// Sessions that end with the browser have half of the limits.
fn session_use(limits: Limits, max_age: Option<u64>, client: usize, device: usize) -> SessionUse {
    SessionUse {
        limits,
        ephemeral_limits: Limits {
            absolute: limits.absolute / 2,
            idle: limits.idle / 2,
        },
        max_age: max_age.map(Duration::from_secs),
        client_id: CLIENTS[client].to_owned(),
        device: device_of(device),
    }
}

/// The next version of a user, as `identity` makes it.
fn changed(user: &User, change: Change) -> User {
    let version = user.version() + 1;
    let is_revoking = matches!(change, Change::Block | Change::Password);
    let sessions_from_version = if is_revoking {
        version
    } else {
        user.sessions_from_version()
    };
    User::from(WireUser {
        version,
        sessions_from_version,
        blocked: match change {
            Change::Block => true,
            Change::Unblock => false,
            Change::Profile | Change::Password => user.is_blocked(),
        },
        ..user.clone().into_message()
    })
}

/// When a session reaches an edge.
fn reached(session: &Session, session_use: &SessionUse, edge: Edge) -> Timestamp {
    let current = session.clone().under(session_use.limits_for(session));
    let grace = WRITE_GRACE.min(current.limits.idle / 100);
    match edge {
        Edge::Absolute => session.expires_at(),
        Edge::Idle => session.idle_expires_at(),
        Edge::Lowered => current.expires_at().min(current.idle_expires_at()),
        Edge::Grace => after(session.last_interacted_at, grace),
        Edge::MaxAge => after(session.authenticated_at, Duration::from_secs(MAX_AGE)),
    }
}
