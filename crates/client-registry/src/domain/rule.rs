//! Rules for single values, also for those who read a file and leave out what is refused here. URLs that a browser is
//! sent to, or that pages show, never have a scheme that runs code.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use doorward_oauth2_types::is_scope_token;
use doorward_oauth2_types::redirect_uri::{
    Placeholder, RegisteredUri, RegistrationError, check_scheme,
};
use ipnet::IpNet;
use url::{Host, Url};

/// `Err` is the problem, for the error message.
pub type RuleResult = Result<(), String>;

pub(super) const ID_LENGTH: RangeInclusive<usize> = 1..=255;
pub(super) const MAX_IDENTIFIER: usize = 600;
/// RFC 5646 §4.4.1.
const MAX_LANGUAGE_TAG_LENGTH: usize = 35;
const MAX_URL_LENGTH: usize = 2048;

/// A text without control characters.
pub(super) fn text(length: RangeInclusive<usize>) -> impl Fn(&str) -> RuleResult {
    move |text| {
        if !length.contains(&text.chars().count()) {
            let (least, most) = (length.start(), length.end());
            return Err(format!("must have {least} to {most} characters"));
        }
        require(!text.contains(char::is_control), "has a control character")
    }
}

/// An API's identifier, the `audience`.
/// One of a few words.
pub(super) fn one_of<'a>(choices: &'a [&'a str]) -> impl Fn(&str) -> RuleResult {
    move |text| {
        if choices.contains(&text) {
            return Ok(());
        }
        Err(format!("{text:?} is not one of {}", choices.join(", ")))
    }
}

/// An IP address, or a network in CIDR notation.
pub(super) fn address_or_network(text: &str) -> RuleResult {
    if text.parse::<IpAddr>().is_ok() || text.parse::<IpNet>().is_ok() {
        return Ok(());
    }
    Err("is not an IP address or a network, such as 192.0.2.1 or 192.0.2.0/24".to_owned())
}

pub(super) fn identifier(text: &str) -> RuleResult {
    self::text(1..=MAX_IDENTIFIER)(text)
}

/// A text that pages show. The characters of tags are refused, as on Auth0.
pub(super) fn name(max_length: usize) -> impl Fn(&str) -> RuleResult {
    move |name| {
        text(1..=max_length)(name)?;
        // mutant: tags-in-names-accepted
        require(!name.contains(['<', '>']), "must not have < or >")
    }
}

/// An email address as far as a page needs it.
pub fn email(text: &str) -> RuleResult {
    let parts = text.split_once('@');
    let sound = parts.is_some_and(|(user, host)| {
        !user.is_empty() && !host.is_empty() && !host.contains('@') && is_visible_ascii(text)
    });
    require(sound, "is not an email address")
}

/// A URL that a page shows or a browser is sent to, `https` only.
pub fn https_url(text: &str) -> RuleResult {
    let url = web_url_of(text)?;
    require(url.scheme() == "https", "is not an https URL")
}

/// A URL of `http` or `https`.
pub fn web_url(text: &str) -> RuleResult {
    web_url_of(text).map(|_| ())
}

/// A page that begins a sign-in. `iss` is added to its query when a user is sent there (OpenID Connect Core §4).
pub(super) fn login_page(text: &str) -> RuleResult {
    https_url(text)?;
    without_iss(text)
}

fn without_iss(text: &str) -> RuleResult {
    let has_iss = web_url_of(text)?
        .query_pairs()
        .any(|(name, _)| name == "iss");
    require(
        !has_iss,
        &format!("{text:?}: its query has the parameter \"iss\", which Doorward adds"),
    )
}

/// The tenant's login page, which may be one of this device by plain `http`, for development. An administrator of a
/// server on the internet has no reason to send its users to their own devices.
pub fn default_redirection_uri(text: &str) -> RuleResult {
    if is_loopback_http(&web_url_of(text)?) {
        return without_iss(text);
    }
    login_page(text)
}

fn is_loopback_http(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    loopback && url.scheme() == "http"
}

/// Users are sent there unasked; on `localhost` any program of the device may answer.
pub fn initiate_login_uri(text: &str) -> RuleResult {
    login_page(text)?;
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
    // Such URLs are never filled in: a browser would look up the host with its placeholder.
    let host = url.host_str().unwrap_or_default();
    require(
        !host.contains(['*', '{', '}']),
        "must not have a placeholder in its host",
    )?;
    Ok(url)
}

/// A redirection URI, with or without placeholder.
pub fn callback(text: &str) -> RuleResult {
    registered(text).map(|_| ())
}

/// Like a callback, without `{organization_name}`: a logout knows no organization.
pub fn logout_url(text: &str) -> RuleResult {
    without_organization_name(&registered(text)?)
}

/// `scheme://host[:port]`, with or without placeholder.
pub fn allowed_origin(text: &str) -> RuleResult {
    let uri = registered(text)?;
    let origin = uri.origin_of_any_scheme();
    let origin = origin.ok_or("is not an origin, scheme://host[:port]")?;
    let bare = text.strip_suffix('/').unwrap_or(text);
    require(
        bare.eq_ignore_ascii_case(&origin),
        "is more than an origin, scheme://host[:port]",
    )
}

/// Like an allowed origin, without `{organization_name}`, which is not filled in here.
pub fn web_origin(text: &str) -> RuleResult {
    allowed_origin(text)?;
    without_organization_name(&registered(text)?)
}

fn registered(text: &str) -> Result<RegisteredUri, String> {
    require(text.len() <= MAX_URL_LENGTH, "is too long")?;
    RegisteredUri::parse(text).map_err(|refusal| match refusal {
        RegistrationError::AnswerName(_) => format!("{text:?}: {refusal}"),
        _ => refusal.to_string(),
    })
}

fn without_organization_name(uri: &RegisteredUri) -> RuleResult {
    let has_it = uri.placeholder() == Some(Placeholder::OrganizationName);
    require(!has_it, "must not have {organization_name}")
}

/// The form of a language tag, RFC 5646 §2.1: a language, then subtags.
pub fn language_tag(text: &str) -> RuleResult {
    let mut subtags = text.split('-');
    let language = subtags.next().unwrap_or_default();
    let is_language = (2..=8).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_subtag = |subtag: &str| {
        (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    require(
        text.len() <= MAX_LANGUAGE_TAG_LENGTH && is_language && subtags.all(is_subtag),
        "is not a language tag",
    )
}

/// A strict third-party application cannot register hosts that it may share with others.
pub(super) fn no_placeholder(text: &str) -> RuleResult {
    let has_one = registered(text)?.placeholder().is_some();
    require(
        // mutant: wildcard-for-strict-third-parties
        !has_one,
        "a strict third-party application cannot have a placeholder",
    )
}

/// Grants that Doorward does not know are kept: they are never used.
pub(super) fn grant_type(text: &str) -> RuleResult {
    require(is_visible_ascii(text), "is not a grant type")
}

/// A `scope-token` of RFC 6749 §3.3.
pub fn scope(text: &str) -> RuleResult {
    require(
        is_scope_token(text),
        "is not a scope: printable ASCII without space, \" and \\",
    )
}

fn is_visible_ascii(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn require(condition: bool, problem: &str) -> RuleResult {
    if condition {
        Ok(())
    } else {
        Err(problem.to_owned())
    }
}

#[cfg(test)]
mod tests;
