//! Rules for single values. URLs that a browser is sent to, or that pages show, never have a scheme that runs code.

use std::ops::RangeInclusive;

use doorward_oauth2_types::redirect_uri::{Placeholder, RegisteredUri, check_scheme};
use url::{Host, Url};

use super::object::Verdict;

pub(super) const ID_LENGTH: RangeInclusive<usize> = 1..=255;
const MAX_URL_LENGTH: usize = 2048;

/// Any characters but control characters.
pub(super) fn text(length: RangeInclusive<usize>) -> impl Fn(&str) -> Verdict {
    move |text| {
        if !length.contains(&text.chars().count()) {
            let (least, most) = (length.start(), length.end());
            return Err(format!("must have {least} to {most} characters"));
        }
        require(!text.contains(char::is_control), "has a control character")
    }
}

/// A text that pages show; the characters of tags are refused as on Auth0.
pub(super) fn name(max_length: usize) -> impl Fn(&str) -> Verdict {
    move |name| {
        text(1..=max_length)(name)?;
        require(!name.contains(['<', '>']), "must not have < or >")
    }
}

/// An empty text unsets the value.
pub(super) fn or_empty(rule: impl Fn(&str) -> Verdict) -> impl Fn(&str) -> Verdict {
    move |text| if text.is_empty() { Ok(()) } else { rule(text) }
}

pub(super) fn email(text: &str) -> Verdict {
    let parts = text.split_once('@');
    let sound = parts.is_some_and(|(user, host)| {
        !user.is_empty() && !host.is_empty() && !host.contains('@') && is_visible_ascii(text)
    });
    require(sound, "is not an email address")
}

pub(super) fn https_url(text: &str) -> Verdict {
    let url = web_url_of(text)?;
    require(url.scheme() == "https", "is not an https URL")
}

pub(super) fn web_url(text: &str) -> Verdict {
    web_url_of(text).map(|_| ())
}

/// Users are sent there without asking for it; on `localhost` anybody may answer.
pub(super) fn initiate_login_uri(text: &str) -> Verdict {
    https_url(text)?;
    let url = web_url_of(text)?;
    require(
        url.host() != Some(Host::Domain("localhost")),
        "must not lead to localhost",
    )
}

fn web_url_of(text: &str) -> Result<Url, String> {
    require(text.len() <= MAX_URL_LENGTH, "is too long")?;
    check_scheme(text).map_err(|refusal| refusal.to_string())?;
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    require(
        matches!(url.scheme(), "http" | "https"),
        "is not an http or https URL",
    )?;
    Ok(url)
}

/// A redirection URI, with or without placeholder.
pub(super) fn callback(text: &str) -> Verdict {
    registered(text).map(|_| ())
}

/// As a callback, but no organization is known at a logout.
pub(super) fn logout_url(text: &str) -> Verdict {
    without_organization_name(&registered(text)?)
}

/// `scheme://host[:port]`, with or without placeholder.
pub(super) fn allowed_origin(text: &str) -> Verdict {
    let uri = registered(text)?;
    let origin = uri.origin().ok_or("is not an http or https origin")?;
    let bare = text.strip_suffix('/').unwrap_or(text);
    require(
        bare.eq_ignore_ascii_case(origin),
        "is more than an origin, scheme://host[:port]",
    )
}

/// As an allowed origin, but no organization name is filled in.
pub(super) fn web_origin(text: &str) -> Verdict {
    allowed_origin(text)?;
    without_organization_name(&registered(text)?)
}

fn registered(text: &str) -> Result<RegisteredUri, String> {
    require(text.len() <= MAX_URL_LENGTH, "is too long")?;
    RegisteredUri::parse(text).map_err(|refusal| refusal.to_string())
}

fn without_organization_name(uri: &RegisteredUri) -> Verdict {
    let has_it = uri.placeholder() == Some(Placeholder::OrganizationName);
    require(!has_it, "must not have {organization_name}")
}

/// Grants that Doorward does not know are kept: they are never used.
pub(super) fn grant_type(text: &str) -> Verdict {
    require(is_visible_ascii(text), "is not a grant type")
}

/// A `scope-token` of RFC 6749 §3.3.
pub(super) fn scope(text: &str) -> Verdict {
    let sound = is_visible_ascii(text) && !text.contains(['"', '\\']);
    require(
        sound,
        "is not a scope: printable ASCII without space, \" and \\",
    )
}

fn is_visible_ascii(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn require(condition: bool, problem: &str) -> Verdict {
    if condition {
        Ok(())
    } else {
        Err(problem.to_owned())
    }
}

#[cfg(test)]
mod tests;
