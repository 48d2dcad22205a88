//! `doorward user block` and `user unblock`.

use doorward_proto::identity::v1::SetUserBlockedRequest;

use super::{UserArgs, confirm};
use crate::choose_user::choose_user;
use crate::commands::request;
use crate::error::Error;
use crate::output::say;
use crate::service::Service;
use crate::target::Target;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    user: UserArgs,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn run(args: Args, blocked: bool) -> Result<(), Error> {
    let deployment = args
        .target
        .existing(&[Service::Identity, Service::Session])?;
    let mut identity = deployment.identity().await?;
    let UserArgs { email, connection } = args.user;
    let user = choose_user(&mut identity, &email, connection.as_deref()).await?;
    let wanted = SetUserBlockedRequest {
        user_id: user.user_id.clone(),
        blocked,
    };
    let answer = identity.set_user_blocked(request(wanted)).await;
    let answer = answer.map_err(Error::service(Service::Identity))?;
    let changed = answer.into_inner().user.unwrap_or_default();
    confirm(&mut deployment.session().await?, changed).await?;
    let outcome = match (user.blocked, blocked) {
        (false, true) => "is now blocked",
        (true, true) => "already was blocked",
        (true, false) => "is no longer blocked",
        (false, false) => "was not blocked",
    };
    say(format_args!("{} {outcome}", user.user_id));
    Ok(())
}
