//! `doorward organization`: who belongs to an organization.

use doorward_proto::common::v1::User;
use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::identity::v1::ListUsersByEmailRequest;
use doorward_proto::organization::v1::AddMemberRequest;
use doorward_proto::reason_of;
use tonic::Status;

use super::request;
use crate::error::Error;
use crate::output::say;
use crate::service::Service;
use crate::target::Target;

/// How the ids begin that are not from a tenant file.
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
    let with_email = ListUsersByEmailRequest {
        email: args.email.clone(),
    };
    let listed = identity.list_users_by_email(request(with_email)).await;
    let users = listed
        .map_err(Error::service(Service::Identity))?
        .into_inner()
        .users;
    let user = choose(users, &args.email, args.connection.as_deref()).map_err(Error::Refused)?;
    let membership = AddMemberRequest {
        organization_id: args.id.clone(),
        user_id: user.user_id.clone(),
    };
    let answer = organizations.add_member(request(membership)).await;
    let added = answer
        .map_err(|status| not_added(&args.id, status))?
        .into_inner()
        .added;
    let verb = if added { "is now" } else { "already was" };
    say(format_args!(
        "{} {verb} a member of {}",
        user.user_id, args.id
    ));
    Ok(())
}

/// Where a name was given, says that it had to be an id.
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

fn choose(users: Vec<User>, email: &str, connection: Option<&str>) -> Result<User, String> {
    let matches = |user: &User| connection.is_none_or(|connection| user.connection == connection);
    let mut users: Vec<_> = users.into_iter().filter(matches).collect();
    match (users.pop(), users.is_empty()) {
        (Some(user), true) => Ok(user),
        (None, _) => {
            let place = connection
                .map(|name| format!(" in the connection {name:?}"))
                .unwrap_or_default();
            Err(format!("there is no user with the email {email}{place}"))
        }
        (Some(last), false) => {
            users.push(last);
            let named = users
                .iter()
                .map(|user| format!("{} in {}", user.user_id, user.connection));
            let named: Vec<_> = named.collect();
            Err(format!(
                "several users have the email {email}; choose one with --connection: {}",
                named.join(", ")
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users() -> Vec<User> {
        let user = |id: &str, connection: &str| User {
            user_id: id.to_owned(),
            connection: connection.to_owned(),
            ..User::default()
        };
        vec![user("auth0|1", "a"), user("auth0|2", "b")]
    }

    #[test]
    fn one_user_must_be_meant() {
        assert_eq!(choose(users(), "e", Some("a")).unwrap().user_id, "auth0|1");
        let several = choose(users(), "e", None).unwrap_err();
        assert!(several.ends_with("auth0|1 in a, auth0|2 in b"), "{several}");
        assert!(
            choose(users(), "e", Some("c"))
                .unwrap_err()
                .contains("\"c\"")
        );
        assert!(
            choose(Vec::new(), "e", None)
                .unwrap_err()
                .contains("no user")
        );
    }
}
