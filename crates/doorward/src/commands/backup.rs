//! `doorward backup`: copies everything in a data folder, also while a server runs on it.

use std::path::PathBuf;

use crate::backup;
use crate::data_folder::DataFolder;
use crate::error::Error;
use crate::output::say;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// New or empty folder for the copy
    folder: PathBuf,
    /// Data folder to copy, also while a server runs on it
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let data = DataFolder::existing(&args.data)?;
    for name in backup::create(&data, &args.folder).await? {
        say(name);
    }
    Ok(())
}
