//! The model: which users are signed in, and which may be.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::answer::Answer;

/// Opening a session does not wait for replicas, so a failover may lose sessions of the last second.
const NEWEST: Duration = Duration::from_secs(1);
/// A load balancer sends a dead frontend no requests after this time.
const ROUTED_AWAY: Duration = Duration::from_secs(1);

/// A browser with a session.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) cookies: BTreeMap<String, String>,
    pub(super) sub: String,
    opened: Instant,
    logout: Mutex<Logout>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Logout {
    begun: Option<Instant>,
    confirmed: Option<Instant>,
}

impl Session {
    pub(super) fn new(cookies: BTreeMap<String, String>, sub: String) -> Self {
        Self {
            cookies,
            sub,
            opened: Instant::now(),
            logout: Mutex::default(),
        }
    }

    /// Records that the session may end from now on.
    pub(super) fn begin_logout(&self) {
        locked(&self.logout).begun.get_or_insert(Instant::now());
    }

    /// Records that the session has ended for good.
    pub(super) fn confirm_logout(&self) {
        locked(&self.logout).confirmed.get_or_insert(Instant::now());
    }

    pub(super) fn is_logged_out(&self) -> bool {
        locked(&self.logout).confirmed.is_some()
    }

    fn logout(&self) -> Logout {
        *locked(&self.logout)
    }
}

/// The judgement of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Judgement {
    /// A correct answer, with its name.
    Good(&'static str),
    /// The answer reported an outage.
    CannotTell,
    /// A killed frontend answered no more.
    Lost,
    Bad(String),
}

/// All sessions, and the losses that a fault allows.
#[derive(Default)]
pub(super) struct Model {
    sessions: Mutex<Vec<Arc<Session>>>,
    /// The sessions that the load may sign out.
    leaving: Mutex<VecDeque<Arc<Session>>>,
    /// The time at which a primary was killed, whose replicas may lack the newest sessions.
    crash: Mutex<Option<Instant>>,
    /// The time at which a frontend was killed.
    frontend_crash: Mutex<Option<Instant>>,
    /// Returns whether the log has declared all sessions lost; `None` if they must not be lost.
    loss: Option<Box<dyn Fn() -> bool + Send + Sync>>,
}

impl Model {
    /// A model in which sessions may be lost once the log has declared it.
    pub(super) fn with_loss(is_declared: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self {
            loss: Some(Box::new(is_declared)),
            ..Self::default()
        }
    }

    /// Adds a session that stays.
    pub(super) fn add(&self, session: Session) {
        locked(&self.sessions).push(Arc::new(session));
    }

    /// Adds a session that will sign out.
    pub(super) fn add_leaving(&self, session: Session) {
        let session = Arc::new(session);
        locked(&self.sessions).push(Arc::clone(&session));
        locked(&self.leaving).push_back(session);
    }

    pub(super) fn sessions(&self) -> Vec<Arc<Session>> {
        locked(&self.sessions).clone()
    }

    /// Any session, also an ended one.
    pub(super) fn any(&self, dice: u64) -> Arc<Session> {
        let sessions = locked(&self.sessions);
        let index = dice % sessions.len() as u64;
        Arc::clone(&sessions[usize::try_from(index).expect("an index")])
    }

    pub(super) fn next_leaving(&self) -> Option<Arc<Session>> {
        locked(&self.leaving).pop_front()
    }

    /// Records that a primary is being killed.
    pub(super) fn note_crash(&self) {
        *locked(&self.crash) = Some(Instant::now());
    }

    /// Records that a frontend is being killed.
    pub(super) fn note_frontend_crash(&self) {
        *locked(&self.frontend_crash) = Some(Instant::now());
    }

    /// Judges a connection that broke during a request sent at `sent`. That happens only to those of a killed frontend.
    pub(super) fn judge_lost(&self, sent: Instant, what: String) -> Judgement {
        let crash = *locked(&self.frontend_crash);
        match crash {
            Some(crash) if sent < crash + ROUTED_AWAY && crash <= Instant::now() => Judgement::Lost,
            _ => Judgement::Bad(what),
        }
    }

