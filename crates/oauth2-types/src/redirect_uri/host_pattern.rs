//! A placeholder in the left-most label of a host: Auth0's "URL placeholders".

use super::error::RegistrationError;
use super::raw_uri::RawUri;

const ORGANIZATION_NAME: &str = "{organization_name}";
/// RFC 1035 §2.3.4.
const MAX_LABEL_LENGTH: usize = 63;

/// A placeholder in the left-most host label of a registered URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    /// `*`: letters, digits and hyphens within the label, without a hyphen at an end.
    Wildcard,
    /// `{organization_name}`: the name of the organization of the request.
    OrganizationName,
}

/// The host of a registered URI with a placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HostPattern {
    pub(super) placeholder: Placeholder,
    before: String,
    after: String,
    /// The host after the left-most label and its dot, with the port.
    parent: String,
}

impl HostPattern {
    /// Finds the placeholder of a URI to be registered; `None` if it has none.
    pub(super) fn find(uri: &RawUri<'_>) -> Result<Option<Self>, RegistrationError> {
        let Some(placeholder) = only_placeholder(uri.text)? else {
            return Ok(None);
        };
        if !uri.is_web() {
            return Err(RegistrationError::PlaceholderScheme);
        }
        let authority = uri.authority.unwrap_or_default();
        let (label, parent) = authority.split_once('.').unwrap_or((authority, ""));
        let (before, after) = label
            .split_once(placeholder.as_str())
            .filter(|(before, after)| placeholder.may_stand_between(before, after))
            .ok_or(RegistrationError::PlaceholderPosition)?;
        if placeholder == Placeholder::Wildcard && !is_host_label(&format!("{before}a{after}")) {
            return Err(RegistrationError::PlaceholderLabel);
        }
        // mutant: wildcard-below-public-suffix
        if !is_registrable(parent) {
            return Err(RegistrationError::PlaceholderDomain);
        }
        Ok(Some(Self {
            placeholder,
            before: before.to_owned(),
            after: after.to_owned(),
            parent: parent.to_owned(),
        }))
    }

    /// An authority that matches the pattern.
    pub(super) fn sample(&self) -> String {
        format!("{}a{}.{}", self.before, self.after, self.parent)
    }

    /// Whether the pattern matches the authority of `uri`. It replaces one label, so never a dot.
    pub(super) fn stands_for(&self, uri: &RawUri<'_>, organization_name: Option<&str>) -> bool {
        let Some((label, parent)) = uri
            .authority
            .and_then(|authority| authority.split_once('.'))
        else {
            return false;
        };
        // mutant: wildcard-matches-several-labels, label-of-any-letters-accepted (label)
        if !parent.eq_ignore_ascii_case(&self.parent) || !is_label(label) {
            return false;
        }
        match self.placeholder {
            // mutant: wildcard-matches-nothing, label-of-any-letters-accepted (wildcard)
            // mutant: wildcard-of-any-letters-accepted
            Placeholder::Wildcard => self.fills(label).is_some_and(is_host_label),
            Placeholder::OrganizationName => {
                // mutant: organization-of-callback-not-compared
                organization_name.is_some_and(|name| label.eq_ignore_ascii_case(name))
            }
        }
    }

    /// The part of a label that the placeholder replaces; `None` if the rest differs from the registered label.
    fn fills<'b>(&self, label: &'b str) -> Option<&'b str> {
        let (before, label) = label.split_at_checked(self.before.len())?;
        let filled = label.len().checked_sub(self.after.len())?;
        let (filled, after) = label.split_at_checked(filled)?;
        let same =
            before.eq_ignore_ascii_case(&self.before) && after.eq_ignore_ascii_case(&self.after);
        same.then_some(filled)
    }
}

impl Placeholder {
    fn as_str(self) -> &'static str {
        match self {
            Self::Wildcard => "*",
            Self::OrganizationName => ORGANIZATION_NAME,
        }
    }

    fn may_stand_between(self, before: &str, after: &str) -> bool {
        match self {
            Self::Wildcard => is_label_text(before) && is_label_text(after),
            Self::OrganizationName => before.is_empty() && after.is_empty(),
        }
    }
}

fn only_placeholder(text: &str) -> Result<Option<Placeholder>, RegistrationError> {
    let wildcards = text.matches('*').count();
    let names = text.matches(ORGANIZATION_NAME).count();
    if text.matches(['{', '}']).count() != 2 * names {
        return Err(RegistrationError::UnknownPlaceholder);
    }
    match (wildcards, names) {
        (0, 0) => Ok(None),
        // mutant: star-elsewhere-accepted
        (1, 0) => Ok(Some(Placeholder::Wildcard)),
        (0, 1) => Ok(Some(Placeholder::OrganizationName)),
        _ => Err(RegistrationError::SeveralPlaceholders),
    }
}

fn is_label(text: &str) -> bool {
    (1..=MAX_LABEL_LENGTH).contains(&text.len())
        && is_label_text(text)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Whether this is a valid host label (RFC 5891 §4.2.3.1). Browsers accept more, and resolvers may resolve it.
fn is_host_label(text: &str) -> bool {
    is_label(text) && !text.contains('_')
}

/// Whether this has only characters of host names, and underscores, which names of organizations may have.
fn is_label_text(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Below a single label, as in `*.com`, or below a suffix under which registries hand out names, as in `*.co.uk`, the
/// hosts are not the registrant's. A suffix of a hosting company counts as a domain of its registrant.
fn is_registrable(host_and_port: &str) -> bool {
    let host = host_and_port.split(':').next().unwrap_or_default();
    let two_labels = host.contains('.') && host.split('.').all(|label| !label.is_empty());
    let host = host.to_ascii_lowercase();
    let is_suffix = psl::suffix(host.as_bytes())
        .is_some_and(|suffix| suffix.typ() == Some(psl::Type::Icann) && suffix == host.as_bytes());
    two_labels && !is_suffix
}
