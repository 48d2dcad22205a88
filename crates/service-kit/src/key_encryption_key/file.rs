//! The file that holds the key-encryption key.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::rand;
use base64::{Engine, prelude::BASE64_STANDARD};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::KeyEncryptionKey;

const READABLE_BY_OTHERS: u32 = 0o004;

/// A file that gives no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read, or not be created.
    #[error("key-encryption key file {}", path.display())]
    File {
        /// Path of the file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// It holds something else.
    #[error("key-encryption key file {}: must hold 32 bytes as base64 text", path.display())]
    Malformed {
        /// Path of the file.
        path: PathBuf,
    },
}

impl KeyEncryptionKey {
    /// Reads the key from a file: 32 bytes as base64 text. Logs a warning if every user of the machine can read it.
    pub fn from_file(path: &Path) -> Result<Self, KeyFileError> {
        let text = read(path).map_err(|source| KeyFileError::File {
            path: path.to_owned(),
            source,
        })?;
        BASE64_STANDARD
            .decode(text.trim_ascii())
            .ok()
            .and_then(|bytes| Self::from_bytes(&Zeroizing::new(bytes)))
            .ok_or_else(|| KeyFileError::Malformed {
                path: path.to_owned(),
            })
    }

    /// Reads the key from a file. Creates the file with a new key if there is none. Several callers at once get the
    /// same key; after a crash there is a whole file or none.
    pub fn create_file(path: &Path) -> Result<Self, KeyFileError> {
        match create(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(KeyFileError::File {
                path: path.to_owned(),
                source: error,
            }),
            _ => Self::from_file(path),
        }
    }
}

fn read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & READABLE_BY_OTHERS != 0 {
        tracing::warn!(path = %path.display(), "the key-encryption key file is readable by every user of this machine");
    }
    fs::read(path).map(Zeroizing::new)
}

fn create(path: &Path) -> io::Result<()> {
    if path.exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let mut key = Zeroizing::new([0; KeyEncryptionKey::LENGTH]);
    rand::fill(&mut *key).map_err(io::Error::other)?;
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut file = NamedTempFile::new_in(folder)?;
    let text = Zeroizing::new(BASE64_STANDARD.encode(*key));
    writeln!(file, "{}", *text)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(content: &[u8]) -> String {
        let file = NamedTempFile::new().unwrap();
        fs::write(file.path(), content).unwrap();
        let error = KeyEncryptionKey::from_file(file.path()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains(&file.path().display().to_string())
        );
        error.to_string()
    }

    #[test]
    fn a_file_is_made_once_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        KeyEncryptionKey::create_file(&path).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(BASE64_STANDARD.decode(text.trim()).unwrap().len(), 32);

        KeyEncryptionKey::create_file(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_repeated() {
        let short = BASE64_STANDARD.encode([7; 31]);
        let long = BASE64_STANDARD.encode([7; 33]);
        for text in [short.as_bytes(), long.as_bytes(), b"", b"hunter2", &[7; 32]] {
            let problem = problem(text);
            assert!(
                problem.ends_with("must hold 32 bytes as base64 text"),
                "{problem}"
            );
            assert!(!problem.contains("hunter2"));
        }
    }

    #[test]
    fn a_missing_file_is_named_and_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let error = KeyEncryptionKey::from_file(&path).unwrap_err();
        assert!(
            error.to_string().contains(&path.display().to_string()),
            "{error}"
        );
        assert!(!path.exists());
    }
}
