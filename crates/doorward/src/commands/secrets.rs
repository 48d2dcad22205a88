//! `doorward secrets`: makes the passwords and keys of the local stack, once.

use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use doorward_service_kit::{alphanumeric, open_private, secret};
use tempfile::NamedTempFile;

use crate::error::Error;
use crate::output::say;

/// The services with a PostgreSQL database.
const DATABASES: [&str; 4] = [
    "client-registry",
    "identity",
    "organization",
    "token-signing",
];
/// The services that encrypt secrets in their database, each with a key of its own.
const WITH_KEYS: [&str; 2] = ["organization", "token-signing"];
/// The length in letters and digits: 190 bits.
const PASSWORD_LENGTH: usize = 32;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder with one folder per service and store; existing files are kept
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<(), Error> {
    let password = || alphanumeric(PASSWORD_LENGTH);
    let file = |path: &str| args.out.join(path);
    for service in DATABASES {
        let made = keep(&file(&format!("{service}/database-password")), password)?;
        keep(&file(&format!("postgres/{service}-password")), || made)?;
    }
    for account in ["session", "commands"] {
        let made = keep(&file(&format!("{account}/redis-password")), password)?;
        keep(&file(&format!("redis/{account}-password")), || made)?;
    }
    for service in WITH_KEYS {
        keep(&file(&format!("{service}/key-encryption-key")), key)?;
    }
    Ok(())
}

/// Reads the file, or writes what `make` returns to it: whole or not at all, for its owner only.
fn keep(path: &Path, make: impl FnOnce() -> String) -> Result<String, Error> {
    match fs::read_to_string(path) {
        Ok(kept) => return Ok(kept.trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(Error::file(path)(error)),
    }
    let text = make();
    write(path, &text).map_err(Error::file(path))?;
    say(format_args!("created {}", path.display()));
    Ok(text)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    // Its owner alone can read a temporary file.
    let mut file = NamedTempFile::new_in(folder)?;
    writeln!(file, "{text}")?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)?;
    open_private(path)?.sync_all()
}

/// 32 random bytes as base64 text.
fn key() -> String {
    let decode = |text| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
    let mut bytes = decode(secret());
    bytes.extend(decode(secret()));
    bytes.truncate(32);
    BASE64_STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn read(folder: &Path, name: &str) -> String {
        fs::read_to_string(folder.join(name)).unwrap()
    }

    #[test]
    fn secrets_are_made_once_for_both_sides_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path();
        let args = Args {
            out: out.to_owned(),
        };
        run(&args).unwrap();
        let [own, theirs] = ["identity/database-password", "postgres/identity-password"];
        let password = read(out, own);
        assert_eq!(password.trim().len(), PASSWORD_LENGTH);
        assert_eq!(password, read(out, theirs));
        assert_ne!(password, read(out, "postgres/organization-password"));
        assert_eq!(
            read(out, "session/redis-password"),
            read(out, "redis/session-password")
        );
        let mode = fs::metadata(out.join(own)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::remove_file(out.join(theirs)).unwrap();
        run(&args).unwrap();
        assert_eq!(
            [read(out, own), read(out, theirs)],
            [password.clone(), password]
        );
    }

    #[test]
    fn the_keys_are_what_services_read() {
        let folder = tempfile::tempdir().unwrap();
        run(&Args {
            out: folder.path().to_owned(),
        })
        .unwrap();
        for service in WITH_KEYS {
            let file = folder.path().join(service).join("key-encryption-key");
            doorward_service_kit::KeyEncryptionKey::from_file(&file).unwrap();
        }
        let [one, other] =
            WITH_KEYS.map(|it| read(folder.path(), &format!("{it}/key-encryption-key")));
        assert_ne!(one, other);
    }
}
