//! The files of the folder: written whole or not at all, keys for their owner only.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, fchown, lchown};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use doorward_service_kit::open_private;
use tempfile::NamedTempFile;

use crate::error::Error;

/// The owner of a name's folder, as `[NAME=]UID:GID`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    /// `None`: all names.
    name: Option<String>,
    user: u32,
    group: u32,
}

impl FromStr for Owner {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, ids) = match text.split_once('=') {
            Some((name, ids)) => (Some(name.to_owned()), ids),
            None => (None, text),
        };
        let ids = ids.split_once(':');
        let ids = ids.and_then(|(user, group)| Some((user.parse().ok()?, group.parse().ok()?)));
        let (user, group) = ids.ok_or("must be UID:GID or NAME=UID:GID, in numbers")?;
        Ok(Self { name, user, group })
    }
}

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Owner,
    All,
}

/// The folder; one process at a time.
#[derive(Debug)]
pub(super) struct Files<'a> {
    path: &'a Path,
    owners: &'a [Owner],
    _lock: File,
}

impl<'a> Files<'a> {
    /// Creates the folder if it is missing, and waits until no other process fills it.
    pub(super) fn open(path: &'a Path, owners: &'a [Owner]) -> Result<Self, Error> {
        create_folder(path, 0o755)?;
        let lock = path.join(".lock");
        let file = open_private(&lock).map_err(Error::file(&lock))?;
        file.lock().map_err(Error::file(&lock))?;
        Ok(Self {
            path,
            owners,
            _lock: file,
        })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Reads a file; `None` if it is missing.
    pub(super) fn read(&self, name: &str) -> Result<Option<String>, Error> {
        let path = self.path(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::file(&path)(error)),
        }
    }

    /// Whether a name has a certificate.
    pub(super) fn have_certificates(&self) -> Result<bool, Error> {
        let mut entries = fs::read_dir(self.path).map_err(Error::file(self.path))?;
        Ok(entries.any(|entry| entry.is_ok_and(|entry| entry.path().join("tls.crt").exists())))
    }

    /// Replaces a file: others read either the old content or the new one.
    pub(super) fn write(&self, name: &str, text: &str, access: Access) -> Result<(), Error> {
        let path = self.path(name);
        let owner = name.split_once('/').and_then(|(name, _)| self.owner(name));
        write(&path, text, access, owner).map_err(Error::file(&path))
    }

    pub(super) fn rename(&self, from: &str, to: &str) -> Result<(), Error> {
        let from = self.path(from);
        fs::rename(&from, self.path(to)).map_err(Error::file(&from))
    }

    /// Creates the folder of a name, and gives all in it to its owner.
    pub(super) fn create_folder_of(&self, name: &str) -> Result<(), Error> {
        let path = self.path(name);
        create_folder(&path, 0o700)?;
        let Some(owner) = self.owner(name) else {
            return Ok(());
        };
        let entries = fs::read_dir(&path).map_err(Error::file(&path))?;
        for entry in entries {
            let entry = entry.map_err(Error::file(&path))?.path();
            give(&entry, owner).map_err(Error::file(&entry))?;
        }
        give(&path, owner).map_err(Error::file(&path))
    }

    fn owner(&self, name: &str) -> Option<&Owner> {
        let fits = |owner: &&Owner| owner.name.as_deref().is_none_or(|of| of == name);
        let named = |owner: &&Owner| owner.name.is_some();
        let mut fitting = self.owners.iter().rev().filter(fits);
        fitting.clone().find(named).or_else(|| fitting.next())
    }
}

fn write(path: &Path, text: &str, access: Access, owner: Option<&Owner>) -> io::Result<()> {
    // Beside the file, because a name's folder may be a mount of its own.
    let mut file = NamedTempFile::new_in(path.parent().unwrap_or(path))?;
    file.write_all(text.as_bytes())?;
    let file_mode = match access {
        Access::Owner => 0o600,
        Access::All => 0o644,
    };
    let handle = file.as_file();
    handle.set_permissions(Permissions::from_mode(file_mode))?;
    if let Some(owner) = owner {
        fchown(handle, Some(owner.user), Some(owner.group))?;
    }
    handle.sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn create_folder(path: &Path, access: u32) -> Result<(), Error> {
    let made = DirBuilder::new().recursive(true).mode(access).create(path);
    made.map_err(Error::file(path))
}

fn give(path: &Path, owner: &Owner) -> io::Result<()> {
    let found = fs::symlink_metadata(path)?;
    if (found.uid(), found.gid()) == (owner.user, owner.group) {
        return Ok(());
    }
    lchown(path, Some(owner.user), Some(owner.group))
}