    /// Judges the answer to a silent authentication that was sent at `sent`.
    pub(super) fn judge(&self, session: &Session, sent: Instant, answer: Answer) -> Judgement {
        let logout = session.logout();
        let has_ended = logout.confirmed.is_some_and(|confirmed| confirmed <= sent);
        match answer {
            Answer::CannotTell => Judgement::CannotTell,
            Answer::Wrong(what) => Judgement::Bad(what),
            Answer::Lost(what) => self.judge_lost(sent, what),
            Answer::Yes if has_ended => Judgement::Bad("a token after a confirmed logout".into()),
            Answer::Yes => Judgement::Good("token"),
            Answer::No if logout.begun.is_some() => Judgement::Good("signed out"),
            Answer::No if self.may_ask_again(session) => Judgement::Good("asked again"),
            Answer::No if self.loss.as_ref().is_some_and(|is_declared| is_declared()) => {
                Judgement::Good("declared lost")
            }
            Answer::No => Judgement::Bad("login_required for a live session".into()),
        }
    }

    fn may_ask_again(&self, session: &Session) -> bool {
        let crash = *locked(&self.crash);
        crash
            .is_some_and(|crash| session.opened + NEWEST > crash && session.opened < crash + NEWEST)
    }
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session::new(BTreeMap::new(), "auth0|alice".to_owned())
    }

    fn judged(model: &Model, session: &Session, answer: Answer) -> Judgement {
        model.judge(session, Instant::now(), answer)
    }

    fn is_bad(judgement: &Judgement) -> bool {
        matches!(judgement, Judgement::Bad(_))
    }

    #[test]
    fn a_live_session_is_never_absent() {
        let (model, session) = (Model::default(), session());
        assert!(is_bad(&judged(&model, &session, Answer::No)));
        assert_eq!(
            judged(&model, &session, Answer::Yes),
            Judgement::Good("token")
        );
        let unknown = judged(&model, &session, Answer::CannotTell);
        assert_eq!(unknown, Judgement::CannotTell);
    }

    #[test]
    fn a_logout_under_way_may_have_happened_and_a_confirmed_one_has() {
        let (model, session) = (Model::default(), session());
        let before = Instant::now();
        session.begin_logout();
        for answer in [Answer::Yes, Answer::No] {
            assert!(!is_bad(&judged(&model, &session, answer)));
        }
        session.confirm_logout();
        assert!(is_bad(&judged(&model, &session, Answer::Yes)));
        assert!(!is_bad(&judged(&model, &session, Answer::No)));
        let overtaken = model.judge(&session, before, Answer::Yes);
        assert_eq!(overtaken, Judgement::Good("token"));
    }

    #[test]
    fn a_broken_connection_is_excused_by_the_death_of_its_frontend() {
        let (model, before) = (Model::default(), Instant::now());
        assert!(is_bad(&model.judge_lost(before, "reset".to_owned())));
        model.note_frontend_crash();
        assert_eq!(
            model.judge_lost(before, "reset".to_owned()),
            Judgement::Lost
        );
        let later = Instant::now() + ROUTED_AWAY;
        assert!(is_bad(&model.judge_lost(later, "reset".to_owned())));
    }

    #[test]
    fn a_crash_excuses_the_newest_only() {
        let model = Model::default();
        let mut old = session();
        old.opened = Instant::now().checked_sub(NEWEST * 2).unwrap();
        let new = session();
        model.note_crash();
        assert!(is_bad(&judged(&model, &old, Answer::No)));
        assert!(!is_bad(&judged(&model, &new, Answer::No)));
    }

    #[test]
    fn a_loss_must_have_been_declared() {
        assert!(is_bad(&judged(
            &Model::with_loss(|| false),
            &session(),
            Answer::No
        )));
        assert!(!is_bad(&judged(
            &Model::with_loss(|| true),
            &session(),
            Answer::No
        )));
    }
}
