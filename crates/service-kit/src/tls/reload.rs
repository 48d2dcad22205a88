//! Reads the files again while the process runs.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

use super::TlsConfig;
use super::expiry::Expiry;
use super::files::Files;
use super::identity::Identity;
use crate::Clock;
use crate::config::ConfigError;

/// Between two readings. Files count once two readings agree.
const PERIOD: Duration = Duration::from_millis(300);

/// The newest identity, and the number of those before it.
pub(super) type Followed = (watch::Receiver<Arc<Identity>>, watch::Receiver<u64>);

/// Reads the files now and then until both receivers are gone.
pub(super) fn follow(config: TlsConfig, clock: Arc<dyn Clock>) -> Result<Followed, ConfigError> {
    let files = Files::read(&config)?;
    let identity = Identity::new(&config, &files, &clock)?;
    let (identity, receiver) = watch::channel(Arc::new(identity));
    let (revision, revisions) = watch::channel(0);
    let mut reader = Reader {
        settled: Ok(files.fingerprint()),
        last: Ok(files.fingerprint()),
        config,
        clock,
        identity,
        revision,
        expiry: Expiry::default(),
    };
    reader.look_at_expiry();
    // A thread, so that a slow disk delays no call.
    let spawned = thread::Builder::new()
        .name("tls-files".into())
        .spawn(move || reader.run());
    spawned.map_err(|error| ConfigError::invalid("tls", format!("no thread: {error}")))?;
    Ok((receiver, revisions))
}

/// The fingerprint of the files, or why one of them cannot be read.
type Reading = Result<Vec<u8>, String>;

struct Reader {
    config: TlsConfig,
    clock: Arc<dyn Clock>,
    identity: watch::Sender<Arc<Identity>>,
    revision: watch::Sender<u64>,
    /// The last reading that was used, or refused and logged.
    settled: Reading,
    last: Reading,
    expiry: Expiry,
}

impl Reader {
    fn run(&mut self) {
        while !self.identity.is_closed() || !self.revision.is_closed() {
            thread::sleep(PERIOD);
            self.look_at_files();
            self.look_at_expiry();
        }
    }

    fn look_at_expiry(&mut self) {
        let identity = Arc::clone(&self.identity.borrow());
        self.expiry.look(&identity, &self.config, self.clock.now());
    }

    /// Uses new files once they have been the same twice, so that a file that is being written is not used.
    fn look_at_files(&mut self) {
        let files = Files::read(&self.config);
        let reading = match &files {
            Ok(files) => Ok(files.fingerprint()),
            Err(error) => Err(error.to_string()),
        };
        let is_stable = reading == self.last;
        self.last = reading;
        if !is_stable || self.last == self.settled {
            return;
        }
        self.settled.clone_from(&self.last);
        let identity = files.and_then(|files| Identity::new(&self.config, &files, &self.clock));
        match identity {
            Ok(identity) => self.replace(identity),
            Err(error) => {
                tracing::error!(%error, "the new certificates cannot be used, the previous ones stay in use");
            }
        }
    }

    fn replace(&mut self, identity: Identity) {
        let (names, expires) = (identity.names.join(" "), identity.end);
        tracing::info!(names, %expires, "the certificates were replaced");
        self.expiry = Expiry::default();
        // mutant: certificates-not-replaced
        self.identity.send_replace(Arc::new(identity));
        self.revision.send_modify(|revision| *revision += 1);
    }
}
