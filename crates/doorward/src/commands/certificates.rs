//! `doorward certificates`: makes and renews the certificates with which the services know one another.

use std::path::PathBuf;

use clap::value_parser;
use doorward_service_kit::{Clock, SystemClock};

use crate::certificates::{Order, Owner, Step, fill, parse_host, parse_name};
use crate::error::Error;
use crate::output::say;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder for the CA and the certificates; created if it does not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Days for which a new certificate is valid; it is renewed when a third of them is left
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = value_parser!(u16).range(1..=825))]
    days: u16,
    /// Host name or address for the certificate that browsers see, besides localhost; may be repeated
    #[arg(long = "host", value_name = "HOST", value_parser = parse_host)]
    hosts: Vec<String>,
    /// Another name that gets a certificate; may be repeated
    #[arg(long = "name", value_name = "NAME", value_parser = parse_name)]
    names: Vec<String>,
    /// Owner of the folders of all names, or of one; may be repeated
    #[arg(long = "owner", value_name = "[NAME=]UID:GID")]
    owners: Vec<Owner>,
    /// Renew all certificates; after --new-ca, from the new CA
    #[arg(long)]
    renew: bool,
    /// Begin to replace the CA: trust a new one beside it
    #[arg(long, conflicts_with = "renew")]
    new_ca: bool,
    /// End the replacement of the CA: trust only the new one
    #[arg(long, conflicts_with_all = ["renew", "new_ca"])]
    drop_old_ca: bool,
}

impl Args {
    fn step(&self) -> Step {
        match (self.renew, self.new_ca, self.drop_old_ca) {
            (true, ..) => Step::Renew,
            (_, true, _) => Step::NewAuthority,
            (.., true) => Step::DropOldAuthority,
            _ => Step::Maintain,
        }
    }
}

pub(crate) fn run(args: Args) -> Result<(), Error> {
    let order = Order {
        step: args.step(),
        folder: args.out,
        names: args.names,
        hosts: args.hosts,
        owners: args.owners,
        days: args.days,
    };
    for change in fill(&order, SystemClock.now().as_second())? {
        say(change);
    }
    Ok(())
}
