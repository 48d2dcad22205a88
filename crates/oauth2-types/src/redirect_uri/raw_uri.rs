//! A URI split into parts, each exactly as written.

use url::Url;

/// The parts of `text` that are compared in different ways.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawUri<'a> {
    pub(super) text: &'a str,
    pub(super) scheme: &'a str,
    /// The text between `//` and the next `/`, `?` or `#`; `None` without `//` after the scheme.
    pub(super) authority: Option<&'a str>,
    /// Path, query and fragment.
    pub(super) rest: &'a str,
}

/// Where the pieces of a text end, so that an owned text is cut only once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cuts {
    scheme_end: usize,
    has_authority: bool,
    rest_start: usize,
}

impl Cuts {
    pub(super) fn of(uri: &RawUri<'_>) -> Self {
        Self {
            scheme_end: uri.scheme.len(),
            has_authority: uri.authority.is_some(),
            rest_start: uri.text.len() - uri.rest.len(),
        }
    }

    /// The pieces of the text that was cut here.
    pub(super) fn pieces(self, text: &str) -> RawUri<'_> {
        let authority_start = self.scheme_end + "://".len();
        RawUri {
            text,
            scheme: &text[..self.scheme_end],
            authority: self
                .has_authority
                .then(|| &text[authority_start..self.rest_start]),
            rest: &text[self.rest_start..],
        }
    }
}

impl<'a> RawUri<'a> {
    /// Cuts along RFC 3986 §3. `None` unless the text begins with a scheme.
    pub(super) fn split(text: &'a str) -> Option<Self> {
        let (scheme, after_scheme) = text
            .split_once(':')
            .filter(|(scheme, _)| is_scheme(scheme))?;
        let (authority, rest) = match after_scheme.strip_prefix("//") {
            Some(after_slashes) => {
                let end = after_slashes
                    .find(['/', '?', '#'])
                    .unwrap_or(after_slashes.len());
                let (authority, rest) = after_slashes.split_at(end);
                (Some(authority), rest)
            }
            None => (None, after_scheme),
        };
        Some(Self {
            text,
            scheme,
            authority,
            rest,
        })
    }

    pub(super) fn has_scheme(&self, scheme: &str) -> bool {
        // mutant: letter-case-of-scheme-compared
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// Whether the scheme is `http` or `https`, the schemes with hosts and origins.
    pub(super) fn is_web(&self) -> bool {
        self.has_scheme("http") || self.has_scheme("https")
    }

    pub(super) fn same_scheme(&self, other: &RawUri<'_>) -> bool {
        self.has_scheme(other.scheme)
    }

    /// Compares without letter case: no registered authority has userinfo, which is case-sensitive.
    pub(super) fn same_authority(&self, other: &RawUri<'_>) -> bool {
        match (self.authority, other.authority) {
            // mutant: host-not-compared, port-not-compared, host-prefix-accepted, host-suffix-accepted
            // mutant: userinfo-ignored
            (Some(own), Some(other)) => own.eq_ignore_ascii_case(other),
            (own, other) => own == other,
        }
    }

    /// The path, without query and fragment.
    pub(super) fn path(&self) -> &'a str {
        let end = self.rest.find(['?', '#']).unwrap_or(self.rest.len());
        &self.rest[..end]
    }

    /// The query: after the first `?`, up to the fragment.
    pub(super) fn query(&self) -> Option<&'a str> {
        let without_fragment = self.rest.split('#').next()?;
        Some(without_fragment.split_once('?')?.1)
    }

    /// `scheme://authority` in lower case.
    pub(super) fn origin(&self) -> Option<String> {
        let authority = self.authority?;
        Some(format!("{}://{authority}", self.scheme).to_ascii_lowercase())
    }

    /// The text with scheme and host in lower case, if it equals its serialisation by a browser; `None` otherwise.
    pub(super) fn canonical(&self) -> Option<String> {
        let text = self.origin()? + self.rest;
        // mutant: label-of-any-letters-accepted (canonical)
        is_own_serialisation(self.text, &text).then_some(text)
    }

    /// Whether a browser would read the origin and write the same bytes, letter case aside.
    pub(super) fn has_canonical_origin(&self) -> bool {
        let root = self.origin().map(|origin| origin + "/");
        root.is_some_and(|root| is_own_serialisation(&root, &root))
    }
}

fn is_own_serialisation(text: &str, lower_case: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        url.username().is_empty() && url.password().is_none() && url.as_str() == lower_case
    })
}

/// RFC 3986 §3.1.
fn is_scheme(text: &str) -> bool {
    let more = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces() {
        let cases = [
            (
                "https://a.test:1/b?c=d",
                Some(("https", Some("a.test:1"), "/b?c=d")),
            ),
            ("https://a.test?c", Some(("https", Some("a.test"), "?c"))),
            ("https://a.test", Some(("https", Some("a.test"), ""))),
            (
                "com.example.app:/cb",
                Some(("com.example.app", None, "/cb")),
            ),
            ("https:a.test/b", Some(("https", None, "a.test/b"))),
            (
                "https:\\\\a.test\\b",
                Some(("https", None, "\\\\a.test\\b")),
            ),
            ("//a.test/b", None),
            ("a.test/b", None),
            ("1a://b", None),
            (" https://a.test", None),
            ("é://a", None),
            ("://a", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let uri = RawUri::split(text);
            let pieces = |uri: RawUri<'_>| {
                (
                    uri.scheme.to_owned(),
                    uri.authority.map(str::to_owned),
                    uri.rest.to_owned(),
                )
            };
            let again = uri.map(|uri| pieces(Cuts::of(&uri).pieces(text)));
            assert_eq!(again, uri.map(pieces), "{text}");
            let pieces = uri.map(|uri| (uri.scheme, uri.authority, uri.rest));
            assert_eq!(pieces, expected, "{text}");
        }
    }

    #[test]
    fn canonical() {
        for text in [
            "https://a.test/b?c",
            "HTTPS://A.test/",
            "http://127.0.0.1:5000/cb",
            "http://[::1]:8080/",
        ] {
            let canonical = RawUri::split(text).unwrap().canonical();
            assert_eq!(canonical, Some(Url::parse(text).unwrap().into()));
        }
        for text in [
            "https://a.test",
            "https://a.test:443/",
            "https://a.test/b/../c",
            "https://a.test/é",
            "https://u@a.test/",
            "https://@a.test/",
            "https://a.test:/",
            "https://%61.test/",
            "https://bücher.test/",
            "http://127.1/",
            "https:/a.test/",
            "http://a.test:99999/",
            "https://a.test\\b/",
        ] {
            assert_eq!(RawUri::split(text).unwrap().canonical(), None, "{text}");
        }
    }
}
