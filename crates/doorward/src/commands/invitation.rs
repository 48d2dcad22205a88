//! `doorward invitation`: invites people into organizations.

pub(crate) mod create;
pub(crate) mod list;
mod mail_settings;
mod metadata;
pub(crate) mod one;
mod show;

use crate::error::Error;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Invite a person into an organization, by mail
    Create(Box<create::Args>),
    /// List the open invitations of an organization, and those that have expired within 30 days
    List(list::Args),
    /// Print one invitation, with its link while it is open
    Show(one::Args),
    /// Send the mail of an open invitation again
    Resend(one::ResendArgs),
    /// End an open invitation
    Revoke(one::Args),
}

impl Command {
    pub(crate) async fn run(self) -> Result<(), Error> {
        match self {
            Self::Create(args) => create::run(*args).await,
            Self::List(args) => list::run(args).await,
            Self::Show(args) => one::show(args).await,
            Self::Resend(args) => one::resend(args).await,
            Self::Revoke(args) => one::revoke(args).await,
        }
    }
}
