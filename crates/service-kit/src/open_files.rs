//! How many files and sockets this process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the soft limit to the hard one, which needs no privilege.
pub fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = Rlimit {
        current: limit.maximum,
        ..limit
    };
    if let Err(error) = setrlimit(Resource::Nofile, wanted) {
        tracing::warn!(%error, "the limit of open files cannot be raised");
    }
}

/// How many are allowed, as the log says it where serving begins.
#[must_use]
pub fn allowed_open_files() -> String {
    open_files().map_or_else(|| "unlimited".to_owned(), |files| files.to_string())
}

/// At most `wanted`, and at most that part of the open files that are allowed, but 1 or more.
pub(crate) fn at_most(wanted: usize, part: OpenFiles) -> usize {
    let Some(files) = open_files() else {
        return wanted;
    };
    let share = usize::try_from(files).unwrap_or(usize::MAX) / part as usize;
    wanted.min(share.max(1))
}

/// Parts of the open files, for those who would use them up. What is left is for stores and for connections to others.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OpenFiles {
    Half = 2,
    Quarter = 4,
    Sixteenth = 16,
}

fn open_files() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_what_is_allowed() {
        raise_open_files();
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
        assert_eq!(at_most(1, OpenFiles::Half), 1);
        if let Some(files) = limit.current {
            let half = usize::try_from(files / 2).unwrap();
            assert_eq!(at_most(usize::MAX, OpenFiles::Half), half);
        }
    }
}
