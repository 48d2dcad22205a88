//! Redirection URIs, logout URLs and web origins, compared with the registered ones.
//!
//! URIs are compared by bytes (RFC 9700 §2.1). Nothing is decoded, no dot segment is removed and no default port is
//! added, because browsers may do each of these differently. Only the ASCII letter case of scheme and host is ignored.
//! Two kinds of registrations match more: the loopback IP address of a native client, with any port, and a placeholder
//! in the left-most label of the host. URIs that match these must equal their WHATWG serialisation.

mod answer_name;
mod error;
mod host_pattern;
mod logout_url;
mod loopback;
mod origin;
mod raw_uri;
mod registered;
#[cfg(test)]
mod tests;

use std::fmt;

use url::Url;

pub use error::RegistrationError;
pub use host_pattern::Placeholder;
pub use logout_url::{MatchedLogoutUrl, match_logout_url, match_post_logout_redirect_uri};
pub use origin::{RegisteredOrigin, origin_matches};
pub use registered::{RegisteredUri, check_scheme};

use raw_uri::RawUri;

/// The context of a comparison of redirection URIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MatchContext<'a> {
    /// Whether the client is a native application: the port of a loopback IP address is free then (RFC 8252 §7.3).
    pub native: bool,
    /// The name of the organization of the request, which replaces `{organization_name}`; `None` without one.
    pub organization_name: Option<&'a str>,
}

/// A redirection URI that the client has registered, without fragment. Only [`match_redirect_uri`] and
/// [`only_registered`] make one, so it proves the match.
///
/// See [RFC 6749 §3.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedRedirectUri(String);

impl MatchedRedirectUri {
    /// The text for `Location`: the registration, or what matched one of the exceptions with scheme and host in lower
    /// case. Printable ASCII.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The origin a browser gives a page there, `scheme://host[:port]`; `None` unless it is `http` or `https`.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        let url = Url::parse(&self.0).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
    }

    /// Whether its host proves whose application answers there. On the user's own device any program can claim a scheme
    /// or a port ([RFC 8252 §8.6](https://www.rfc-editor.org/rfc/rfc8252#section-8.6)).
    #[must_use]
    pub fn is_verifiable(&self) -> bool {
        let url = Url::parse(&self.0).ok();
        let web = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        web.is_some_and(|url| {
            url.host()
                .is_some_and(|host| !loopback::is_this_device(&host))
        })
    }
}

impl fmt::Display for MatchedRedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Compares the `redirect_uri` of a request, decoded once, with the client's registrations.
#[must_use]
pub fn match_redirect_uri<'a>(
    requested: &str,
    registered: impl IntoIterator<Item = &'a RegisteredUri>,
    context: MatchContext<'_>,
) -> Option<MatchedRedirectUri> {
    // The fragment is for the answer: RFC 6749 §3.1.2 forbids one of the client.
    // mutant: only-first-callback-matched, trailing-slash-ignored, letter-case-ignored
    // mutant: callback-normalised-like-browsers, callback-decoded-again, fragment-of-callback-kept
    // mutant: relative-callback-completed
    let requested = RawUri::split(requested.split('#').next()?)?;
    registered
        .into_iter()
        .find_map(|entry| matched_text(entry, &requested, context))
        .map(MatchedRedirectUri)
}

// mutant: dot-matches-every-character (like)
fn matched_text(
    entry: &RegisteredUri,
    requested: &RawUri<'_>,
    context: MatchContext<'_>,
) -> Option<String> {
    let own = entry.pieces();
    // mutant: scheme-not-compared
    if !requested.same_scheme(&own)
    // mutant: query-not-compared, dot-matches-every-character (rest)
    || requested.rest != own.rest
    {
        return None;
    }
    let excepted = match entry.pattern() {
        Some(pattern) => pattern.stands_for(requested, context.organization_name),
        None if requested.same_authority(&own) => return Some(own.text.to_owned()),
        // mutant: every-client-native
        None => context.native && loopback::same_address(&own, requested),
    };
    excepted.then(|| requested.canonical()).flatten()
}

/// The redirection URI of a request without one: the only registered one, if it has no placeholder (RFC 6749
/// §3.1.2.3).
#[must_use]
pub fn only_registered<'a>(
    registered: impl IntoIterator<Item = &'a RegisteredUri>,
) -> Option<MatchedRedirectUri> {
    let mut registered = registered.into_iter();
    let (Some(only), None) = (registered.next(), registered.next()) else {
        return None;
    };
    let is_plain = only.placeholder().is_none();
    is_plain.then(|| MatchedRedirectUri(only.as_str().to_owned()))
}
