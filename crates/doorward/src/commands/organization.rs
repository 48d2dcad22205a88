//! `doorward organization`: organizations and their members.

mod add_member;
mod delete;
mod list;
mod member_roles;
mod members;
mod remove_member;
mod show;

use crate::error::Error;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List organizations
    List(list::Args),
    /// Print the settings of an organization
    Show(show::Args),
    /// List the members of an organization, with their roles in it
    Members(members::Args),
    /// Make a user a member of an organization
    AddMember(add_member::Args),
    /// End the membership of a user, with the user's roles in the organization; the user stays
    RemoveMember(remove_member::Args),
    /// Give a member exactly these roles in an organization; without any, print the member's roles
    Roles(member_roles::Args),
    /// Delete an organization with its memberships and invitations; the users stay
    Delete(delete::Args),
}

impl Command {
    pub(crate) async fn run(self) -> Result<(), Error> {
        match self {
            Self::List(args) => list::run(args).await,
            Self::Show(args) => show::run(args).await,
            Self::Members(args) => members::run(args).await,
            Self::AddMember(args) => add_member::run(args).await,
            Self::RemoveMember(args) => remove_member::run(args).await,
            Self::Roles(args) => member_roles::run(args).await,
            Self::Delete(args) => delete::run(args).await,
        }
    }
}

/// The organization of a command.
#[derive(Debug, clap::Args)]
pub(crate) struct OrganizationArgs {
    /// Id or name of the organization, for example `org_9ybsU1dN2dKfDkBi`
    #[arg(value_name = "ORG")]
    org: String,
}
