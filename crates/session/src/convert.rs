//! Messages to domain types and back.

mod access_token;
mod attempts;
mod session;
mod transaction;

pub(crate) use attempts::{device_hash, parts};
pub(crate) use session::{list, revocation, users};
pub(crate) use transaction::new_transaction;

use doorward_proto::InvalidField;

/// Checks an opaque id or name of another service.
pub(crate) fn name(text: String, field: &str) -> Result<String, InvalidField> {
    const MAX_BYTES: usize = 255;
    if text.is_empty() || text.len() > MAX_BYTES {
        return Err(InvalidField::new(field, "must have 1 to 255 bytes"));
    }
    Ok(text)
}

/// Like [`name`], but may be empty.
fn optional_name(text: String, field: &str) -> Result<String, InvalidField> {
    if text.is_empty() {
        Ok(text)
    } else {
        name(text, field)
    }
}
