//! `doorward organization`: the members of organizations.

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::organization::v1::AddMembersRequest;
use doorward_proto::reason_of;
use tonic::Status;

use super::request;
use crate::choose_user::choose_user;
use crate::error::Error;
use crate::output::say;
use crate::service::Service;
use crate::target::Target;

/// The prefix of generated ids; a tenant file may have others.
const ID_PREFIX: &str = "org_";

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a user a member of an organization
    AddMember(AddMemberArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct AddMemberArgs {
    /// Id of the organization, for example `org_9ybsU1dN2dKfDkBi`
    #[arg(value_name = "ORG")]
    id: String,
    /// Email of the user
    email: String,
    /// Connection that the user belongs to, when several users have that email
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn add_member(args: AddMemberArgs) -> Result<(), Error> {
    let calls = [Service::Identity, Service::Organization];
    let deployment = args.target.existing(&calls)?;
    let mut identity = deployment.identity().await?;
    let mut organizations = deployment.organization().await?;
    let user = choose_user(&mut identity, &args.email, args.connection.as_deref()).await?;
    let membership = AddMembersRequest {
        organization_id: args.id.clone(),
        user_ids: vec![user.user_id.clone()],
    };
    let answer = organizations.add_members(request(membership)).await;
    let added = answer
        .map_err(|status| not_added(&args.id, status))?
        .into_inner()
        .added;
    let verb = if added.contains(&user.user_id) {
        "is now"
    } else {
        "already was"
    };
    say(format_args!(
        "{} {verb} a member of {}",
        user.user_id, args.id
    ));
    Ok(())
}

/// The error of a failed call; if `id` looks like a name, it asks for an id.
fn not_added(id: &str, status: Status) -> Error {
    let not_found = reason_of(&status) == Some(ErrorReason::OrganizationNotFound);
    let error = Error::service(Service::Organization)(status);
    if not_found && !id.starts_with(ID_PREFIX) {
        return Error::Refused(format!(
            "{error}; an id is expected, which begins with {ID_PREFIX}"
        ));
    }
    error
}
