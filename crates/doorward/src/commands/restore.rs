//! `doorward restore`: creates a data folder from a backup.

use std::path::PathBuf;

use crate::backup::{self, Sessions};
use crate::data_folder::DataFolder;
use crate::error::Error;
use crate::output::say;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder written by `doorward backup`
    folder: PathBuf,
    /// New or empty data folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Leave the sessions out: all users sign in again, and no session that ended since the backup returns
    #[arg(long)]
    without_sessions: bool,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let sessions = if args.without_sessions {
        Sessions::LeaveOut
    } else {
        Sessions::Keep
    };
    let data = DataFolder::create(&args.data)?;
    for name in backup::restore(&args.folder, &data, sessions).await? {
        say(name);
    }
    data.warn_if_others_may_enter();
    Ok(())
}
