//! Part of group G: no answer or token can be mistaken for another.

use std::collections::BTreeMap;

use doorward_e2e::{Agent, Callback, Deployment, Embedded, Keys, Page, claims, on};
use reqwest::Method;
use serde_json::Value;

use super::assertions::assert_granted_at;
use super::fixture::{API, API_TWO, CALLBACK, TENANT, on_server, signed_in, silent};
use super::output::message;

/// The parameters of an answer, in any response mode.
fn parameters(page: &Page, response_mode: &str) -> BTreeMap<String, String> {
    match response_mode {
        "form_post" => page.form().fields.into_iter().collect(),
        "web_message" => {
            let message = message(&page.body);
            let members = message["response"].as_object().unwrap().clone().into_iter();
            let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
            members.map(|(name, value)| (name, text(value))).collect()
        }
        _ => {
            let answer = page.callback();
            let named = answer.names().into_iter();
            let named = named.map(|name| (name.to_owned(), answer.get(name).to_owned()));
            named.collect()
        }
    }
}

#[tokio::test]
async fn sec_104_answers_say_who_gives_them() {
    let flag = "authorization_response_iss_parameter_supported";
    let flagged = TENANT.replacen("  flags:\n", &format!("  flags:\n    {flag}: true\n"), 1);
    let with_flag = Deployment::Embedded(Embedded::start_secure_with(&flagged).await);
    on(&with_flag, async |deployment| {
        let discovery = Agent::new(deployment);
        let discovery = discovery.get("/.well-known/openid-configuration").await;
        let discovery = discovery.json();
        assert_eq!(discovery[flag], true);
        for (agent, member) in [
            (signed_in(deployment).await, "access_token"),
            (Agent::new(deployment), "error"),
        ] {
            for response_mode in ["fragment", "form_post", "web_message"] {
                let asked = silent("token").with("response_mode", response_mode);
                let page = agent.authorize(&asked).await;
                let answer = parameters(&page, response_mode);
                assert!(answer.contains_key(member), "{page:?}");
                assert_eq!(discovery["issuer"], *answer["iss"], "{page:?}");
            }
            let unusable = silent("unusable");
            let answer = agent.authorize(&unusable).await.callback();
            assert!(!answer.in_fragment, "{answer:?}");
            assert_eq!(discovery["issuer"], answer.get("iss"));
        }
    })
    .await;
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let discovery = agent.get("/.well-known/openid-configuration").await;
        assert_ne!(discovery.json()[flag], true);
        let answer = agent.authorize(&silent("token")).await.callback();
        assert_eq!(answer.find("iss"), None, "off unless asked for");
    })
    .await;
}

#[tokio::test]
async fn sec_105_the_name_in_the_request_is_not_believed() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for path in [
            "/.well-known/openid-configuration",
            "/.well-known/jwks.json",
            "/authorize",
            "/v2/logout",
        ] {
            let query = silent("token");
            for host in [
                "evil.test",
                "auth.example.test.evil.test",
                "auth.example.test:8443",
            ] {
                let sent = agent.request(Method::GET, path).query(query.parameters());
                let page = agent.send(sent.header("host", host)).await;
                assert!([404, 421].contains(&page.status.as_u16()), "{page:?}");
                assert_eq!(page.location(), None, "{page:?}");
                assert!(!page.body.contains("evil.test"), "{page:?}");
            }
        }
        let asked = agent.request(Method::GET, "/.well-known/openid-configuration");
        let asked = asked
            .header("x-forwarded-host", "evil.test")
            .header("forwarded", "host=evil.test");
        let discovery = agent.send(asked).await;
        assert!(!discovery.body.contains("evil.test"), "{discovery:?}");
        let discovery = discovery.json();
        let issuer = deployment.issuer().as_str();
        assert_eq!(discovery["issuer"], issuer);
        for (name, value) in discovery.as_object().unwrap() {
            let is_address = name.ends_with("_endpoint") || name == "jwks_uri";
            let address = value.as_str().unwrap_or_default();
            assert!(
                !is_address || address.starts_with(issuer),
                "{name}: {value}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn sec_114_no_refresh_token() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for response_type in ["token", "id_token", "id_token token"] {
            let asked = silent(response_type)
                .with("scope", "openid offline_access read:things")
                .with("audience", API);
            let answer = assert_granted_at(&agent.authorize(&asked).await, CALLBACK);
            assert_eq!(answer.find("refresh_token"), None, "{answer:?}");
            if response_type != "id_token" {
                assert_eq!(answer.get("scope"), "openid read:things");
                let scope = &claims(answer.get("access_token"))["scope"];
                assert_eq!(scope, "openid read:things");
            }
            let form = asked.with("response_mode", "form_post");
            let form = agent.authorize(&form).await.form();
            assert_eq!(form.value("refresh_token"), "", "{form:?}");
        }
    })
    .await;
}

/// Each of two APIs can tell by `aud` which tokens are its own; `/userinfo` is the third.
#[tokio::test]
async fn sec_115_a_token_is_for_its_audience() {
    on_server(async |deployment| {
        let keys = Keys::fetch(deployment).await;
        let agent = signed_in(deployment).await;
        let ask = async |scope: &str, audience: &str| {
            let asked = silent("token").with("scope", scope);
            let page = agent.authorize(&asked.with("audience", audience)).await;
            assert_granted_at(&page, CALLBACK)
        };
        let token = |answer: &Callback| answer.get("access_token").to_owned();
        let one = token(&ask("read:things", API).await);
        let two = token(&ask("read:others", API_TWO).await);
        let one_with_openid = token(&ask("openid read:things", API).await);
        assert_eq!(keys.verify(&one, API)["aud"], API);
        assert_eq!(keys.verify(&two, API_TWO)["aud"], API_TWO);
        let audiences = claims(&one_with_openid)["aud"].clone();
        let audiences = audiences.as_array().unwrap().clone();
        assert!(!audiences.iter().any(|audience| audience == API_TWO));

        for (token, is_good) in [(&one, false), (&two, false), (&one_with_openid, true)] {
            let asked = agent.request(Method::GET, "/userinfo").bearer_auth(token);
            let page = agent.send(asked).await;
            assert_eq!(page.status.is_success(), is_good, "{page:?}");
            assert!(is_good || page.json().get("sub").is_none(), "{page:?}");
        }
        let anonymous = Agent::new(deployment);
        let asked = anonymous.request(Method::GET, "/userinfo");
        assert_eq!(anonymous.send(asked).await.status, 401);
    })
    .await;
}
