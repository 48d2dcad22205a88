//! `doorward user`: manages single users.

pub(crate) mod add;
pub(crate) mod attempts;
pub(crate) mod block;
pub(crate) mod password;
pub(crate) mod revoke_consent;
pub(crate) mod roles;

use doorward_proto::common::v1::User;
use doorward_proto::session::v1::PutUsersRequest;
use doorward_proto::session::v1::session_service_client::SessionServiceClient;
use doorward_service_kit::grpc::Channel;

use crate::commands::request;
use crate::error::Error;
use crate::service::Service;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Create a user; the password is read from standard input
    Add(add::Args),
    /// Give a user exactly these roles; without any, print the user's roles
    Roles(roles::Args),
    /// Block a user, and end all sessions of the user
    Block(block::Args),
    /// Let a blocked user sign in again
    Unblock(block::Args),
    /// Show failed attempts to sign in with an email; with --clear, forget them, which ends blocks
    Attempts(attempts::Args),
    /// Give a user a new password, read from standard input, and end all sessions of the user
    Password(password::Args),
    /// Revoke a user's consents; issued tokens stay valid
    RevokeConsent(revoke_consent::Args),
}

impl Command {
    pub(crate) async fn run(self) -> Result<(), Error> {
        match self {
            Self::Add(args) => add::run(args).await,
            Self::Roles(args) => roles::run(args).await,
            Self::Block(args) => block::run(args, true).await,
            Self::Unblock(args) => block::run(args, false).await,
            Self::Attempts(args) => attempts::run(args).await,
            Self::Password(args) => password::run(args).await,
            Self::RevokeConsent(args) => revoke_consent::run(args).await,
        }
    }
}

/// The user that a command changes.
#[derive(Debug, clap::Args)]
pub(crate) struct UserArgs {
    /// Email of the user
    email: String,
    /// Connection that the user belongs to, when several users have that email
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
}

/// Sends a changed user to `session`. The change counts for every session once this returns.
pub(crate) async fn confirm(
    session: &mut SessionServiceClient<Channel>,
    user: User,
) -> Result<(), Error> {
    let users = PutUsersRequest {
        users: vec![user],
        relay_position: None,
    };
    let put = session.put_users(request(users)).await;
    put.map_err(Error::service(Service::Session))?;
    Ok(())
}
