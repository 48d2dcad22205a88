//! `doorward check-listening`: the health check of containers that only pass connections on.

use std::net::SocketAddr;

use crate::error::Error;
use crate::listen;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address of this machine
    #[arg(value_name = "ADDR")]
    address: SocketAddr,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    listen::accepts(args.address).await
}
