//! Group J: the tokens that we read, at `/userinfo` and as `id_token_hint`, and those that we sign.

mod custom;
mod forged;
mod header;
mod key_ids;
mod kinds;
mod lifetimes;
mod signing;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_e2e::{Agent, Deployment, Page, Request};
use reqwest::Method;
use serde_json::Value;

use super::assertions::{
    assert_granted_at, assert_page, assert_refused, assert_session_dead, assert_session_good,
};
use super::fixture::{API, CALLBACK, post, signed_in, silent};

/// A browser with a session and genuine tokens of it.
struct Owner {
    agent: Agent,
    /// For an API, and for `/userinfo`.
    access_token: String,
    id_token: String,
}

impl Owner {
    async fn new(deployment: &Deployment) -> Self {
        let agent = signed_in(deployment).await;
        let asked = silent("id_token token").with("audience", API);
        let answer = assert_granted_at(&agent.authorize(&asked).await, CALLBACK);
        Self {
            access_token: answer.get("access_token").to_owned(),
            id_token: answer.get("id_token").to_owned(),
            agent,
        }
    }

    /// Checks that no token is accepted that is made of a genuine one.
    async fn assert_refused(&self, forge: impl Fn(&str) -> Vec<String>) {
        for forged in forge(&self.access_token) {
            assert_no_access_token(&self.agent, &forged).await;
        }
        for forged in forge(&self.id_token) {
            assert_no_hint(&self.agent, &silent("id_token"), &forged).await;
        }
        assert_session_good(&self.agent).await;
    }

    /// Checks that the genuine tokens are accepted in the same places. Ends the session.
    async fn assert_genuine(self) {
        let page = userinfo(&self.agent, &self.access_token).await;
        assert_eq!(page.status, 200, "{page:?}");
        let asked = silent("id_token").with("id_token_hint", &self.id_token);
        assert_granted_at(&post(&self.agent, &asked).await, CALLBACK);
        let page = logout(&self.agent, &self.id_token).await;
        assert_eq!(page.status, 200, "{page:?}");
        assert_session_dead(&self.agent).await;
    }
}

async fn userinfo(agent: &Agent, token: &str) -> Page {
    let request = agent.request(Method::GET, "/userinfo");
    agent.send(request.bearer_auth(token)).await
}

/// A logout for which no user is asked, if the hint is good.
async fn logout(agent: &Agent, hint: &str) -> Page {
    let request = agent.request(Method::POST, "/oidc/logout");
    agent.send(request.form(&[("id_token_hint", hint)])).await
}

async fn assert_no_access_token(agent: &Agent, token: &str) {
    let page = userinfo(agent, token).await;
    assert_eq!(page.status, 401, "{token}: {page:?}");
    let challenge = page.header("www-authenticate");
    assert!(
        challenge.starts_with("Bearer error=\"invalid_token\""),
        "{page:?}"
    );
    assert_eq!(page.json()["error"], "invalid_token", "{page:?}");
}

/// The longest parameters that are read, in bytes.
const MAX_PARAMETERS: usize = 8 * 1024;

/// Checks that a token is refused as a hint to this silent request and to a logout. The browser must have a session.
async fn assert_no_hint(agent: &Agent, asked: &Request, token: &str) {
    let asked = asked.clone().with("id_token_hint", token);
    let page = post(agent, &asked).await;
    if token.len() < MAX_PARAMETERS / 2 {
        assert_refused(&page, &asked, "invalid_request");
    } else {
        assert_page(&page);
    }
    let page = logout(agent, token).await;
    assert_page(&page);
    assert_eq!(page.status, 400, "{token}: {page:?}");
}

/// Header and payload of a token, and its signature in base64url.
fn parts(token: &str) -> (Value, &str, &str) {
    let parts: Vec<_> = token.split('.').collect();
    let [header, payload, signature] = parts.try_into().unwrap();
    let header = BASE64_URL_SAFE_NO_PAD.decode(header).unwrap();
    (serde_json::from_slice(&header).unwrap(), payload, signature)
}

/// A token of a header (JSON text) and a payload (base64url), with a signature of both.
fn signed(header: &str, payload: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{payload}", BASE64_URL_SAFE_NO_PAD.encode(header));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}
