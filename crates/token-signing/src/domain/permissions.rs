//! The `permissions` claim.

use doorward_proto::InvalidField;
use serde::Serialize;

/// All that a user is permitted at an API, whatever part of it was asked for; may be empty. The limits keep a token
/// within what a browser hands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Permissions(Vec<String>);

impl Permissions {
    const MOST: usize = 1_000;
    /// The maximum length of a permission, in characters.
    const LONGEST: usize = 280;
    /// The maximum size of all permissions.
    const MOST_BYTES: usize = 64 * 1024;

    pub(crate) fn parse(values: Vec<String>, field: &str) -> Result<Self, InvalidField> {
        let invalid = |problem: &str| Err(InvalidField::new(field, problem));
        if values.len() > Self::MOST {
            return invalid("must be 1000 or fewer");
        }
        if values.iter().map(String::len).sum::<usize>() > Self::MOST_BYTES {
            return invalid("must have 64 KiB or less in all");
        }
        if !values
            .iter()
            .all(|value| (1..=Self::LONGEST).contains(&value.chars().count()))
        {
            return invalid("must have 1 to 280 characters each");
        }
        Ok(Self(values))
    }
}
