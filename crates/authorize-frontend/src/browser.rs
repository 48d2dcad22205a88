//! What a request tells of the browser that sent it.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::response::AppendHeaders;
use cookie::{Cookie, SameSite};
use doorward_proto::session::v1::Device;
use http::header::{
    ACCEPT_LANGUAGE, AsHeaderName, COOKIE, HeaderMap, HeaderName, SET_COOKIE, USER_AGENT,
};
use http::request::Parts;
use http::{Extensions, Method};
use ipnet::IpNet;

use crate::deps::Deps;
use crate::model::Tenant;
use crate::pipeline::TRANSACTION_LIFE;
use crate::views::{Language, accepted_languages};

/// Holds the SSO session.
const SESSION_COOKIE: &str = "__Host-doorward-session";
/// Ties pending sign-ins to this browser.
const BROWSER_COOKIE: &str = "__Host-doorward-browser";
/// Where a request comes from (W3C Fetch Metadata).
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Sent with requests that cross sites: may they carry cookies?
const STORAGE_ACCESS: HeaderName = HeaderName::from_static("sec-fetch-storage-access");
/// Of what `secret()` makes.
const SECRET_LENGTH: usize = 32;
/// No value of ours is longer; whatever else is there was not made here.
const MAX_COOKIE_VALUE: usize = 256;
/// No browser sends one of ours twice; of more than these nothing is known.
const MAX_COOKIES: usize = 8;
const MAX_USER_AGENT: usize = 512;

/// The browser behind a request.
#[derive(Debug)]
pub(crate) struct Browser {
    session_tokens: Vec<String>,
    token: Option<String>,
    languages: Vec<Language>,
    withholds_cookies: bool,
    is_cross_site_post: bool,
    device: Device,
}

impl Browser {
    /// Value of the session cookie, if it could be ours. One that occurs twice was tampered with, and has none.
    pub(crate) fn session_token(&self) -> Option<&str> {
        only(&self.session_tokens)
    }

    /// All values of the session cookie: there are several only if somebody tampered with them.
    pub(crate) fn session_tokens(&self) -> &[String] {
        &self.session_tokens
    }

    /// Value of the cookie that pending sign-ins are tied to.
    pub(crate) fn browser_token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Whether the browser says that it sent no cookies because the request is from a frame of another site: then nobody
    /// knows whether its user is signed in. Browsers that do not say so send cookies, or have none (Storage Access Headers).
    pub(crate) fn withholds_cookies(&self) -> bool {
        self.withholds_cookies
    }

    /// Whether the browser posts from another site, and so keeps back the cookie that pending sign-ins are tied to
    /// (`SameSite=Lax`).
    pub(crate) fn is_cross_site_post(&self) -> bool {
        self.is_cross_site_post
    }

    /// The language of a page: the first entry of `ui_locales`, else what the browser prefers, else the tenant's default;
    /// each only if the tenant has enabled it (OIDC Core §3.1.2.1).
    pub(crate) fn language(&self, ui_locales: Option<&str>, tenant: &Tenant) -> Language {
        let asked = ui_locales
            .and_then(|locales| locales.split(' ').next())
            .and_then(Language::from_tag);
        let enabled = Language::enabled(tenant.enabled_locales.iter().map(String::as_str));
        Language::choose(
            &enabled,
            asked.into_iter().chain(self.languages.iter().copied()),
        )
    }

    /// Where the browser is.
    pub(crate) fn device(&self) -> Device {
        self.device.clone()
    }

    pub(crate) fn read(parts: &Parts, trusted_proxies: &[IpNet]) -> Self {
        let headers = &parts.headers;
        let text = |name: HeaderName| text_of(headers, name).unwrap_or_default();
        let ip = peer(&parts.extensions).map(|ip| client_address(ip, headers, trusted_proxies));
        Self {
            session_tokens: cookie_values(headers, SESSION_COOKIE),
            token: only(&cookie_values(headers, BROWSER_COOKIE))
                .filter(|value| could_be_ours(value))
                .map(str::to_owned),
            languages: accepted_languages(text(ACCEPT_LANGUAGE))
                .into_iter()
                .filter_map(Language::from_tag)
                .collect(),
            withholds_cookies: matches!(text(STORAGE_ACCESS), "none" | "inactive"),
            is_cross_site_post: parts.method == Method::POST && text(FETCH_SITE) == "cross-site",
            device: Device {
                ip: ip.map(|ip| ip.to_string()).unwrap_or_default(),
                user_agent: text(USER_AGENT).chars().take(MAX_USER_AGENT).collect(),
            },
        }
    }
}

impl FromRequestParts<Arc<Deps>> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, deps: &Arc<Deps>) -> Result<Self, Infallible> {
        Ok(Self::read(parts, &deps.trusted_proxies))
    }
}

