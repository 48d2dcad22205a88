//! The cookies of this server: reading and setting them.

use axum::response::AppendHeaders;
use cookie::{Cookie, CookieBuilder, SameSite};
use doorward_service_kit::{is_base64url, is_secret};
use http::header::{COOKIE, HeaderMap, HeaderName, SET_COOKIE};

use crate::browser::only;
use crate::pipeline::TRANSACTION_LIFE;

/// Holds the SSO session.
const SESSION_COOKIE: &str = "__Host-doorward-session";
/// Ties pending sign-ins to this browser.
const BROWSER_COOKIE: &str = "__Host-doorward-browser";
/// Names a browser that has signed in before. It opens nothing: guesses from elsewhere do not lock its users out.
const DEVICE_COOKIE: &str = "__Host-doorward-device";
/// Days for which `session` knows a browser.
const DEVICE_LIFE: i64 = 90;
/// No value of ours is longer; anything longer was not made here.
const MAX_COOKIE_VALUE: usize = 256;
/// No browser sends one of ours twice; more than these are not read.
const MAX_COOKIES: usize = 8;

/// All values of the session cookie, as far as they could be ours.
pub(super) fn session_tokens(headers: &HeaderMap) -> Vec<String> {
    cookie_values(headers, SESSION_COOKIE)
}

/// The value of the cookie that pending sign-ins are tied to, if it could be ours. The store would refuse another
/// value, again and again until the cookie is gone.
pub(super) fn browser_token(headers: &HeaderMap) -> Option<String> {
    let values = cookie_values(headers, BROWSER_COOKIE);
    let value = only(&values).filter(|value| is_secret(value));
    value.map(str::to_owned)
}

/// The value by which a browser is known that has signed in before, if it could be ours.
pub(super) fn device_token(headers: &HeaderMap) -> Option<String> {
    let values = cookie_values(headers, DEVICE_COOKIE);
    let value = only(&values).filter(|value| is_base64url(value));
    value.map(str::to_owned)
}

/// The values of a cookie of ours, as far as they could be ours. Other cookies of the host may hold any bytes and do
/// not count.
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
        // mutant: cookies-decoded (cookie)
        (text.len() <= MAX_COOKIE_VALUE).then(|| text.to_owned())
    };
    let values = values.map(|value| usable(value).unwrap_or_default());
    values.take(MAX_COOKIES).collect()
}

/// A header that sets a cookie.
pub(super) type SetCookie = AppendHeaders<[(HeaderName, String); 1]>;

fn set(cookie: &Cookie<'_>) -> SetCookie {
    AppendHeaders([(SET_COOKIE, cookie.to_string())])
}

fn host_cookie(name: &'static str, value: &str) -> CookieBuilder<'static> {
    Cookie::build((name, value.to_owned()))
        .path("/")
        .secure(true)
        // mutant: cookies-readable-by-scripts
        .http_only(true)
}

/// Sets the session cookie. `SameSite=None`: silent authentication in an iframe needs it (clients on other sites).
pub(super) fn session_cookie(session_token: &str, max_age_seconds: Option<u32>) -> SetCookie {
    // mutant: session-cookie-same-site
    let mut cookie = host_cookie(SESSION_COOKIE, session_token).same_site(SameSite::None);
    if let Some(seconds) = max_age_seconds {
        cookie = cookie.max_age(cookie::time::Duration::seconds(i64::from(seconds)));
    }
    set(&cookie.build())
}

/// Takes the session cookie away.
pub(super) fn expired_session_cookie() -> SetCookie {
    session_cookie("", Some(0))
}

/// Sets the cookie that ties pending sign-ins to this browser; it lives as long as the youngest of them.
pub(super) fn browser_cookie(browser_token: &str) -> SetCookie {
    let life = cookie::time::Duration::seconds(TRANSACTION_LIFE.as_secs());
    // mutant: browser-cookie-cross-site
    let cookie = host_cookie(BROWSER_COOKIE, browser_token).same_site(SameSite::Lax);
    // mutant: browser-cookie-never-expires
    set(&cookie.max_age(life).build())
}

/// Sets the cookie of a browser that has signed in.
pub(super) fn device_cookie(device_token: &str) -> SetCookie {
    let life = cookie::time::Duration::days(DEVICE_LIFE);
    let cookie = host_cookie(DEVICE_COOKIE, device_token).same_site(SameSite::Lax);
    set(&cookie.max_age(life).build())
}

#[cfg(test)]
mod tests;
