//! `doorward user password`: gives a user a new password.

use doorward_proto::client_registry::v1::ListConnectionsRequest;
use doorward_proto::common::v1::User;
use doorward_proto::identity::v1::SetPasswordRequest;

use super::{UserArgs, confirm};
use crate::choose_user::choose_user;
use crate::commands::request;
use crate::error::Error;
use crate::output::say;
use crate::read_password::read_password;
use crate::service::Service;
use crate::target::{Deployment, Target};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    user: UserArgs,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let calls = [Service::ClientRegistry, Service::Identity, Service::Session];
    let deployment = args.target.existing(&calls)?;
    let mut identity = deployment.identity().await?;
    let UserArgs { email, connection } = args.user;
    let user = choose_user(&mut identity, &email, connection.as_deref()).await?;
    let wanted = SetPasswordRequest {
        min_password_length: min_password_length(&deployment, &user).await?,
        password: read_password()?,
        user_id: user.user_id,
    };
    let answer = identity.set_password(request(wanted)).await;
    let answer = answer.map_err(Error::service(Service::Identity))?;
    let user = answer.into_inner().user.unwrap_or_default();
    let user_id = user.user_id.clone();
    confirm(&mut deployment.session().await?, user).await?;
    say(format_args!("{user_id} has a new password"));
    Ok(())
}

/// The minimum length of the user's connection; 0, which means the service's own minimum, without such a connection.
async fn min_password_length(deployment: &Deployment, user: &User) -> Result<u32, Error> {
    let mut registry = deployment.registry().await?;
    let listed = registry
        .list_connections(request(ListConnectionsRequest {}))
        .await;
    let listed = listed.map_err(Error::service(Service::ClientRegistry))?;
    let mut connections = listed.into_inner().connections.into_iter();
    let own = connections.find(|connection| connection.name == user.connection);
    Ok(own.map_or(0, |connection| connection.min_password_length))
}
