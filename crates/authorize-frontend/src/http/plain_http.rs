//! Cookies of a server for tests whose issuer is plain `http` with a host that is not loopback.
//!
//! Browsers refuse `Secure` there, and with it the prefix `__Host-` and `SameSite=None`. So the cookies get other names
//! and attributes on their way to the browser and back, outside of everything else, which knows only the real ones.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use cookie::{Cookie, SameSite};
use http::HeaderMap;
use http::header::{COOKIE, HeaderValue, SET_COOKIE};

/// The names of our cookies begin with it.
const REAL: &str = "__Host-doorward-";
/// Replaces it at the browser.
const PLAIN: &str = "doorward-insecure-";

/// The same endpoints, with cookies that browsers accept on plain `http`.
pub(crate) fn with_plain_cookies(router: Router) -> Router {
    router.layer(from_fn(translate_cookies))
}

/// Translates the cookies of a request and of its response.
async fn translate_cookies(mut request: Request, next: Next) -> Response {
    rewrite(request.headers_mut(), &COOKIE, from_browser);
    let mut response = next.run(request).await;
    rewrite(response.headers_mut(), &SET_COOKIE, to_browser);
    response
}

fn rewrite(
    headers: &mut HeaderMap,
    name: &http::HeaderName,
    translate: fn(&HeaderValue) -> Option<HeaderValue>,
) {
    let values = headers.get_all(name).iter();
    let values: Vec<_> = values
        .map(|value| translate(value).unwrap_or_else(|| value.clone()))
        .collect();
    headers.remove(name);
    for value in values {
        headers.append(name, value);
    }
}

/// One line of cookies; other cookies of the host may hold any bytes, and stay as they are.
fn from_browser(line: &HeaderValue) -> Option<HeaderValue> {
    let pairs = line.as_bytes().split(|byte| *byte == b';');
    let pairs = pairs.map(|pair| {
        let pair = pair.trim_ascii();
        match pair.strip_prefix(PLAIN.as_bytes()) {
            Some(rest) => [REAL.as_bytes(), rest].concat(),
            None => pair.to_vec(),
        }
    });
    HeaderValue::from_bytes(&pairs.collect::<Vec<_>>().join(&b"; "[..])).ok()
}

fn to_browser(line: &HeaderValue) -> Option<HeaderValue> {
    let mut cookie = Cookie::parse(line.to_str().ok()?).ok()?;
    let rest = cookie.name().strip_prefix(REAL)?;
    cookie.set_name(format!("{PLAIN}{rest}"));
    cookie.set_secure(false);
    if cookie.same_site() == Some(SameSite::None) {
        cookie.set_same_site(SameSite::Lax);
    }
    HeaderValue::try_from(cookie.to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(bytes: &[u8]) -> HeaderValue {
        HeaderValue::from_bytes(bytes).unwrap()
    }

    #[test]
    fn to_the_browser() {
        for (line, expected) in [
            (
                "__Host-doorward-session=abc; HttpOnly; SameSite=None; Secure; Path=/; Max-Age=60",
                Some("doorward-insecure-session=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=60"),
            ),
            (
                "__Host-doorward-browser=abc; HttpOnly; SameSite=Lax; Secure; Path=/",
                Some("doorward-insecure-browser=abc; HttpOnly; SameSite=Lax; Path=/"),
            ),
            ("other=abc; Secure", None),
        ] {
            let translated = to_browser(&header(line.as_bytes()));
            assert_eq!(translated, expected.map(HeaderValue::from_static), "{line}");
        }
    }

    #[test]
    fn from_the_browser() {
        for (line, expected) in [
            (
                &b"doorward-insecure-session=abc;caf\xe9=\xff; doorward-insecure-browser=d"[..],
                &b"__Host-doorward-session=abc; caf\xe9=\xff; __Host-doorward-browser=d"[..],
            ),
            (
                b"x-doorward-insecure-session=a",
                b"x-doorward-insecure-session=a",
            ),
            (b"", b""),
        ] {
            assert_eq!(from_browser(&header(line)).unwrap(), header(expected));
        }
    }

    #[test]
    fn several_lines_stay_several() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, header(b"doorward-insecure-session=a"));
        headers.append(COOKIE, header(b"doorward-insecure-session=b"));
        rewrite(&mut headers, &COOKIE, from_browser);
        let lines: Vec<_> = headers.get_all(COOKIE).iter().collect();
        assert_eq!(
            lines,
            ["__Host-doorward-session=a", "__Host-doorward-session=b"]
        );
    }
}
