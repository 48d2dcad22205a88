//! `doorward import-users`: imports users with their ids and password hashes.
//!
//! The file is read twice: first all of it is checked, then it is imported. Neither keeps it in memory.

use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};

use doorward_proto::identity::v1::ImportUsersResponse;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::apply_users::{Batch, Batches, Imported, Importer};
use crate::document;
use crate::error::Error;
use crate::output::{complain, say, warn};
use crate::service::Service;
use crate::target::Target;
use crate::users_file::{self, Entry, Reader, UsersFile};

/// Batches that wait for the service. More would only take memory.
const WAITING_BATCHES: usize = 2;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// JSON file in the shape of Auth0's bulk import, or of its exports of users or password hashes
    file: PathBuf,
    /// Connection that the users belong to; default: the tenant's default directory, or the only connection
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    /// Import nothing if an entry of the file is faulty
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let Checked { users, faulty } = check(&args.file)?;
    if args.strict && faulty > 0 {
        let file = args.file.display();
        return Err(Error::Refused(format!(
            "{file}: --strict: {faulty} of {users} users are faulty; nothing was imported"
        )));
    }
    let calls = [Service::ClientRegistry, Service::Identity];
    let deployment = args.target.existing(&calls)?;
    let service = Importer::new(args.connection.as_deref(), &deployment).await?;
    let imported = import(&args.file, service, users - faulty).await?;
    for (email, reason) in &imported.refused {
        complain(format_args!(
            "{}: users[{email}]: {reason}",
            args.file.display()
        ));
    }
    let left_out = faulty + imported.refused.len();
    say(summary(&imported.sum));
    match left_out {
        0 => Ok(()),
        count => Err(Error::SomeLeftOut(count)),
    }
}

/// The numbers of users in a file.
struct Checked {
    users: usize,
    faulty: usize,
}

/// Reads the file, and prints its faults and the keys that have no effect on standard error.
fn check(path: &Path) -> Result<Checked, Error> {
    let mut checked = Checked {
        users: 0,
        faulty: 0,
    };
    let ignored = each(path, |entry| {
        checked.users += 1;
        if let Err(fault) = entry {
            checked.faulty += 1;
            complain(format_args!("{}: {fault}", path.display()));
        }
    })?;
    for line in ignored {
        warn(format_args!("{}: {line}", path.display()));
    }
    Ok(checked)
}

fn each(path: &Path, each: impl FnMut(document::Result<Entry>)) -> Result<Vec<String>, Error> {
    let text = BufReader::new(File::open(path).map_err(Error::file(path))?);
    users_file::each(text, Reader::Import, each).map_err(Error::document(path))
}

/// Imports the sound users of a file that was checked.
async fn import(path: &Path, mut importer: Importer<'_>, users: usize) -> Result<Imported, Error> {
    let (send, mut batches) = mpsc::channel(WAITING_BATCHES);
    let file = path.to_owned();
    let reading = spawn_blocking(move || send_batches(&file, &send));
    let progress = Progress::new(users);
    while let Some(batch) = batches.recv().await {
        importer.import(batch).await?;
        progress.show(importer.count());
    }
    progress.end();
    reading
        .await
        .map_err(|panic| Error::Refused(panic.to_string()))??;
    Ok(importer.finish())
}

fn send_batches(path: &Path, send: &mpsc::Sender<Batch>) -> Result<(), Error> {
    let mut waiting = Batches::default();
    // After an error of the import, the receiver is gone and the rest of the file does not matter.
    each(path, |entry| {
        if let Ok(Entry { user, keys }) = entry
            && let Some(batch) = waiting.add(keys.connection, user)
        {
            let _ = send.blocking_send(batch);
        }
    })?;
    for batch in waiting.rest() {
        let _ = send.blocking_send(batch);
    }
    Ok(())
}

/// A line on a terminal that says how far the import is.
struct Progress {
    users: usize,
    is_shown: bool,
}

impl Progress {
    fn new(users: usize) -> Self {
        let is_shown = io::stderr().is_terminal();
        Self { users, is_shown }
    }

    fn show(&self, done: usize) {
        if self.is_shown {
            let line = format!("\r{done} of {} users", self.users);
            let _ = io::stderr().write_all(line.as_bytes());
        }
    }

    fn end(&self) {
        if self.is_shown {
            let _ = io::stderr().write_all(b"\n");
        }
    }
}

/// Reads a whole user file for a server, and prints the keys that have no effect on standard error.
pub(crate) fn read(path: &Path, reader: Reader) -> Result<UsersFile, Error> {
    let text = BufReader::new(File::open(path).map_err(Error::file(path))?);
    let file = users_file::parse(text, reader).map_err(Error::document(path))?;
    for line in &file.ignored {
        warn(format_args!("{}: {line}", path.display()));
    }
    Ok(file)
}

/// One line about an import.
pub(crate) fn summary(imported: &ImportUsersResponse) -> String {
    let ImportUsersResponse {
        created,
        updated,
        unchanged,
        ..
    } = imported;
    format!("{created} created, {updated} changed, {unchanged} unchanged")
}
