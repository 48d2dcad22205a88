//! `doorward serve --ephemeral`: the same server with all data in memory, which can return to its seed.
//!
//! A *generation* is a whole server over its own copy of the seed. A reset starts the next one beside the current one,
//! and then sends every new request to it. So no cache, watch or counter of the old one survives.

mod generation;
mod passwords;

use std::net::SocketAddr;
use std::sync::Arc;

use doorward_authorize_frontend::{HttpConfig, Issuer};
use doorward_service_kit::sql::close_all;
use doorward_service_kit::{Clock, Shutdown, StartError, SystemClock, on_signal};

use crate::content::Content;
use crate::control::Control;
use crate::data_folder::DataFolder;
use crate::embedded::serve_until_signal;
use crate::error::Error;
use crate::listen;
use crate::mail_options::MailOptions;
use crate::signing_options::SigningOptions;
pub(crate) use generation::Generations;
use generation::{Generation, Stop};

/// Folder and settings that every generation begins with.
#[derive(Debug)]
struct Seed {
    folder: DataFolder,
    http: HttpConfig,
    mail: MailOptions,
    signing: SigningOptions,
    issuer: Issuer,
    clock: Arc<dyn Clock>,
}

/// Serves until a signal.
pub(crate) async fn serve(
    (http, mail, signing): (HttpConfig, MailOptions, SigningOptions),
    content: Content,
    control: SocketAddr,
    ready: impl FnOnce() + Send + 'static,
) -> Result<(), Error> {
    listen::probe("--listen", http.listen)?;
    listen::probe("--control-listen", control)?;
    let shutdown = on_signal();
    let seed = Seed::plant((http.clone(), mail, signing), content).await?;
    let generations = Generations::start(seed).await?;
    let app = generations.router();
    let control = Control::listen(control, &http, &app, Some(generations.clone())).await?;
    let served = serve_until_signal(&http, app, Some(control), shutdown, ready).await;
    generations.end().await;
    served
}

impl Seed {
    /// Creates the signing keys and imports the files.
    async fn plant(
        (http, mail, signing): (HttpConfig, MailOptions, SigningOptions),
        mut content: Content,
    ) -> Result<Self, Error> {
        let issuer = http.validate().map_err(StartError::from)?;
        let seed = Self {
            folder: DataFolder::in_memory()?,
            clock: Arc::new(SystemClock),
            issuer,
            http,
            mail,
            signing,
        };
        if let Some(users) = &mut content.users {
            passwords::hash(users).await?;
        }
        let shutdown = Shutdown::new();
        let options = (&seed.mail, &seed.signing);
        let opening = seed
            .folder
            .services(&seed.issuer, options, &seed.clock, &shutdown);
        content.import(&opening.await?).await?;
        shutdown.cancel();
        // No other database is open yet. Moves all data into the files that are copied.
        close_all().await;
        Ok(seed)
    }

    /// Starts a server over a copy.
    async fn grow(&self) -> Result<Generation, Error> {
        let folder = self.folder.copy()?;
        let stop = Stop::default();
        let services = &stop.services;
        let options = (&self.mail, &self.signing);
        let channels = folder
            .services(&self.issuer, options, &self.clock, services)
            .await?;
        let (clock, frontend) = (Arc::clone(&self.clock), &stop.frontend);
        Ok(Generation {
            app: doorward_authorize_frontend::app(&self.http, channels, clock, frontend)?,
            folder: Some(folder),
            stop,
        })
    }
}
