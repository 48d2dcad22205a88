//! The frontend and the five other services, in this process, with their own files.

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use doorward_authorize_frontend::{Channels, HttpConfig, Patience, app};
use doorward_service_kit::grpc::in_memory;
use doorward_service_kit::sql::{DatabaseConfig, back_up};
use doorward_service_kit::{Clock, KeyEncryptionKey, Shutdown};
use doorward_test_support::FakeClock;
use doorward_token_signing::{Backdate, Custody, Issuer, KeyKeeper, RotationConfig, SigningConfig};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tonic::service::Routes;

use crate::browser::Browser;
use crate::tenant::set_up;

pub(crate) const HOST: &str = "auth.example.test";
pub(crate) const ISSUER: &str = "https://auth.example.test/";
/// Deadlines long enough for a busy machine; only tests of outages wait for them.
const PATIENCE: Patience = Patience {
    call: Duration::from_secs(2),
    silent: Duration::from_secs(20),
    page: Duration::from_secs(20),
    password: Duration::from_secs(20),
};

/// A service behind the frontend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    ClientRegistry,
    Identity,
    Session,
    Organization,
    TokenSigning,
}

impl Backend {
    const ALL: [Self; 5] = [
        Self::ClientRegistry,
        Self::Identity,
        Self::Session,
        Self::Organization,
        Self::TokenSigning,
    ];
}

/// The clock of `session`, which may differ from that of the others.
#[derive(Debug)]
pub(crate) struct SessionClock {
    of_others: Arc<FakeClock>,
    minutes_ahead: AtomicI64,
}

impl SessionClock {
    /// Sets the difference to the other clocks; negative means behind.
    pub(crate) fn set_minutes_ahead(&self, minutes: i64) {
        self.minutes_ahead.store(minutes, Ordering::Relaxed);
    }
}

impl Clock for SessionClock {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_mins(self.minutes_ahead.load(Ordering::Relaxed));
        self.of_others.now() + ahead
    }
}

/// The frontend, which [`Browser`]s call.
pub(crate) struct TestApp {
    pub(crate) router: Router,
    pub(crate) clock: Arc<FakeClock>,
    pub(crate) session_clock: Arc<SessionClock>,
    pub(crate) channels: Channels,
    /// Requests that may be worked on at a time, from the next start of the frontend on.
    pub(crate) max_requests: Option<usize>,
    lives: [Shutdown; Backend::ALL.len()],
    folder: TempDir,
}

impl TestApp {
    /// Starts everything, with the tenant of [`crate::tenant`].
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = FakeClock::start();
        let session_clock = Arc::new(SessionClock {
            of_others: Arc::clone(&clock),
            minutes_ahead: AtomicI64::new(0),
        });
        let lives = Backend::ALL.map(|_| Shutdown::new());
        let channels = channels(folder.path(), &clock, &session_clock, &lives).await;
        set_up(&channels).await;
        Self {
            router: router(&channels, &clock, None),
            max_requests: None,
            clock,
            session_clock,
            channels,
            lives,
            folder,
        }
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser::new(self)
    }

    /// Stops a service.
    pub(crate) fn kill(&self, backend: Backend) {
        self.lives[backend as usize].cancel();
    }

    /// Reads the files of `session`, as far as they are text.
    pub(crate) fn copy_of_sessions(&self) -> String {
        let files = fs::read_dir(self.folder.path()).unwrap();
        let files = files.map(|file| file.unwrap());
        let files = files.filter(|file| file.file_name().to_string_lossy().starts_with("session"));
        let texts = files.map(|file| fs::read(file.path()).unwrap());
        texts
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .collect()
    }

    /// Replaces the frontend by a new one with an empty cache.
    pub(crate) fn restart(&mut self) {
        self.router = router(&self.channels, &self.clock, self.max_requests);
    }
}

fn router(channels: &Channels, clock: &Arc<FakeClock>, max_requests: Option<usize>) -> Router {
    let http = HttpConfig {
        max_requests,
        ..HttpConfig::new(ISSUER, ([127, 0, 0, 1], 0).into())
    };
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    app(&http, channels.clone(), clock, &Shutdown::new()).unwrap()
}

