//! `doorward user`: single users.

use std::io::{self, BufRead, IsTerminal};

use doorward_proto::identity::v1::CreateUserRequest;

use super::request;
use crate::choose_connection::choose_connection;
use crate::error::Error;
use crate::output::say;
use crate::target::Target;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Create a user; the password is read from standard input
    Add(AddArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct AddArgs {
    /// Email, by which the user signs in
    email: String,
    /// Connection that the user belongs to; default: the tenant's default directory, or the only connection
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn add(args: AddArgs) -> Result<(), Error> {
    let mut identity = args.target.identity().await?;
    let registry = args.target.registry().await?;
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
        .map_err(Error::service("identity"))?
        .into_inner()
        .user;
    say(user.unwrap_or_default().user_id);
    Ok(())
}

/// One line of standard input; from a terminal without showing it.
fn read_password() -> Result<String, Error> {
    let unreadable = |error| Error::Refused(format!("the password cannot be read: {error}"));
    let password = if io::stdin().is_terminal() {
        rpassword::prompt_password("Password: ").map_err(unreadable)?
    } else {
        first_line(&mut io::stdin().lock()).map_err(unreadable)?
    };
    if password.is_empty() {
        return Err(Error::Refused(
            "no password was given on standard input".into(),
        ));
    }
    Ok(password)
}

fn first_line(input: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    let end = line
        .strip_suffix('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line));
    Ok(end.unwrap_or(&line).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_end_is_removed() {
        for (input, expected) in [
            ("secret\n", "secret"),
            ("secret\r\n", "secret"),
            ("secret", "secret"),
            (" a b \nmore\n", " a b "),
            ("\r\r\n", "\r"),
            ("", ""),
        ] {
            assert_eq!(first_line(&mut input.as_bytes()).unwrap(), expected);
        }
    }
}
