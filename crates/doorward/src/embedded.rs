//! Every service in this process, with HTTP as the only port.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use doorward_authorize_frontend::{Channels, HttpConfig, Router, app, serve_app};
use doorward_service_kit::{Clock, DropGuard, Shutdown, StartError, SystemClock, on_signal};

use crate::control::Control;
use crate::data_folder::{DataFolder, ServerLock};
use crate::error::Error;
use crate::listen;
use crate::mail_options::MailOptions;
use crate::signing_options::SigningOptions;

/// All services over a data folder, ready to serve.
#[derive(Debug)]
pub(crate) struct Embedded {
    pub(crate) channels: Channels,
    pub(crate) folder: DataFolder,
    pub(crate) shutdown: Shutdown,
    http: HttpConfig,
    clock: Arc<dyn Clock>,
    /// Stops the services, which the last HTTP requests still need after the signal.
    _services: DropGuard,
    _lock: ServerLock,
}

impl Embedded {
    /// Checks the settings, locks the folder, and opens all stores in it.
    pub(crate) async fn open(
        folder: DataFolder,
        http: HttpConfig,
        options: (&MailOptions, &SigningOptions),
    ) -> Result<Self, Error> {
        let issuer = http.validate().map_err(StartError::from)?;
        listen::probe("--listen", http.listen)?;
        let lock = folder.lock()?;
        folder.warn_if_others_may_enter();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let shutdown = on_signal();
        let services = Shutdown::new();
        let channels = folder.services(&issuer, options, &clock, &services).await?;
        Ok(Self {
            channels,
            folder,
            shutdown,
            http,
            clock,
            _services: services.drop_guard(),
            _lock: lock,
        })
    }

    /// Serves until a signal, with the health address if there is one. Calls `ready` once connections are accepted.
    pub(crate) async fn serve(
        self,
        control: Option<SocketAddr>,
        ready: impl FnOnce() + Send + 'static,
    ) -> Result<(), Error> {
        let app = app(&self.http, self.channels, self.clock, &self.shutdown)?;
        let control = match control {
            Some(address) => Some(Control::listen(address, &self.http, &app, None).await?),
            None => None,
        };
        serve_until_signal(&self.http, app, control, self.shutdown, ready).await
    }
}

/// Serves an app. Calls `ready` once connections are accepted, on a separate thread, because writing to standard output
/// may block.
pub(crate) async fn serve_until_signal(
    http: &HttpConfig,
    app: Router,
    control: Option<Control>,
    shutdown: Shutdown,
    ready: impl FnOnce() + Send + 'static,
) -> Result<(), Error> {
    let until = shutdown.clone();
    let announce = async move {
        listen::until_accepting(http.listen).await;
        if let Some(control) = control {
            control.serve(until);
        }
        let _ = thread::Builder::new().spawn(ready);
        std::future::pending().await
    };
    tokio::select! {
        biased;
        served = serve_app(http, app, shutdown) => Ok(served?),
        never = announce => never,
    }
}
