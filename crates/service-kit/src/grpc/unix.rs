//! Unix sockets that only the user of the service can connect to.

use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixSocket};

use crate::connections::Accept;

const OWNER_ONLY: u32 = 0o600;
const WRITABLE_BY_OTHERS: u32 = 0o022;
const BACKLOG: u32 = 1024;

/// A listening socket, whose file is removed when it is dropped.
#[derive(Debug)]
pub(super) struct PrivateSocket {
    listener: UnixListener,
    path: PathBuf,
    /// Device and number of the file.
    inode: (u64, u64),
}

impl PrivateSocket {
    /// Listens at `path` with mode 0600. Replaces the socket of a server that has ended, and nothing else.
    pub(super) fn bind(path: &Path) -> io::Result<Self> {
        let folder = path.parent().unwrap_or(Path::new("/"));
        refuse_open_folder(folder)?;
        // Two servers that start at once look at the old socket one after the other.
        let lock = File::open(folder)?;
        lock.lock()?;
        remove_stale(path)?;
        let socket = UnixSocket::new_stream()?;
        socket.bind(path)?;
        // Nothing can connect before `listen`, so that no other user ever could.
        fs::set_permissions(path, Permissions::from_mode(OWNER_ONLY))?;
        let listener = socket.listen(BACKLOG)?;
        let inode = inode(&fs::symlink_metadata(path)?);
        Ok(Self {
            listener,
            path: path.to_owned(),
            inode,
        })
    }
}

impl Accept for PrivateSocket {
    type Stream = <UnixListener as Accept>::Stream;

    async fn accept(&self) -> io::Result<(Self::Stream, Option<std::net::SocketAddr>)> {
        Accept::accept(&self.listener).await
    }
}

impl Drop for PrivateSocket {
    fn drop(&mut self) {
        let is_ours =
            fs::symlink_metadata(&self.path).is_ok_and(|found| inode(&found) == self.inode);
        if is_ours && let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "the socket cannot be removed");
        }
    }
}

/// Others who can write to a folder can put a socket of their own in the place of ours.
fn refuse_open_folder(folder: &Path) -> io::Result<()> {
    let name = folder.display();
    let found = fs::metadata(folder)
        .map_err(|error| io::Error::new(error.kind(), format!("the folder {name}: {error}")))?;
    if found.permissions().mode() & WRITABLE_BY_OTHERS != 0 {
        let problem = format!(
            "the folder {name} can be written by other users; make one for the service's user only (chmod 0700)"
        );
        return Err(io::Error::new(ErrorKind::PermissionDenied, problem));
    }
    Ok(())
}

fn remove_stale(path: &Path) -> io::Result<()> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    if !found.file_type().is_socket() {
        let problem = "a file that is no socket has this name";
        return Err(io::Error::new(ErrorKind::AlreadyExists, problem));
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => fs::remove_file(path),
        Ok(_) => Err(in_use()),
        // Its queue is full.
        Err(error) if error.kind() == ErrorKind::WouldBlock => Err(in_use()),
        Err(error) => Err(error),
    }
}

fn in_use() -> io::Error {
    io::Error::new(
        ErrorKind::AddrInUse,
        "another process serves at this socket",
    )
}

fn inode(found: &Metadata) -> (u64, u64) {
    (found.dev(), found.ino())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn refusal(path: &Path) -> String {
        PrivateSocket::bind(path).unwrap_err().to_string()
    }

    #[tokio::test]
    async fn the_socket_is_private_and_goes_with_its_server() {
        let folder = folder();
        let path = folder.path().join("a.sock");
        let socket = PrivateSocket::bind(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, OWNER_ONLY);
        drop(socket);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_stale_socket_is_replaced_and_a_live_one_is_not() {
        let folder = folder();
        let path = folder.path().join("a.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        assert!(path.exists());
        let live = PrivateSocket::bind(&path).unwrap();
        assert!(refusal(&path).contains("another process"));
        UnixStream::connect(&path).unwrap();
        drop(live);
    }

    #[tokio::test]
    async fn the_socket_of_a_successor_stays() {
        let folder = folder();
        let path = folder.path().join("a.sock");
        let first = PrivateSocket::bind(&path).unwrap();
        fs::remove_file(&path).unwrap();
        // The number of the removed file is not given away while it is open elsewhere.
        let _second = PrivateSocket::bind(&path).unwrap();
        drop(first);
        assert!(path.exists());
    }

    #[tokio::test]
    async fn other_files_and_open_folders_are_refused() {
        let folder = folder();
        let path = folder.path().join("a.sock");
        fs::write(&path, "precious").unwrap();
        assert!(refusal(&path).contains("no socket"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");

        let missing = folder.path().join("missing/a.sock");
        assert!(refusal(&missing).contains("missing"));

        for mode in [0o777, 0o1777, 0o720] {
            fs::set_permissions(folder.path(), Permissions::from_mode(mode)).unwrap();
            let refused = refusal(&folder.path().join("b.sock"));
            assert!(refused.contains("other users"), "{mode:o}: {refused}");
        }
    }
}
