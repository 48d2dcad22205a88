//! Group N: logouts: their redirects, their callers, their effect. `v2` is `/v2/logout`, `oidc` is `/oidc/logout`.
//!
//! A *thief* has the cookies of the browser, and uses them at the other replica.

mod addresses;
mod question;
mod truth;

use doorward_e2e::{Agent, Form, Page};
use url::form_urlencoded;

use super::fixture::request;

const BYE: &str = "https://app.example.test/bye";

fn v2(params: &[(&str, &str)]) -> String {
    with_query("/v2/logout", params)
}

fn oidc(params: &[(&str, &str)]) -> String {
    with_query("/oidc/logout", params)
}

fn with_query(path: &str, params: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    format!("{path}?{}", query.extend_pairs(params).finish())
}

/// An ID token from the session of this browser.
async fn id_token(agent: &Agent) -> String {
    let answer = agent.authorize(&request("id_token")).await.callback();
    answer.get("id_token").to_owned()
}

#[track_caller]
fn assert_asked(page: &Page) -> Form {
    assert_eq!((page.status.as_u16(), page.location()), (200, None));
    let form = page.form();
    assert_eq!(form.action.path(), "/u/logout", "{page:?}");
    form
}
