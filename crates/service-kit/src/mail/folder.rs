//! Mails as files, for machines without a mail server.

use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::Announce;
use super::delivery::Undelivered;
use super::message::Message;
use crate::open_private;

#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    announce: Option<Announce>,
}

impl Folder {
    pub(super) fn new(path: PathBuf, announce: Option<Announce>) -> Self {
        Self { path, announce }
    }

    /// Writes a mail to a file for its owner only, whole or not at all. The same mail has the same file.
    pub(super) async fn write(&self, message: &Message) -> Result<(), Undelivered> {
        let file = self.path.join(file_name(message));
        let (bytes, path) = (message.bytes.clone(), file.clone());
        let announced = (message.to.to_string(), message.link.clone());
        let announce = self.announce;
        let written = tokio::task::spawn_blocking(move || {
            write(&path, &bytes)?;
            if let Some(announce) = announce {
                announce(&announced.0, &announced.1, &path);
            }
            Ok::<_, io::Error>(())
        });
        let written = written.await.unwrap_or_else(|error| Err(error.into()));
        written.map_err(|error| Undelivered::Server(format!("{}: {error}", file.display())))
    }
}

/// The files of a folder are in the order in which the mails were written.
fn file_name(message: &Message) -> String {
    let time = message.created_at.strftime("%Y%m%dT%H%M%S%3f");
    format!("{time}-{}.eml", message.id)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let partial = path.with_extension("partial");
    let mut file = open_private(&partial)?;
    // It may be left over from an attempt that was cut off.
    file.set_len(0)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&partial, path)?;
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use jiff::Timestamp;

    use super::*;

    fn message() -> Message {
        Message {
            id: "abc".to_owned(),
            created_at: Timestamp::constant(1_767_323_045, 0),
            from: "login@example.test".parse().unwrap(),
            to: "carol@example.test".parse().unwrap(),
            link: "https://app.example.test/".to_owned(),
            bytes: b"Subject: x\r\n\r\nHello\r\n".to_vec(),
        }
    }

    #[tokio::test]
    async fn a_mail_is_one_private_file() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("outbox");
        let folder = Folder::new(path.clone(), None);
        for _ in 0..2 {
            folder.write(&message()).await.unwrap();
        }
        let files: Vec<_> = fs::read_dir(&path)
            .unwrap()
            .map(|it| it.unwrap().path())
            .collect();
        assert_eq!(files, [path.join("20260102T030405000-abc.eml")]);
        assert_eq!(fs::read(&files[0]).unwrap(), message().bytes);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&files[0])), (0o700, 0o600));
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let folder = Folder::new(file.path().to_owned(), None);
        let Err(Undelivered::Server(error)) = folder.write(&message()).await else {
            panic!("the folder is a file");
        };
        assert!(
            error.contains(&file.path().display().to_string()),
            "{error}"
        );
    }
}
