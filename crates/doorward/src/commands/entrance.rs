//! `doorward entrance`: one address in front of several frontends, for the local stack.

use std::net::SocketAddr;

use doorward_service_kit::on_signal;

use crate::balancer::Balancer;
use crate::error::Error;
use crate::listen;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address to listen on
    #[arg(long, value_name = "ADDR")]
    listen: SocketAddr,
    /// Host and port to pass connections to; all addresses of the host are used in turn
    #[arg(long, value_name = "HOST:PORT")]
    to: String,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let listener = listen::bind("--listen", args.listen).await?;
    tracing::info!(address = %args.listen, to = args.to, "passing connections on");
    Balancer::new(args.to).serve(listener, on_signal()).await;
    Ok(())
}
