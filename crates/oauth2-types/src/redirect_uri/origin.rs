//! Web origins ([RFC 6454](https://www.rfc-editor.org/rfc/rfc6454)) against the lists `web_origins` and `allowed_origins`.

use super::raw_uri::RawUri;
use super::registered::Entry;

/// Is `origin`, as a browser writes it, one of the entries? Scheme, host and port count, a default port being the same
/// as none.
///
/// An entry with a path matches nothing, but a single `/` at its end is no path. `*` is a wildcard as in redirection
/// URIs; an entry with `{organization_name}` matches nothing.
#[must_use]
pub fn origin_matches(origin: &str, entries: impl IntoIterator<Item = impl AsRef<str>>) -> bool {
    let Some(origin) = RawUri::split(without_default_port(origin)) else {
        return false;
    };
    origin
        .authority
        .is_some_and(|authority| !authority.is_empty())
        && origin.rest.is_empty()
        && entries
            .into_iter()
            .any(|entry| is_entry(&origin, entry.as_ref()))
}

fn is_entry(origin: &RawUri<'_>, entry: &str) -> bool {
    let entry = entry.strip_suffix('/').unwrap_or(entry);
    let Ok(entry) = Entry::parse(without_default_port(entry)) else {
        return false;
    };
    if !entry.uri.rest.is_empty() || !origin.same_scheme(&entry.uri) {
        return false;
    }
    match &entry.pattern {
        Some(pattern) => pattern.stands_for(origin, None) && origin.has_canonical_origin(),
        None => origin.same_authority(&entry.uri),
    }
}

fn without_default_port(origin: &str) -> &str {
    let port = match RawUri::split(origin) {
        Some(uri) if uri.rest.is_empty() && uri.has_scheme("https") => ":443",
        Some(uri) if uri.rest.is_empty() && uri.has_scheme("http") => ":80",
        _ => return origin,
    };
    origin.strip_suffix(port).unwrap_or(origin)
}
