//! Reasons why a URI cannot be registered.

/// The reason why a URI cannot be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationError {
    /// A space, a backslash, a control character or one outside ASCII.
    #[error("the URI has {}, which must be percent-encoded", named(*character, *at_end))]
    Character {
        /// The first one.
        character: char,
        /// Whether it is the last character of the URI, where it is easily overlooked.
        at_end: bool,
    },
    /// A list in one text.
    #[error("the text looks like several URIs, split by commas; each needs an entry of its own")]
    SeveralUris,
    /// RFC 3986 §3.1.
    #[error("the scheme of the URI has {0:?}; schemes have letters, digits, +, - and . only")]
    SchemeCharacter(char),
    /// No scheme, or nothing after it.
    #[error("the URI is not absolute")]
    NotAbsolute,
    /// `javascript`, `data`, `vbscript` or `file`.
    #[error("the scheme of the URI is not allowed")]
    DangerousScheme,
    /// RFC 6749 §3.1.2.
    #[error("the URI has a fragment")]
    Fragment,
    /// `user:password@`; RFC 9110 §4.2.4.
    #[error("the URI has userinfo")]
    Userinfo,
    /// The query has the name of an answer parameter, such as `state` or `code`.
    #[error("its query has the parameter {0:?}, which belongs to the answer")]
    AnswerName(&'static str),
    /// Not a URL by the WHATWG rules, which browsers follow.
    #[error("the URI is malformed")]
    Malformed,
    /// A placeholder outside `http` and `https`.
    #[error("placeholders are for http and https only")]
    PlaceholderScheme,
    /// More than one placeholder.
    #[error("only one placeholder is allowed")]
    SeveralPlaceholders,
    /// Braces around another name than `organization_name`.
    #[error("the only named placeholder is {{organization_name}}")]
    UnknownPlaceholder,
    /// `*` outside the left-most host label, or `{organization_name}` beside other text in it.
    #[error(
        "a placeholder must be in the left-most host label, and {{organization_name}} must be the whole of it"
    )]
    PlaceholderPosition,
    /// A wildcard in an invalid host label (RFC 5891 §4.2.3.1).
    #[error(
        "a label with a wildcard has letters, digits and hyphens only, no hyphen at an end, and at most 63 characters"
    )]
    PlaceholderLabel,
    /// An origin with a path or a query.
    #[error("the URI is more than an origin, scheme://host[:port]")]
    NotAnOrigin,
    /// For example `https://*.com`.
    #[error("a registrable domain must follow a placeholder")]
    PlaceholderDomain,
}

impl RegistrationError {
    /// Whether the URI would run code, or match or take over more than its writer may know. Such an entry is no slip
    /// that a reader of a file may pass over.
    #[must_use]
    pub fn is_dangerous(&self) -> bool {
        matches!(
            self,
            Self::DangerousScheme
                | Self::AnswerName(_)
                | Self::PlaceholderScheme
                | Self::SeveralPlaceholders
                | Self::UnknownPlaceholder
                | Self::PlaceholderPosition
                | Self::PlaceholderLabel
                | Self::PlaceholderDomain
        )
    }
}

fn named(character: char, at_end: bool) -> String {
    let name = match character {
        ' ' => "a space".to_owned(),
        other => format!("the character {other:?}"),
    };
    let place = if at_end { " at its end" } else { "" };
    format!("{name}{place}")
}
