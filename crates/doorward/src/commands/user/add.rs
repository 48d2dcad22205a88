//! `doorward user add`: creates a user.

use doorward_proto::identity::v1::CreateUserRequest;

use crate::choose_connection::choose_connection;
use crate::commands::request;
use crate::error::Error;
use crate::output::say;
use crate::read_password::read_password;
use crate::service::Service;
use crate::target::Target;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Email with which the user signs in
    email: String,
    /// Connection that the user belongs to; default: the tenant's default directory, or the only connection
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let calls = [Service::ClientRegistry, Service::Identity];
    let deployment = args.target.existing(&calls)?;
    let mut identity = deployment.identity().await?;
    let registry = deployment.registry().await?;
    let connection = choose_connection(registry, args.connection.as_deref()).await?;
    let wanted = CreateUserRequest {
        connection: connection.name,
        email: args.email,
        password: read_password()?,
        min_password_length: connection.min_password_length,
        email_verified: false,
    };
    let created = identity.create_user(request(wanted)).await;
    let user = created
        .map_err(Error::service(Service::Identity))?
        .into_inner()
        .user;
    say(user.unwrap_or_default().user_id);
    Ok(())
}
