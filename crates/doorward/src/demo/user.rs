//! The demo user: created at the first start, with a random password.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::identity::v1::CreateUserRequest;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::reason_of;
use doorward_service_kit::alphanumeric;
use doorward_service_kit::grpc::Channel;

use crate::choose_user::choose_user;
use crate::commands::request;
use crate::error::Error;
use crate::service::Service;

pub(super) const EMAIL: &str = "demo@doorward.example";
/// The file in a data folder that keeps the password.
pub(crate) const PASSWORD_FILE: &str = "demo-user.txt";
/// The length in letters and digits: 95 bits, and short enough to type.
const PASSWORD_LENGTH: usize = 16;

/// The email and password for the sign-in page.
#[derive(Debug)]
pub(crate) struct DemoUser {
    pub(crate) user_id: String,
    pub(crate) email: &'static str,
    pub(crate) password: String,
}

/// Finds or creates the demo user. The file keeps the password, for its owner only, so that a second start can print it
/// again.
pub(crate) async fn ensure(
    mut identity: IdentityServiceClient<Channel>,
    file: &Path,
    connection: &str,
) -> Result<DemoUser, Error> {
    // Written before the user is created: a crash in between leaves a password without a user, never the reverse.
    let password = keep_password(file).map_err(Error::file(file))?;
    let wanted = CreateUserRequest {
        connection: connection.to_owned(),
        email: EMAIL.to_owned(),
        password: password.clone(),
        min_password_length: 0,
        email_verified: true,
    };
    match identity.create_user(request(wanted)).await {
        Err(status) if reason_of(&status) != Some(ErrorReason::UserAlreadyExists) => {
            Err(Error::service(Service::Identity)(status))
        }
        _ => {
            let user = choose_user(&mut identity, EMAIL, Some(connection)).await?;
            Ok(DemoUser {
                user_id: user.user_id,
                email: EMAIL,
                password,
            })
        }
    }
}

fn keep_password(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => write_password(path),
        kept => Ok(kept?.trim().to_owned()),
    }
}

fn write_password(path: &Path) -> io::Result<String> {
    let password = alphanumeric(PASSWORD_LENGTH);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    writeln!(file, "{password}")?;
    file.sync_all()?;
    Ok(password)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_password_is_fresh_kept_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| folder.path().join(name));
        let password = keep_password(&one).unwrap();
        assert_eq!(password.len(), PASSWORD_LENGTH);
        assert_eq!(keep_password(&one).unwrap(), password);
        assert_ne!(keep_password(&other).unwrap(), password);
        assert_eq!(
            fs::metadata(&one).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}
