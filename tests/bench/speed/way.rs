//! Ways to run a server.

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Six processes over Redis and Postgres.
    Six,
    /// `doorward serve`: one process over SQLite.
    One,
    /// npm's oidc-provider: one process over the Redis of [`Self::Six`].
    Peer,
    /// As [`Self::Six`], of the build to compare with.
    SixBefore,
    /// As [`Self::One`], of the build to compare with.
    OneBefore,
}

impl Way {
    /// Compared with the second, the first shows what changed or what is better.
    pub(crate) const PAIRS: [(Self, Self); 4] = [
        (Self::Six, Self::Peer),
        (Self::One, Self::Peer),
        (Self::Six, Self::SixBefore),
        (Self::One, Self::OneBefore),
    ];

    /// As it stands in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Six => "six processes",
            Self::One => "one process",
            Self::Peer => "oidc-provider",
            Self::SixBefore => "six processes, before",
            Self::OneBefore => "one process, before",
        }
    }

    /// Whether it is the build under test, whose wrong answers fail the run.
    pub(crate) fn is_under_test(self) -> bool {
        matches!(self, Self::Six | Self::One)
    }
}
