//! Registry messages to the model: once for each revision, when the cache of the revision is filled.
//!
//! A registered value that does not parse matches nothing and is reported once; what stands beside it still counts, so
//! that one wrong entry takes no client away.

mod api;
mod client;
mod tenant;

use std::error::Error;

use doorward_oauth2_types::redirect_uri::RegisteredUri;
use url::Url;

/// An optional URL.
fn url(field: &'static str, text: Option<&str>) -> Option<Url> {
    text.and_then(|text| usable(field, text, text.parse()))
}

/// A list of registered URIs.
fn uris(field: &'static str, entries: &[String]) -> Vec<RegisteredUri> {
    list(field, entries, RegisteredUri::parse)
}

/// A list of registered values.
fn list<T, E: Error>(
    field: &'static str,
    entries: &[String],
    parse: impl Fn(&str) -> Result<T, E>,
) -> Vec<T> {
    let parsed = entries
        .iter()
        .filter_map(|entry| usable(field, entry, parse(entry)));
    parsed.collect()
}

fn usable<T, E: Error>(field: &'static str, value: &str, parsed: Result<T, E>) -> Option<T> {
    let report =
        |error: &E| tracing::warn!(field, value, %error, "a registered value cannot be used");
    parsed.inspect_err(report).ok()
}
