//! `doorward user`: single users.

pub(crate) mod add;
pub(crate) mod revoke_consent;
pub(crate) mod roles;

use crate::error::Error;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Create a user; the password is read from standard input
    Add(add::Args),
    /// Give a user exactly these roles; without any, print the roles that the user has
    Roles(roles::Args),
    /// Take back what a user has agreed to give applications; tokens that are out live on
    RevokeConsent(revoke_consent::Args),
}

impl Command {
    pub(crate) async fn run(self) -> Result<(), Error> {
        match self {
            Self::Add(args) => add::run(args).await,
            Self::Roles(args) => roles::run(args).await,
            Self::RevokeConsent(args) => revoke_consent::run(args).await,
        }
    }
}

/// The user whom a command is about.
#[derive(Debug, clap::Args)]
pub(crate) struct Whom {
    /// Email of the user
    email: String,
    /// Connection that the user belongs to, when several users have that email
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
}
