//! Web origins ([RFC 6454](https://www.rfc-editor.org/rfc/rfc6454)), compared with `web_origins` and
//! `allowed_origins`.

use super::RegisteredUri;
use super::error::RegistrationError;
use super::raw_uri::RawUri;

/// An entry of such a list, taken apart once for all comparisons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredOrigin(RegisteredUri);

impl RegisteredOrigin {
    /// Checks an entry. A path is an error, but a single `/` at the end is no path.
    pub fn parse(text: &str) -> Result<Self, RegistrationError> {
        let text = text.strip_suffix('/').unwrap_or(text);
        let uri = RegisteredUri::parse(without_default_port(text))?;
        if uri.pieces().rest.is_empty() {
            Ok(Self(uri))
        } else {
            Err(RegistrationError::NotAnOrigin)
        }
    }

    /// The origin of a registered URI; `None` unless it is `http` or `https`.
    #[must_use]
    pub fn of(uri: &RegisteredUri) -> Option<Self> {
        Self::parse(uri.origin()?).ok()
    }

    fn allows(&self, origin: &RawUri<'_>) -> bool {
        let own = self.0.pieces();
        if !origin.same_scheme(&own) {
            return false;
        }
        match self.0.pattern() {
            Some(pattern) => pattern.stands_for(origin, None) && origin.has_canonical_origin(),
            None => origin.same_authority(&own),
        }
    }
}

/// Compares an origin, as a browser writes it, with the entries of a list. Scheme, host and port count, a default port
/// being the same as none.
///
/// `*` is a wildcard as in redirection URIs; an entry with `{organization_name}` matches nothing.
#[must_use]
pub fn origin_matches<'a>(
    origin: &str,
    entries: impl IntoIterator<Item = &'a RegisteredOrigin>,
) -> bool {
    let Some(origin) = RawUri::split(without_default_port(origin)) else {
        return false;
    };
    origin
        .authority
        .is_some_and(|authority| !authority.is_empty())
        && origin.rest.is_empty()
        && entries.into_iter().any(|entry| entry.allows(&origin))
}

fn without_default_port(origin: &str) -> &str {
    let port = match RawUri::split(origin) {
        Some(uri) if uri.rest.is_empty() && uri.has_scheme("https") => ":443",
        Some(uri) if uri.rest.is_empty() && uri.has_scheme("http") => ":80",
        _ => return origin,
    };
    origin.strip_suffix(port).unwrap_or(origin)
}