async fn channels(
    folder: &Path,
    clock: &Arc<FakeClock>,
    session_clock: &Arc<SessionClock>,
    lives: &[Shutdown; 5],
) -> Channels {
    let database = |name: &str| DatabaseConfig::sqlite(&folder.join(name));
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    let life = |backend: Backend| lives[backend as usize].clone();
    let channel = |backend, routes: Routes| in_memory(routes, life(backend));

    let registry = doorward_client_registry::open(&database("registry"))
        .await
        .unwrap();
    let registry = doorward_client_registry::routes(registry, life(Backend::ClientRegistry));
    let identity = doorward_identity::open(&database("identity"))
        .await
        .unwrap();
    let identity = doorward_identity::routes(
        identity,
        Arc::clone(&clock),
        &cheap_hashing(),
        life(Backend::Identity),
    );
    let session = doorward_session::open_sqlite(
        &doorward_session::BudgetConfig::default(),
        &database("session"),
    )
    .await
    .unwrap();
    let session = doorward_session::routes(session, Arc::clone(session_clock) as Arc<dyn Clock>);
    let key = KeyEncryptionKey::from_bytes(&[8; KeyEncryptionKey::LENGTH]).unwrap();
    let organization = doorward_organization::open(&database("organization"), Arc::new(key))
        .await
        .unwrap();
    let limits = doorward_organization::InvitationLimits::default();
    let organization = doorward_organization::routes(&organization, limits, clock.clone());
    copy_keys(&folder.join("token-signing"), &clock).await;
    let keeper = key_keeper(&folder.join("token-signing"), &clock).await;
    let issuer = Issuer::parse(ISSUER).unwrap();
    let token_signing = doorward_token_signing::start(
        keeper,
        issuer,
        Backdate::default(),
        &SigningConfig::default(),
        &life(Backend::TokenSigning),
    )
    .await
    .unwrap();
    Channels {
        post_login_hook: None,
        client_registry: channel(Backend::ClientRegistry, registry),
        identity: channel(Backend::Identity, identity),
        session: channel(Backend::Session, session),
        organization: channel(Backend::Organization, organization),
        token_signing: channel(Backend::TokenSigning, token_signing),
        patience: PATIENCE,
    }
}

/// Writes a database with signing keys. All tests have the same ones: making them takes longer than most tests.
async fn copy_keys(path: &Path, clock: &Arc<dyn Clock>) {
    static KEYS: OnceCell<Vec<u8>> = OnceCell::const_new();
    let keys = KEYS.get_or_init(async || {
        let folder = tempfile::tempdir().unwrap();
        let [made, copy] = ["made", "copy"].map(|name| folder.path().join(name));
        let keeper = key_keeper(&made, clock).await;
        let issuer = Issuer::parse(ISSUER).unwrap();
        let life = Shutdown::new();
        let (backdate, signing) = (Backdate::default(), SigningConfig::default());
        doorward_token_signing::start(keeper, issuer, backdate, &signing, &life)
            .await
            .unwrap();
        life.cancel();
        back_up(&made, &copy).await.unwrap();
        fs::read(copy).unwrap()
    });
    fs::write(path, keys.await).unwrap();
}

async fn key_keeper(path: &Path, clock: &Arc<dyn Clock>) -> KeyKeeper {
    let store = doorward_token_signing::open(&DatabaseConfig::sqlite(path)).await;
    let key = KeyEncryptionKey::from_bytes(&[7; KeyEncryptionKey::LENGTH]).unwrap();
    let rotation = RotationConfig::default();
    KeyKeeper::new(
        store.unwrap(),
        Custody::file(key),
        rotation,
        Arc::clone(clock),
    )
}

fn cheap_hashing() -> doorward_identity::HashingConfig {
    doorward_identity::HashingConfig {
        max_concurrent: NonZeroUsize::MIN,
        max_waiting: 64,
        cost: argon2::Params::new(64, 1, 1, None).unwrap(),
    }
}
