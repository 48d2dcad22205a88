//! `doorward import`: creates or changes the tenant's objects from a file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::apply_tenant::apply;
use crate::error::Error;
use crate::output::{say, warn};
use crate::service::Service;
use crate::target::Target;
use crate::tenant_file::{self, TenantFile};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// YAML file in the shape that Auth0's deploy tool exports
    file: PathBuf,
    /// Print what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    values: Values,
    #[command(flatten)]
    target: Target,
}

/// Values of placeholders.
#[derive(Debug, clap::Args)]
pub(crate) struct Values {
    /// Value of the placeholders ##KEY## and @@KEY@@ in the tenant file
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_and_value)]
    values: Vec<(String, String)>,
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("must have the form KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let file = read(&args.file, args.values)?;
    let calls = calls(&file);
    let deployment = if args.dry_run {
        args.target.for_dry_run(&calls)?
    } else {
        args.target.created(&calls)?
    };
    let changes = apply(file, &deployment, args.dry_run).await?;
    for change in &changes {
        say(change);
    }
    if changes.is_empty() {
        say(if args.dry_run {
            "nothing would change"
        } else {
            "nothing changed"
        });
    }
    Ok(())
}

/// The services that the file needs. The addresses of others need not be given.
fn calls(file: &TenantFile) -> Vec<Service> {
    let calls = [
        (Service::ClientRegistry, true),
        (Service::Identity, !file.roles.is_empty()),
        (Service::Organization, !file.organizations.is_empty()),
    ];
    let needed = calls.into_iter().filter(|(_, needed)| *needed);
    needed.map(|(service, _)| service).collect()
}

/// Reads a tenant file, and prints the keys that have no effect on standard error.
pub(crate) fn read(path: &Path, values: Values) -> Result<TenantFile, Error> {
    let text = fs::read_to_string(path).map_err(Error::file(path))?;
    let values: BTreeMap<_, _> = values.values.into_iter().collect();
    let file = tenant_file::parse(&text, &values).map_err(Error::document(path))?;
    for line in &file.ignored {
        warn(format_args!("{}: {line}", path.display()));
    }
    Ok(file)
}