/// Whether a proxy that we trust says that the browser came without TLS. Of several values the last one counts: the nearest
/// proxy wrote it, and the values before it may come from the browser.
pub(crate) fn came_by_plain_http(
    headers: &HeaderMap,
    extensions: &Extensions,
    trusted_proxies: &[IpNet],
) -> bool {
    let trusted = peer(extensions).is_some_and(|ip| is_trusted(ip, trusted_proxies));
    let last = headers.get_all("x-forwarded-proto").iter().next_back();
    let scheme = last
        .and_then(|line| line.to_str().ok())
        .and_then(|text| text.rsplit(',').next());
    trusted && scheme.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("http"))
}

fn peer(extensions: &Extensions) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(peer.0.ip().to_canonical())
}

fn text_of(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn is_trusted(ip: IpAddr, trusted_proxies: &[IpNet]) -> bool {
    trusted_proxies.iter().any(|net| net.contains(&ip))
}

/// The values of a cookie of ours, as far as they could be ours. Other cookies of the host may hold any bytes and do not
/// count.
fn cookie_values(headers: &HeaderMap, name: &str) -> Vec<String> {
    let lines = headers.get_all(COOKIE).iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let values = pairs.filter_map(|pair| {
        let named = pair.trim_ascii().strip_prefix(name.as_bytes())?;
        named.strip_prefix(b"=")
    });
    // What could not be ours keeps its place: beside it, another value is still one of two.
    let usable = |value: &[u8]| {
        let text = str::from_utf8(value).ok()?;
        (text.len() <= MAX_COOKIE_VALUE).then(|| text.to_owned())
    };
    let values = values.map(|value| usable(value).unwrap_or_default());
    values.take(MAX_COOKIES).collect()
}

/// The value of a cookie that occurs once.
fn only(values: &[String]) -> Option<&str> {
    match values {
        [value] if !value.is_empty() => Some(value),
        _ => None,
    }
}

/// A value of another shape was not made here. Kept as a browser's token it would only be refused by the store, again and
/// again until the cookie is gone.
fn could_be_ours(value: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    value.len() == SECRET_LENGTH && value.bytes().all(allowed)
}

/// The right-most address in `X-Forwarded-For` that is not a proxy we trust; without trusted proxies, the peer.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted_proxies: &[IpNet]) -> IpAddr {
    if !is_trusted(peer, trusted_proxies) {
        return peer;
    }
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let hops = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.rsplit(','));
    let mut nearest = peer;
    for hop in hops {
        let Some(ip) = address_of(hop.trim()) else {
            break;
        };
        nearest = ip;
        if !is_trusted(ip, trusted_proxies) {
            break;
        }
    }
    nearest
}

/// `203.0.113.9`, `203.0.113.9:4711`, `2001:db8::9`, `[2001:db8::9]` or `[2001:db8::9]:4711`.
fn address_of(hop: &str) -> Option<IpAddr> {
    let alone = hop.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let ip = match alone {
        Some(ipv6) => ipv6.parse().map(IpAddr::V6).ok(),
        None => hop.parse().ok(),
    };
    let ip = ip.or_else(|| Some(hop.parse::<SocketAddr>().ok()?.ip()));
    ip.map(|ip| ip.to_canonical())
}

/// A header that sets a cookie.
pub(crate) type SetCookie = AppendHeaders<[(http::HeaderName, String); 1]>;

fn set(cookie: &Cookie<'_>) -> SetCookie {
    AppendHeaders([(SET_COOKIE, cookie.to_string())])
}

fn host_cookie(name: &'static str, value: &str) -> cookie::CookieBuilder<'static> {
    Cookie::build((name, value.to_owned()))
        .path("/")
        .secure(true)
        .http_only(true)
}

/// Sets the session cookie. `SameSite=None`: silent authentication in an iframe needs it (clients on other sites).
pub(crate) fn session_cookie(session_token: &str, max_age_seconds: Option<u32>) -> SetCookie {
    let mut cookie = host_cookie(SESSION_COOKIE, session_token).same_site(SameSite::None);
    if let Some(seconds) = max_age_seconds {
        cookie = cookie.max_age(cookie::time::Duration::seconds(i64::from(seconds)));
    }
    set(&cookie.build())
}

/// Takes the session cookie away.
pub(crate) fn expired_session_cookie() -> SetCookie {
    session_cookie("", Some(0))
}

/// Sets the cookie that ties pending sign-ins to this browser; it lives as long as the youngest of them.
pub(crate) fn browser_cookie(browser_token: &str) -> SetCookie {
    let life = cookie::time::Duration::seconds(TRANSACTION_LIFE.as_secs());
    let cookie = host_cookie(BROWSER_COOKIE, browser_token).same_site(SameSite::Lax);
    set(&cookie.max_age(life).build())
}

#[cfg(test)]
mod tests;
