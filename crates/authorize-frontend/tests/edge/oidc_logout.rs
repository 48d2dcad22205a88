//! `/oidc/logout` and its page.

mod question;
mod request;
mod target;

use url::form_urlencoded;

use crate::tenant::ALICE;
use crate::{Answer, Browser, TestApp, authorize};

const BYE: &str = "https://app.example.test/bye";
const OF_TENANT: &str = "https://example.test/signed-out";
const SPA: (&str, &str) = ("client_id", "spa");
const SESSION: &str = "__Host-doorward-session";

/// The values that applications send.
struct Signed {
    id_token: String,
    access_token: String,
    sid: String,
}

fn logout(params: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    format!("/oidc/logout?{}", query.extend_pairs(params).finish())
}

/// `id_token_hint`.
fn hint(id_token: &str) -> (&str, &str) {
    ("id_token_hint", id_token)
}

/// `logout_hint`.
fn sid(sid: &str) -> (&str, &str) {
    ("logout_hint", sid)
}

/// `post_logout_redirect_uri`.
fn uri(uri: &str) -> (&str, &str) {
    ("post_logout_redirect_uri", uri)
}

async fn sign_in<'a>(app: &'a TestApp, email: &str) -> (Browser<'a>, Signed) {
    let mut browser = app.browser();
    let answer = browser.sign_in(&authorize(&[]), email).await;
    let id_token = answer.parameter("id_token").unwrap();
    let signed = Signed {
        sid: claim(&id_token, "sid"),
        access_token: answer.parameter("access_token").unwrap(),
        id_token,
    };
    (browser, signed)
}

fn claim(token: &str, name: &str) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let payload = token.split('.').nth(1).unwrap();
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    claims[name].as_str().unwrap().to_owned()
}

async fn is_signed_in(browser: &Browser<'_>) -> bool {
    let silent = authorize(&[("prompt", "none")]);
    let error = browser.clone().get(&silent).await.error();
    assert!(["", "login_required"].contains(&error.as_str()), "{error}");
    error.is_empty()
}

fn asks(answer: &Answer) -> bool {
    answer.status == 200 && answer.body.contains("action=\"/u/logout\"")
}

/// Presses a button, without following.
async fn choose(browser: &mut Browser<'_>, page: &Answer, action: &str) -> Answer {
    let state = page.field("state").replace("&#38;", "&");
    let fields = [
        ("state", state.as_str()),
        ("_csrf", page.field("_csrf")),
        ("action", action),
    ];
    browser.post("/u/logout", &fields).await
}

async fn alice(app: &TestApp) -> (Browser<'_>, Signed) {
    sign_in(app, ALICE).await
}
