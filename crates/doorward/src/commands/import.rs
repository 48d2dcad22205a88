//! `doorward import`: creates or changes the tenant's objects from a file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::apply_tenant::{Mode, apply};
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
    /// Refuse the file where an object, an entry or a name would be left out
    #[arg(long)]
    strict: bool,
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
    if args.strict {
        refuse_left_out(&args.file, &file)?;
    }
    let calls = calls(&file);
    let mode = Mode {
        dry_run: args.dry_run,
        strict: args.strict,
    };
    let deployment = if args.dry_run {
        args.target.for_dry_run(&calls)?
    } else {
        args.target.created(&calls)?
    };
    let changes = apply(file, &deployment, mode).await?;
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

/// Refuses a file of which something is left out. The lines say what, and were printed before.
fn refuse_left_out(path: &Path, file: &TenantFile) -> Result<(), Error> {
    match file.warnings.left_out.len() {
        0 => Ok(()),
        count => Err(Error::Refused(format!(
            "{}: --strict: {count} would be left out, see the warnings; nothing was changed",
            path.display()
        ))),
    }
}

/// Reads a tenant file, and prints on standard error the keys that have no effect, and what is left out.
pub(crate) fn read(path: &Path, values: Values) -> Result<TenantFile, Error> {
    if path.is_dir() {
        let hint = "is a folder; let Auth0's tool export one file: a0deploy export --format yaml";
        return Err(Error::Refused(format!("{} {hint}", path.display())));
    }
    let text = fs::read_to_string(path).map_err(Error::file(path))?;
    let values: BTreeMap<_, _> = values.values.into_iter().collect();
    let mut file = tenant_file::parse(&text, &values).map_err(Error::document(path))?;
    file.places.set_file(path);
    for line in file.warnings.ignored.iter().chain(&file.warnings.left_out) {
        warn(format_args!("{}: {line}", path.display()));
    }
    Ok(file)
}
