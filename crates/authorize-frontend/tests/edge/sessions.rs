//! Tests of `/u/sessions`.

mod list;
mod lost;
mod refused;
mod revoke;

use http::HeaderValue;

use crate::tenant::ALICE;
use crate::{Answer, Browser, TestApp, authorize};

const PAGE: &str = "/u/sessions";
const SESSION: &str = "__Host-doorward-session";
const FIREFOX: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
const NOBODY: &str = "Nobody is signed in here";
const NOTHING_CHANGED: &str = "Nothing was changed";

/// A browser with this user agent and IP address.
fn browser<'a>(app: &'a TestApp, user_agent: &str, address: &str) -> Browser<'a> {
    let mut browser = app.browser();
    let user_agent = HeaderValue::from_str(user_agent).unwrap();
    browser.headers.insert("user-agent", user_agent);
    browser.address = Some(address.parse().unwrap());
    browser
}

async fn signed_in<'a>(app: &'a TestApp, email: &str) -> Browser<'a> {
    let mut browser = browser(app, FIREFOX, "192.0.2.1");
    browser.sign_in(&authorize(&[]), email).await;
    browser
}

/// Two browsers of Alice, the page in the first, and the `sid` of the second.
async fn two(app: &TestApp) -> (Browser<'_>, Browser<'_>, Answer, String) {
    let other = signed_in(app, ALICE).await;
    let mut here = browser(app, SAFARI, "192.0.2.2");
    here.sign_in(&authorize(&[]), ALICE).await;
    let page = here.get(PAGE).await;
    let sid = sid_of(&page, "Firefox on Windows");
    (here, other, page, sid)
}

/// The `sid` of the button beside a device.
fn sid_of(page: &Answer, device: &str) -> String {
    let (_, rest) = page.body.split_once(device).unwrap();
    let (_, rest) = rest.split_once("name=\"sid\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Whether a silent authentication returns a token.
async fn is_signed_in(browser: &Browser<'_>) -> bool {
    let silent = authorize(&[("prompt", "none")]);
    let error = browser.clone().get(&silent).await.error();
    assert!(["", "login_required"].contains(&error.as_str()), "{error}");
    error.is_empty()
}

/// Presses the button of a session.
async fn revoke(browser: &mut Browser<'_>, page: &Answer, sid: &str) -> Answer {
    let csrf = page.field("_csrf");
    let fields = [("_csrf", csrf), ("sid", sid), ("action", "revoke")];
    browser.post(PAGE, &fields).await
}

/// Presses the button for all others.
async fn revoke_others(browser: &mut Browser<'_>, page: &Answer) -> Answer {
    let fields = [("_csrf", page.field("_csrf")), ("action", "revoke-others")];
    browser.post(PAGE, &fields).await
}
