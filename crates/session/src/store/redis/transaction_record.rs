//! Encoding of a transaction in Redis: an array in `MessagePack`. Our Lua functions read and change its first half.
//!
//! The request comes last; Lua does not read it. Replicas of two releases share a store: elements are only ever
//! added at the end.

use doorward_service_kit::StoreError;
use jiff::Timestamp;
use rmp::encode::{self, ValueWriteError};
use serde::Deserialize;
use serde_bytes::ByteBuf;

use super::record::write_bytes;
use crate::domain::{NewTransaction, Transaction, TransactionClient};
use crate::store::FoundTransaction;
use crate::store::record::{
    decode_progress, decode_request, encode_progress, encode_request, instant,
};

const ELEMENTS: u32 = 7;

/// The elements, in the order of functions/transaction.lua.
#[derive(Debug, Deserialize)]
struct TransactionRecord {
    /// Text, because numbers in Lua are exact only up to 2^53.
    version: String,
    browser_hash: String,
    /// Milliseconds since 1970. Expiry of the transaction in its current state.
    ends_at: i64,
    /// Milliseconds since 1970. Latest expiry.
    expires_at: i64,
    /// Whether a form was submitted.
    _was_touched: bool,
    progress: ByteBuf,
    request: ByteBuf,
}

pub(super) fn encode_transaction(
    new: &NewTransaction,
    ends_at: Timestamp,
) -> Result<Vec<u8>, StoreError> {
    let mut record = Vec::with_capacity(512);
    write_transaction(&mut record, new, ends_at)
        .map_err(|error| StoreError::corrupt(error.to_string()))?;
    Ok(record)
}

fn write_transaction(
    out: &mut Vec<u8>,
    new: &NewTransaction,
    ends_at: Timestamp,
) -> Result<(), ValueWriteError<std::io::Error>> {
    let Transaction {
        version,
        request,
        progress,
    } = &new.transaction;
    let was_touched = !progress.stage.is_untouched();
    encode::write_array_len(out, ELEMENTS)?;
    encode::write_str(out, &version.to_string())?;
    encode::write_str(out, &new.browser.hash())?;
    encode::write_sint(out, ends_at.as_millisecond())?;
    encode::write_sint(out, progress.expires_at.as_millisecond())?;
    encode::write_bool(out, was_touched).map_err(ValueWriteError::InvalidMarkerWrite)?;
    write_bytes(out, &encode_progress(progress.clone()))?;
    write_bytes(out, &encode_request(request.clone()))
}

/// Decodes a transaction. `None` if it has expired.
pub(super) fn decode_transaction(
    bytes: &[u8],
    now: Timestamp,
) -> Result<Option<FoundTransaction>, StoreError> {
    let record: TransactionRecord = rmp_serde::from_slice(bytes).map_err(StoreError::corrupt)?;
    if now >= instant(record.ends_at)? {
        return Ok(None);
    }
    let transaction = Transaction {
        version: record.version.parse().map_err(StoreError::corrupt)?,
        request: decode_request(&record.request)?,
        progress: decode_progress(&record.progress, record.expires_at)?,
    };
    Ok(Some(FoundTransaction {
        transaction,
        browser_hash: record.browser_hash,
    }))
}

/// Encodes the expiry in milliseconds since 1970, and the client id.
pub(super) fn encode_client(client: &TransactionClient) -> String {
    format!(
        "{}:{}",
        client.expires_at.as_millisecond(),
        client.client_id
    )
}

/// Decodes a client id. `None` if it has expired.
pub(super) fn decode_client(text: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
    let (expires_at, client_id) = text
        .split_once(':')
        .ok_or_else(|| StoreError::corrupt("a transaction client without an expiry time"))?;
    let expires_at = instant(expires_at.parse().map_err(StoreError::corrupt)?)?;
    Ok((now < expires_at).then(|| client_id.to_owned()))
}
