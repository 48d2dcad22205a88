//! What may be registered as a callback, a logout URL or an origin.

use url::Url;

use super::answer_name;
use super::error::RegistrationError;
use super::host_pattern::{HostPattern, Placeholder};
use super::raw_uri::RawUri;

/// Schemes that run code in, or read files of, the browser that is sent there.
const DANGEROUS_SCHEMES: [&str; 4] = ["javascript", "data", "vbscript", "file"];

/// A URI that may be registered for a client or a tenant.
///
/// Redirection URIs: [RFC 6749 §3.1.2.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2.2). Whether this list
/// and this client may have a [`Placeholder`] is for the caller to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredUri {
    text: String,
    placeholder: Option<Placeholder>,
    origin: Option<String>,
}

impl RegisteredUri {
    /// Checks a URI that somebody wants to register.
    pub fn parse(text: &str) -> Result<Self, RegistrationError> {
        let entry = Entry::parse(text)?;
        Ok(Self {
            text: text.to_owned(),
            placeholder: entry.pattern.map(|pattern| pattern.placeholder),
            origin: entry.uri.origin().filter(|_| entry.uri.is_web()),
        })
    }

    /// The URI as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The placeholder in its host, if it has one.
    #[must_use]
    pub fn placeholder(&self) -> Option<Placeholder> {
        self.placeholder
    }

    /// `scheme://host[:port]`, placeholder included, in the form that [`origin_matches`](super::origin_matches)
    /// takes as an entry; none unless it is `http` or `https`.
    #[must_use]
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }
}

/// Checks the scheme of any other URL that is stored to be shown or followed: a logo, a login page.
pub fn check_scheme(url: &str) -> Result<(), RegistrationError> {
    absolute(url).map(|_| ())
}

fn absolute(text: &str) -> Result<RawUri<'_>, RegistrationError> {
    // Browsers drop tabs and line ends, also from the middle of a scheme, and read `\` as `/`.
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    {
        return Err(RegistrationError::Character);
    }
    let uri = RawUri::split(text).ok_or(RegistrationError::NotAbsolute)?;
    if DANGEROUS_SCHEMES
        .iter()
        .any(|scheme| uri.has_scheme(scheme))
    {
        return Err(RegistrationError::DangerousScheme);
    }
    let needs_host = uri.is_web();
    match uri.authority {
        None | Some("") if needs_host => Err(RegistrationError::NotAbsolute),
        None if uri.rest.is_empty() => Err(RegistrationError::NotAbsolute),
        _ => Ok(uri),
    }
}

/// A registered URI, taken apart for comparison.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) uri: RawUri<'a>,
    pub(super) pattern: Option<HostPattern<'a>>,
}

impl<'a> Entry<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, RegistrationError> {
        let uri = absolute(text)?;
        if text.contains('#') {
            return Err(RegistrationError::Fragment);
        }
        if uri
            .authority
            .is_some_and(|authority| authority.contains('@'))
        {
            return Err(RegistrationError::Userinfo);
        }
        if let Some(name) = answer_name::in_query_of(&uri) {
            return Err(RegistrationError::AnswerName(name));
        }
        let entry = Self {
            uri,
            pattern: HostPattern::find(&uri)?,
        };
        if entry.is_url() {
            Ok(entry)
        } else {
            Err(RegistrationError::Malformed)
        }
    }

    fn is_url(&self) -> bool {
        let Some(pattern) = self.pattern else {
            return Url::parse(self.uri.text).is_ok();
        };
        let sample = format!(
            "{}://{}{}",
            self.uri.scheme,
            pattern.sample(),
            self.uri.rest
        );
        Url::parse(&sample).is_ok()
    }
}
