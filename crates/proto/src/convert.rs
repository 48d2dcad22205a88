//! Conversions that more than one service needs.

use jiff::Timestamp;

/// A field of a message is missing or breaks its rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct InvalidField {
    /// Path of the field, for example `user.email`.
    pub field: String,
    /// The problem.
    pub problem: String,
}

impl InvalidField {
    /// Names a field and what is wrong with it.
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            problem: problem.into(),
        }
    }
}

/// Returns a message field that is always present by its proto, or an error.
pub fn required<T>(value: Option<T>, field: &str) -> Result<T, InvalidField> {
    value.ok_or_else(|| InvalidField::new(field, "is missing"))
}

/// Converts an instant to protobuf.
#[must_use]
pub fn to_timestamp(instant: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: instant.as_second(),
        nanos: instant.subsec_nanosecond(),
    }
}

/// Converts a required instant of a message.
pub fn from_timestamp(
    value: Option<prost_types::Timestamp>,
    field: &str,
) -> Result<Timestamp, InvalidField> {
    let value = required(value, field)?;
    Timestamp::new(value.seconds, value.nanos)
        .map_err(|_| InvalidField::new(field, "is not a point in time"))
}
