//! `doorward user attempts`: shows failed attempts to sign in, and ends the blocks that they led to.

use doorward_proto::from_timestamp;
use doorward_proto::session::v1::{
    ClearFailedLoginsRequest, FailedLogins, ListFailedLoginsRequest,
};

use crate::commands::request;
use crate::error::Error;
use crate::output::say;
use crate::service::Service;
use crate::target::Target;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Email that was typed; an account need not exist
    email: String,
    /// Forget the attempts, which ends blocks
    #[arg(long)]
    clear: bool,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let deployment = args.target.existing(&[Service::Session])?;
    let mut session = deployment.session().await?;
    let identifier = args.email;
    if args.clear {
        let wanted = ClearFailedLoginsRequest { identifier };
        let cleared = session.clear_failed_logins(request(wanted)).await;
        let cleared = cleared.map_err(Error::service(Service::Session))?;
        let cleared = cleared.into_inner().cleared;
        say(format_args!("{cleared} failed attempts are forgotten"));
        return Ok(());
    }
    let wanted = ListFailedLoginsRequest { identifier };
    let listed = session.list_failed_logins(request(wanted)).await;
    let listed = listed.map_err(Error::service(Service::Session))?;
    let sources = listed.into_inner().sources;
    if sources.is_empty() {
        say("no failed attempts");
    }
    for source in sources {
        say(line(&source));
    }
    Ok(())
}

fn line(source: &FailedLogins) -> String {
    let last = source
        .last_failed_at
        .and_then(|at| from_timestamp(Some(at), "last_failed_at").ok());
    let last = last.map(|at| at.to_string()).unwrap_or_default();
    let from = match (source.client_address.as_str(), source.known_browser) {
        ("", false) => "all or unknown addresses".to_owned(),
        (address, false) => address.to_owned(),
        (address, true) => format!("a known browser, first at {address}"),
    };
    format!("{} failed, last at {last}, from {from}", source.failures)
}
