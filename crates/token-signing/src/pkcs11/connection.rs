//! Sessions with the token. When one fails, all are closed, and the module is initialized anew before the next call:
//! many modules find a token again, or a network, only then.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as CallError, RvError};
use cryptoki::mechanism::MechanismType;
use cryptoki::object::{Attribute, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use doorward_service_kit::with_causes;
use zeroize::Zeroizing;

use super::TokenError;
use crate::config::Pkcs11Config;

/// A token that could not be reached is not tried again sooner. Calls fail at once until then.
const PAUSE: Duration = Duration::from_secs(1);
/// How often it is tried in a row.
const ATTEMPTS: usize = 5;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(50);

/// The module, and a bounded number of sessions with the token.
pub(super) struct Connection {
    module: Pkcs11,
    config: Pkcs11Config,
    state: Mutex<State>,
    /// Signalled when a session is given back.
    given_back: Condvar,
}

#[derive(Default)]
struct State {
    /// Where the token is; `None` once a session has failed.
    slot: Option<Slot>,
    idle: Vec<OpenSession>,
    in_use: usize,
    failure: Option<Failure>,
}

/// The last attempt to reach the token, which failed.
struct Failure {
    at: Instant,
    what: String,
    /// The PIN was wrong.
    is_final: bool,
}

/// A session that is logged in, and the objects that it has found.
pub(super) struct OpenSession {
    session: Session,
    handles: RefCell<HashMap<String, ObjectHandle>>,
}

impl Connection {
    /// Loads the module and logs in.
    pub(super) fn open(config: Pkcs11Config) -> Result<Self, TokenError> {
        let module = Pkcs11::new(&config.module).map_err(|source| TokenError::Module {
            path: config.module.clone(),
            source,
        })?;
        let connection = Self {
            module,
            config,
            state: Mutex::default(),
            given_back: Condvar::new(),
        };
        let (slot, session) = connection.connect()?;
        let mut state = connection.state();
        state.slot = Some(slot);
        state.idle.push(session);
        drop(state);
        Ok(connection)
    }

    /// Runs `work` in a session, and waits for one if all are in use.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&OpenSession) -> Result<T, TokenError>,
    ) -> Result<T, TokenError> {
        let (lease, session) = self.lease()?;
        let result = work(&session);
        if result.is_ok() {
            lease.give_back(session);
        }
        result
    }

    /// Runs `work`, which may be repeated, once more if it fails: a session may have ended since its last use.
    pub(super) fn with_retry<T>(
        &self,
        work: impl Fn(&OpenSession) -> Result<T, TokenError>,
    ) -> Result<T, TokenError> {
        self.with(&work).or_else(|_| self.with(&work))
    }

    /// Initializes the module anew before the next call. A module may not see before what other processes have made.
    pub(super) fn renew(&self) {
        self.state().slot = None;
    }

    pub(super) fn max_sessions(&self) -> usize {
        self.config.max_sessions.get()
    }

    /// Lists the mechanisms of the token.
    pub(super) fn mechanisms(&self) -> Result<Vec<MechanismType>, TokenError> {
        Ok(self.module.get_mechanism_list(self.find_slot()?)?)
    }

    fn lease(&self) -> Result<(Lease<'_>, OpenSession), TokenError> {
        let mut state = self.state();
        loop {
            if let Some(slot) = state.slot {
                if let Some(session) = state.idle.pop() {
                    return Ok((Lease::new(self, &mut state), session));
                }
                if state.in_use < self.max_sessions() {
                    match self.module.open_rw_session(slot) {
                        Ok(session) => {
                            return Ok((Lease::new(self, &mut state), OpenSession::new(session)));
                        }
                        // The token allows fewer, or is gone; which one, the sessions in use will show.
                        Err(_) if state.in_use > 0 => {}
                        Err(_) => {
                            state.slot = None;
                            continue;
                        }
                    }
                }
            } else if state.in_use == 0 {
                self.reopen(&mut state)?;
                continue;
            }
            let waited = self.given_back.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Others wait meanwhile.
    fn reopen(&self, state: &mut State) -> Result<(), TokenError> {
        if let Some(failure) = &state.failure
            && (failure.is_final || failure.at.elapsed() < PAUSE)
        {
            return Err(TokenError::Unreachable(failure.what.clone()));
        }
        state.idle.clear();
        match self.connect() {
            Ok((slot, session)) => {
                tracing::info!("the PKCS#11 token is connected again");
                state.failure = None;
                state.slot = Some(slot);
                state.idle.push(session);
                Ok(())
            }
            Err(error) => {
                state.failure = Some(Failure {
                    at: Instant::now(),
                    what: with_causes(&error),
                    is_final: matches!(error, TokenError::Pin { .. }),
                });
                Err(error)
            }
        }
    }

    /// Connects, and tries again if that fails: a token of `SoftHSM` may not answer while another process writes to it.
    fn connect(&self) -> Result<(Slot, OpenSession), TokenError> {
        for _ in 1..ATTEMPTS {
            match self.try_to_connect() {
                Err(TokenError::Call(_) | TokenError::NoToken { .. }) => sleep(BETWEEN_ATTEMPTS),
                done => return done,
            }
        }
        self.try_to_connect()
    }

    /// Initializes the module and logs in. All sessions are logged in for as long as one is open.
    fn try_to_connect(&self) -> Result<(Slot, OpenSession), TokenError> {
        // Not initialized yet: at the first time.
        let _ = self.module.clone().finalize();
        let locking = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        match self.module.initialize(locking) {
            Ok(()) | Err(CallError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(error.into()),
        }
        let slot = self.find_slot()?;
        let session = self.module.open_rw_session(slot)?;
        self.log_in(&session)?;
        Ok((slot, OpenSession::new(session)))
    }

    fn find_slot(&self) -> Result<Slot, TokenError> {
        let tokens = self.module.get_slots_with_token()?.into_iter();
        // A slot whose token does not answer is passed over.
        let labelled = tokens.filter_map(|slot| {
            let info = self.module.get_token_info(slot).ok()?;
            info.token_initialized()
                .then(|| (slot, info.label().to_owned()))
        });
        let (found, others): (Vec<_>, Vec<_>) =
            labelled.partition(|(_, label)| *label == self.config.token_label);
        let label = self.config.token_label.clone();
        match *found {
            [(slot, _)] => Ok(slot),
            [] => Err(TokenError::NoToken {
                label,
                found: others.into_iter().map(|(_, label)| label).collect(),
            }),
            _ => Err(TokenError::SeveralTokens {
                label,
                count: found.len(),
            }),
        }
    }

    /// Reads the PIN, which stays in memory no longer than this takes.
    fn log_in(&self, session: &Session) -> Result<(), TokenError> {
        let path = || self.config.pin_file.clone();
        let text = fs::read_to_string(&self.config.pin_file).map(Zeroizing::new);
        let text = text.map_err(|source| TokenError::PinFile {
            path: path(),
            source,
        })?;
        let pin = AuthPin::from(text.trim());
        match session.login(UserType::User, Some(&pin)) {
            Ok(()) | Err(CallError::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            Err(source) if is_about_pin(&source) => Err(TokenError::Pin {
                path: path(),
                source,
            }),
            Err(error) => Err(error.into()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_about_pin(error: &CallError) -> bool {
    use RvError::{PinExpired, PinIncorrect, PinInvalid, PinLenRange, PinLocked};
    matches!(
        error,
        CallError::Pkcs11(
            PinExpired | PinIncorrect | PinInvalid | PinLenRange | PinLocked,
            _
        )
    )
}

/// The use of a session. A session that is not given back has failed: all others are closed, too.
struct Lease<'a> {
    connection: &'a Connection,
    returned: Option<OpenSession>,
}

impl<'a> Lease<'a> {
    fn new(connection: &'a Connection, state: &mut State) -> Self {
        state.in_use += 1;
        Self {
            connection,
            returned: None,
        }
    }

    fn give_back(mut self, session: OpenSession) {
        self.returned = Some(session);
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut state = self.connection.state();
        state.in_use -= 1;
        match self.returned.take() {
            Some(session) => state.idle.push(session),
            None => state.slot = None,
        }
        drop(state);
        self.connection.given_back.notify_all();
    }
}

impl OpenSession {
    fn new(session: Session) -> Self {
        Self {
            session,
            handles: RefCell::default(),
        }
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// The object with an id; there must be one. It is looked for once in each session.
    pub(super) fn find(
        &self,
        id: &str,
        template: &[Attribute],
    ) -> Result<ObjectHandle, TokenError> {
        if let Some(handle) = self.handles.borrow().get(id) {
            return Ok(*handle);
        }
        let found = self.session.find_objects(template)?;
        match *found {
            [handle] => {
                self.handles.borrow_mut().insert(id.to_owned(), handle);
                Ok(handle)
            }
            [] => Err(TokenError::NoKey(id.to_owned())),
            _ => Err(TokenError::SeveralKeys {
                id: id.to_owned(),
                count: found.len(),
            }),
        }
    }
}
