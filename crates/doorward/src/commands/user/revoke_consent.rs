//! `doorward user revoke-consent`: revokes a user's consents.

use doorward_proto::identity::v1::RemoveConsentsRequest;

use super::UserArgs;
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
    /// Only consents to the application with this client id
    #[arg(long, value_name = "ID", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    client: Option<String>,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let deployment = args.target.existing(&[Service::Identity])?;
    let mut identity = deployment.identity().await?;
    let UserArgs { email, connection } = args.user;
    let user = choose_user(&mut identity, &email, connection.as_deref()).await?;
    let wanted = RemoveConsentsRequest {
        user_id: user.user_id,
        client_id: args.client.unwrap_or_default(),
    };
    let answer = identity.remove_consents(request(wanted)).await;
    let answer = answer.map_err(Error::service(Service::Identity))?;
    say(format_args!("{} taken back", answer.into_inner().removed));
    Ok(())
}
