//! `web_message` answers go to the registered origin of the application only.

use doorward_e2e::{Agent, Page, Request};
use serde_json::Value;

use super::super::assertions::assert_page_for;
use super::super::fixture::{ORIGIN, at_second, of_client, on_replicas, signed_in, silent};
use super::super::output::directives;

fn by_message(request: Request) -> Request {
    request.with("response_mode", "web_message")
}

/// Returns the message of a page, after checking that only a window of this origin can receive it.
#[track_caller]
fn posted(page: &Page, origin: &str) -> Value {
    assert_eq!(page.status, 200, "{page:?}");
    assert_eq!(page.location(), None, "{page:?}");
    assert_eq!(page.body.matches("postMessage(").count(), 1, "{page:?}");
    let (_, arguments) = page.body.split_once("})(").unwrap();
    let mut values = serde_json::Deserializer::from_str(arguments).into_iter::<Value>();
    let posted = values.next().unwrap().unwrap();
    let rest = &arguments[values.byte_offset()..];
    let target = rest.strip_prefix(", ").unwrap();
    let mut values = serde_json::Deserializer::from_str(target).into_iter::<Value>();
    assert_eq!(values.next().unwrap().unwrap(), origin, "{page:?}");
    assert_eq!(directives(page)["frame-ancestors"], origin, "{page:?}");
    assert!(!page.body.contains("\"*\""), "{page:?}");
    posted
}

#[tokio::test]
async fn sec_096_an_answer() {
    on_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        let preview = "https://some-branch.preview.example.test";
        let of_preview = of_client("spa2", &format!("{preview}/cb"), "token");
        for browser in [&agent, &at_second(deployment, &agent)] {
            for (asked, origin) in [
                (silent("token"), ORIGIN),
                (silent("id_token token"), ORIGIN),
                (
                    silent("token").with("redirect_uri", "https://app.example.test/cb2"),
                    ORIGIN,
                ),
                // Registered with a wildcard, but posted to the one origin of the request.
                (of_preview.clone().with("prompt", "none"), preview),
            ] {
                let page = browser.authorize(&by_message(asked.clone())).await;
                let posted = posted(&page, origin);
                assert_eq!(posted["type"], "authorization_response");
                let response = &posted["response"];
                assert_eq!(response["state"].as_str(), asked.get("state"));
                assert!(response["access_token"].is_string(), "{page:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sec_097_an_error() {
    on_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        let stranger = Agent::new(deployment);
        let preview = "https://some-branch.preview.example.test";
        let of_preview = of_client("spa2", &format!("{preview}/cb"), "token");
        let unknown = "https://unknown.example.test/";
        for (browser, asked, origin, error) in [
            (&stranger, silent("token"), ORIGIN, "login_required"),
            (
                &agent,
                silent("token").with("max_age", "0"),
                ORIGIN,
                "login_required",
            ),
            (
                &agent,
                silent("token").with("audience", unknown),
                ORIGIN,
                "access_denied",
            ),
            (
                &agent,
                silent("id_token").without("nonce"),
                ORIGIN,
                "invalid_request",
            ),
            (
                &stranger,
                of_preview.with("prompt", "none"),
                preview,
                "login_required",
            ),
        ] {
            for browser in [browser, &at_second(deployment, browser)] {
                let page = browser.authorize(&by_message(asked.clone())).await;
                let posted = posted(&page, origin);
                let response = &posted["response"];
                assert_eq!(response["error"], error, "{page:?}");
                assert_eq!(response["state"].as_str(), asked.get("state"));
                let names: Vec<_> = response.as_object().unwrap().keys().collect();
                assert_eq!(names, ["error", "error_description", "state"]);
            }
        }
    })
    .await;
}

/// With and without a session, and with any other error.
#[tokio::test]
async fn sec_098_an_origin_that_is_not_registered() {
    on_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        for (client_id, redirect_uri) in [
            ("one1", "https://one.example.test/cb"),
            ("partner1", "https://partner.example.test/cb"),
            ("nat2", "com.example.app:/cb"),
            ("nat1", "http://127.0.0.1/cb"),
            ("spa1", "https://evil.test/cb"),
            ("spa1", "https://app.example.test.evil.test/cb"),
            ("spa2", "https://a.b.preview.example.test/cb"),
        ] {
            let asked = by_message(of_client(client_id, redirect_uri, "token"));
            for asked in [
                asked.clone().with("prompt", "none"),
                asked.clone().with("prompt", "none login"),
                asked,
            ] {
                for browser in [
                    &agent,
                    &at_second(deployment, &agent),
                    &Agent::new(deployment),
                ] {
                    let page = browser.authorize(&asked).await;
                    assert_page_for(&page, &asked);
                    assert!(!page.body.contains("postMessage"), "{page:?}");
                }
            }
        }
    })
    .await;
}
