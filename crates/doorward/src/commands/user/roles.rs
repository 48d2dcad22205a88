//! `doorward user roles`: the roles of a user.

use doorward_proto::common::v1::User;
use doorward_proto::identity::v1::SetUserRolesRequest;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_service_kit::grpc::Channel;

use super::UserArgs;
use crate::choose_roles::list_roles;
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
    /// Names or ids of the roles that the user will have; all others are removed
    #[arg(value_name = "ROLE")]
    roles: Vec<String>,
    /// Remove all roles
    #[arg(long, conflicts_with = "roles")]
    none: bool,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn run(args: Args) -> Result<(), Error> {
    let deployment = args.target.existing(&[Service::Identity])?;
    let mut identity = deployment.identity().await?;
    let UserArgs { email, connection } = args.user;
    let user = choose_user(&mut identity, &email, connection.as_deref()).await?;
    if args.roles.is_empty() && !args.none {
        for name in names(&mut identity, &user).await? {
            say(name);
        }
        return Ok(());
    }
    let wanted = SetUserRolesRequest {
        user_id: user.user_id.clone(),
        roles: args.roles,
    };
    let answer = identity.set_user_roles(request(wanted)).await;
    let answer = answer.map_err(Error::service(Service::Identity))?;
    let changed = answer.into_inner().user.unwrap_or_default();
    let verb = if changed.role_ids == user.role_ids {
        "already had"
    } else {
        "now has"
    };
    let names = names(&mut identity, &changed).await?;
    let roles = match &names[..] {
        [] => "no roles".to_owned(),
        names => format!("the roles {}", names.join(", ")),
    };
    say(format_args!("{} {verb} {roles}", user.user_id));
    Ok(())
}

/// The names of a user's roles, in the order of the roles.
async fn names(
    identity: &mut IdentityServiceClient<Channel>,
    user: &User,
) -> Result<Vec<String>, Error> {
    let roles = list_roles(identity).await?.into_iter();
    let had = roles.filter(|role| user.role_ids.contains(&role.id));
    Ok(had.map(|role| role.name).collect())
}
