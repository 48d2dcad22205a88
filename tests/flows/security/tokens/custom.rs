//! Claims that the tenant and its hook add.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_e2e::{API, Agent, Deployment, Embedded, Outcome, Request, TENANT, on};
use serde_json::{Value, json};

use super::super::fixture::{self, on_own_replicas, signed_in, silent};
use super::parts;
use crate::post_login_hook::{Hook, call_hook};

/// Claims that only the server writes, and a value that none of them has.
fn forged() -> Value {
    json!({
        "iss": "https://evil.test/", "sub": "auth0|mallory", "aud": "evil", "exp": 4_000_000_000_u32, "iat": 1, "nbf": 1,
        "jti": "evil", "azp": "evil", "client_id": "evil", "nonce": "evil", "at_hash": "evil", "c_hash": "evil",
        "sid": "evil", "org_id": "evil", "org_name": "evil", "permissions": ["evil"], "roles": ["evil"], "gty": "evil",
        "cnf": {}, "act": {}, "amr": ["evil"], "acr": "evil", "auth_time": 1, "scope": "evil",
    })
}

const PLAN: &str = "https://example.com/plan";

#[tokio::test]
async fn sec_163_claims_of_the_server_are_dropped_and_the_sign_in_goes_on() {
    on_own_replicas(async |deployment, separate| {
        let mut claims = forged();
        claims[PLAN] = "gold".into();
        let hook = Hook {
            claims: claims.to_string(),
            ..Hook::default()
        };
        call_hook(separate, hook).await;
        let agent = signed_in(deployment).await;
        let asked = silent("id_token token").with("audience", fixture::API);
        let answer = agent.authorize(&asked).await.callback();
        for name in ["id_token", "access_token"] {
            let payload = parts(answer.get(name)).1;
            let text = BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap();
            let text = String::from_utf8(text).unwrap();
            let claims: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(claims[PLAN], "gold");
            for (claim, value) in forged().as_object().unwrap() {
                assert_ne!(claims.get(claim), Some(value), "{name} {claim}");
                let written = text.matches(&format!("\"{claim}\":")).count();
                assert!(written <= 1, "{name} {claim}: {text}");
            }
        }
    })
    .await;
}

/// The import names the line, and changes nothing.
#[tokio::test]
async fn sec_163_the_tenant_cannot_define_claims_of_the_server() {
    let deployment = Deployment::Embedded(Embedded::start().await);
    on(&deployment, async |deployment| {
        for (name, value) in forged().as_object().unwrap() {
            let outcome = import(deployment, &format!("{{name: {name}, value: {value}}}"));
            outcome.assert_refused(&format!(
                "line 3: doorward.claims[{name}].name \"{name}\" is reserved"
            ));
        }
        let refused = import(deployment, "{name: 'https://auth0.com/x', value: 1}");
        refused.assert_refused("is in a reserved namespace");
        import(deployment, &format!("{{name: '{PLAN}', value: gold}}")).assert_success();
    })
    .await;
}

fn import(deployment: &Deployment, claim: &str) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenant.yaml");
    let tenant = format!("doorward:\n  claims:\n  - {claim}\n");
    std::fs::write(&file, tenant).unwrap();
    deployment.command(&["import", file.to_str().unwrap()], "")
}

#[tokio::test]
async fn sec_164_too_large_claims_end_in_an_error_without_a_token() {
    let half = "x".repeat(60 * 1024);
    let claim = |name: &str, tokens: &str| {
        format!("  - {{name: {name}, value: {half}, tokens: [{tokens}]}}\n")
    };
    let both = claim("one", "access_token") + &claim("two", "access_token");
    let tenant = format!("{TENANT}\ndoorward:\n  claims:\n{both}");
    let deployment = Deployment::Embedded(Embedded::start_with(&tenant).await);
    on(&deployment, async |deployment| {
        let agent = Agent::new(deployment);
        let user = deployment.add_user();
        let request = Request::new("id_token token").with("audience", API);
        let answer = agent.sign_in(&request, &user).await;
        answer.assert_error(
            "server_error",
            "The custom claims of a token have more than 100 KB",
        );
        assert_eq!(
            (answer.find("id_token"), answer.find("access_token")),
            (None, None)
        );
    })
    .await;
}
