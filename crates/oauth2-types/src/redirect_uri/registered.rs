//! Rules for registered callbacks, logout URLs and origins.

use url::Url;

use super::answer_name;
use super::error::RegistrationError;
use super::host_pattern::{HostPattern, Placeholder};
use super::raw_uri::{Cuts, RawUri};

/// Schemes that run code in the browser, or read its files.
const DANGEROUS_SCHEMES: [&str; 4] = ["javascript", "data", "vbscript", "file"];

/// A URI that may be registered for a client or a tenant, taken apart once for all comparisons.
///
/// Redirection URIs: [RFC 6749 §3.1.2.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2.2). Whether this list
/// and this client may have a [`Placeholder`] is for the caller to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredUri {
    text: String,
    cuts: Cuts,
    pattern: Option<HostPattern>,
    origin: Option<String>,
}

impl RegisteredUri {
    /// Checks and parses a URI to be registered.
    pub fn parse(text: &str) -> Result<Self, RegistrationError> {
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
        let pattern = HostPattern::find(&uri)?;
        if !is_url(&uri, pattern.as_ref()) {
            return Err(RegistrationError::Malformed);
        }
        Ok(Self {
            text: text.to_owned(),
            cuts: Cuts::of(&uri),
            pattern,
            origin: uri.origin().filter(|_| uri.is_web()),
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
        self.pattern.as_ref().map(|pattern| pattern.placeholder)
    }

    /// `scheme://host[:port]`, placeholder included; `None` unless it is `http` or `https`.
    #[must_use]
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// `scheme://host[:port]` of any scheme; `None` without a host. Pages of browser extensions and of hybrid
    /// applications have such origins: `capacitor://localhost`.
    #[must_use]
    pub fn origin_of_any_scheme(&self) -> Option<String> {
        let pieces = self.pieces();
        pieces.authority.filter(|authority| !authority.is_empty())?;
        pieces.origin()
    }

    pub(super) fn pieces(&self) -> RawUri<'_> {
        self.cuts.pieces(&self.text)
    }

    pub(super) fn pattern(&self) -> Option<&HostPattern> {
        self.pattern.as_ref()
    }
}

fn is_url(uri: &RawUri<'_>, pattern: Option<&HostPattern>) -> bool {
    let Some(pattern) = pattern else {
        return Url::parse(uri.text).is_ok();
    };
    let sample = format!("{}://{}{}", uri.scheme, pattern.sample(), uri.rest);
    Url::parse(&sample).is_ok()
}

/// Checks the scheme of any other URL that is stored to be shown or followed: a logo, a login page.
pub fn check_scheme(url: &str) -> Result<(), RegistrationError> {
    absolute(url).map(|_| ())
}

fn is_list(text: &str) -> bool {
    let mut further = text.split(',').skip(1);
    further.any(|part| part.trim_start().contains("://"))
}

/// The error for a text that begins with no scheme.
fn without_scheme(text: &str) -> RegistrationError {
    let strange =
        |character: &char| !character.is_ascii_alphanumeric() && !"+-.".contains(*character);
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    let strange = scheme.and_then(|scheme| scheme.chars().find(strange));
    strange.map_or(
        RegistrationError::NotAbsolute,
        RegistrationError::SchemeCharacter,
    )
}

fn absolute(text: &str) -> Result<RawUri<'_>, RegistrationError> {
    // Browsers drop tabs and line ends, also from the middle of a scheme, and read `\` as `/`.
    let strange = |character: char| !character.is_ascii_graphic() || character == '\\';
    if let Some(character) = text.chars().find(|character| strange(*character)) {
        return Err(if is_list(text) {
            RegistrationError::SeveralUris
        } else {
            RegistrationError::Character {
                character,
                at_end: text.find(strange) == text.char_indices().next_back().map(|(at, _)| at),
            }
        });
    }
    let uri = RawUri::split(text).ok_or_else(|| without_scheme(text))?;
    if DANGEROUS_SCHEMES
        .iter()
        // mutant: dangerous-schemes-registered
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
