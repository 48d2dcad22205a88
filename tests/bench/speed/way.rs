//! Ways to run a server.

/// A way to run a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Six processes with Redis and PostgreSQL.
    Six,
    /// [`Self::Six`] with Unix sockets between the processes.
    SixUnix,
    /// [`Self::Six`] with mutual TLS between the processes.
    SixTls,
    /// `doorward serve`: one process with SQLite.
    One,
    /// npm's oidc-provider: one process with the Redis of [`Self::Six`].
    Peer,
    /// [`Self::Six`] of the earlier build.
    SixBefore,
    /// [`Self::One`] of the earlier build.
    OneBefore,
}

impl Way {
    /// Pairs to compare: a way, and the one that it is measured by.
    pub(crate) const PAIRS: [(Self, Self); 6] = [
        (Self::Six, Self::Peer),
        (Self::One, Self::Peer),
        (Self::SixTls, Self::Six),
        (Self::SixUnix, Self::Six),
        (Self::Six, Self::SixBefore),
        (Self::One, Self::OneBefore),
    ];

    /// Its name in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Six => "six processes",
            Self::SixUnix => "six processes, Unix sockets",
            Self::SixTls => "six processes, mutual TLS",
            Self::One => "one process",
            Self::Peer => "oidc-provider",
            Self::SixBefore => "six processes, before",
            Self::OneBefore => "one process, before",
        }
    }

    /// Whether it is the build under test: its wrong answers fail the run.
    pub(crate) fn is_under_test(self) -> bool {
        matches!(self, Self::Six | Self::SixUnix | Self::SixTls | Self::One)
    }
}
