//! Tokens of one kind in the place of another.

use doorward_e2e::{Agent, Request, claims};
use serde_json::{Value, json};

use super::super::assertions::{assert_granted_at, assert_session_good};
use super::super::fixture::{API, CALLBACK, of_client, on_server, request, signed_in};
use super::{Owner, assert_no_access_token, assert_no_hint, parts};

#[tokio::test]
async fn sec_162_an_id_token_is_no_access_token() {
    on_server(async |deployment| {
        let owner = Owner::new(deployment).await;
        assert_no_access_token(&owner.agent, &owner.id_token).await;
        owner.assert_genuine().await;
    })
    .await;
}

/// Also not one for an API that has the name of the application, in both dialects, with and without `openid`.
#[tokio::test]
async fn sec_162_an_access_token_is_no_hint() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let one = of_client("one1", "https://one.example.test/cb", "token");
        for (asked, api, scope, typ) in [
            (request("token"), API, "read:things", "JWT"),
            (request("token"), "spa1", "read:names", "JWT"),
            (one, "one1", "read:names", "at+jwt"),
        ] {
            let silent = asked.with("prompt", "none");
            for openid in [false, true] {
                let token = access_token(&agent, &silent, api, scope, openid).await;
                assert_eq!(parts(&token).0["typ"], typ);
                assert_eq!(is_for_api_alone(&token, api), !openid);
                assert_no_hint(&agent, &silent, &token).await;
            }
        }
        let opaque = assert_granted_at(&agent.authorize(&request("token")).await, CALLBACK);
        let opaque = opaque.get("access_token");
        assert_no_hint(&agent, &request("token").with("prompt", "none"), opaque).await;
        assert_session_good(&agent).await;
    })
    .await;
}

async fn access_token(
    agent: &Agent,
    silent: &Request,
    api: &str,
    scope: &str,
    openid: bool,
) -> String {
    let scope = format!("{}{scope}", if openid { "openid " } else { "" });
    let asked = silent.clone().with("audience", api).with("scope", &scope);
    let page = agent.authorize(&asked).await;
    let answer = assert_granted_at(&page, asked.get("redirect_uri").unwrap());
    answer.get("access_token").to_owned()
}

fn is_for_api_alone(token: &str, api: &str) -> bool {
    let aud: Value = claims(token)["aud"].clone();
    assert!(aud == json!(api) || aud[0] == api, "{aud}");
    aud.is_string()
}
