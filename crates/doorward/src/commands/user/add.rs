//! `doorward user add`: creates a user.

use std::io::{self, IsTerminal};

use doorward_proto::identity::v1::CreateUserRequest;

use crate::choose_connection::choose_connection;
use crate::commands::request;
use crate::error::Error;
use crate::output::say;
use crate::service::Service;
use crate::target::Target;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Email, by which the user signs in
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

/// One line of standard input; from a terminal without showing it.
fn read_password() -> Result<String, Error> {
    let unreadable = |error| Error::Refused(format!("the password cannot be read: {error}"));
    let password = if io::stdin().is_terminal() {
        rpassword::prompt_password("Password: ").map_err(unreadable)?
    } else {
        let given = io::read_to_string(io::stdin()).map_err(unreadable)?;
        only_line(&given).map(str::to_owned).ok_or_else(|| {
            Error::Refused("the password is one line, but standard input has more".into())
        })?
    };
    if password.is_empty() {
        return Err(Error::Refused(
            "no password was given on standard input".into(),
        ));
    }
    Ok(password)
}

/// The line without its end; none when there are more.
fn only_line(text: &str) -> Option<&str> {
    let line = match text.strip_suffix('\n') {
        Some(line) => line.strip_suffix('\r').unwrap_or(line),
        None => text,
    };
    (!line.contains('\n')).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_end_is_removed() {
        for (input, expected) in [
            ("secret\n", Some("secret")),
            ("secret\r\n", Some("secret")),
            ("secret", Some("secret")),
            (" a b \n", Some(" a b ")),
            ("\r\r\n", Some("\r")),
            ("", Some("")),
            ("secret\nmore\n", None),
            ("secret\n\n", None),
        ] {
            assert_eq!(only_line(input), expected);
        }
    }
}
