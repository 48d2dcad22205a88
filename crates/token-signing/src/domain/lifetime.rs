//! How long a token lives.

use doorward_proto::InvalidField;

/// Seconds from `iat` to `exp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lifetime(u32);

impl Lifetime {
    /// Thirty days.
    const LONGEST: u32 = 2_592_000;

    pub(crate) fn parse(seconds: u32, field: &str) -> Result<Self, InvalidField> {
        if (1..=Self::LONGEST).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err(InvalidField::new(
                field,
                format!("must be 1 to {}", Self::LONGEST),
            ))
        }
    }

    pub(crate) fn as_seconds(self) -> i64 {
        self.0.into()
    }
}
