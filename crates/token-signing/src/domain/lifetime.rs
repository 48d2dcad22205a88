//! How long a token lives.

use doorward_proto::InvalidField;
use jiff::SignedDuration;

/// Seconds from `iat` to `exp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lifetime(u32);

impl Lifetime {
    /// Thirty days.
    const MAX_SECONDS: u32 = 2_592_000;
    /// The longest lifetime of any token.
    pub(crate) const LONGEST: SignedDuration = SignedDuration::from_secs(Self::MAX_SECONDS as i64);

    pub(crate) fn parse(seconds: u32, field: &str) -> Result<Self, InvalidField> {
        // mutant: lifetime-in-calls-unlimited
        if (1..=Self::MAX_SECONDS).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err(InvalidField::new(
                field,
                format!("must be 1 to {}", Self::MAX_SECONDS),
            ))
        }
    }

    pub(crate) fn as_seconds(self) -> i64 {
        self.0.into()
    }
}
