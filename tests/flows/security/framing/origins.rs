//! Requests of pages of other origins: reading, loading and opening our pages.

use doorward_e2e::{Agent, Page};
use reqwest::Method;

use super::super::assertions::{assert_page, assert_session_good, assert_thrown_away};
use super::super::fixture::{
    ORIGIN, SPECULATIVE, all_pages, form_pages, on_server, request, signed_in, silent,
};

#[track_caller]
fn assert_not_readable(page: &Page) {
    for name in page.headers.keys() {
        let name = name.as_str();
        assert!(!name.starts_with("access-control-"), "{name}: {page:?}");
    }
}

#[tokio::test]
async fn sec_067_no_origin_reads_a_sign_in() {
    on_server(async |deployment| {
        let signed_in = signed_in(deployment).await;
        let [(pending, page), ..] = form_pages(deployment).await;
        for origin in [
            ORIGIN,
            "https://evil.test",
            "null",
            "https://auth.example.test",
        ] {
            for (agent, address) in [
                (&signed_in, "/authorize"),
                (&signed_in, "/authorize/resume"),
                (&signed_in, "/u/login/identifier"),
                (&pending, page.url.as_str()),
            ] {
                for method in [Method::GET, Method::POST, Method::OPTIONS] {
                    let asked = agent.request(method, address).header("origin", origin);
                    let asked = asked.header("access-control-request-method", "GET");
                    assert_not_readable(&agent.send(asked).await);
                }
            }
            let asked = signed_in.request(Method::GET, "/authorize");
            let asked = asked.query(silent("token").parameters());
            let granted = signed_in.send(asked.header("origin", origin)).await;
            assert_eq!(granted.status, 302, "{granted:?}");
            assert_not_readable(&granted);
        }
    })
    .await;
}

#[tokio::test]
async fn sec_068_no_other_origin_reads_claims() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let answer = agent.authorize(&silent("token")).await.callback();
        let token = answer.get("access_token");
        let ask = async |method: Method, origin: &str, token: &str| {
            let asked = agent.request(method, "/userinfo").header("origin", origin);
            let asked = asked.header("access-control-request-method", "GET");
            agent.send(asked.bearer_auth(token)).await
        };
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            for origin in [
                "https://evil.test",
                "null",
                "https://app.example.test.evil.test",
            ] {
                for token in [token, "unknown"] {
                    let page = ask(method.clone(), origin, token).await;
                    assert_not_readable(&page);
                }
            }
            let page = ask(method, ORIGIN, token).await;
            assert_eq!(page.header("access-control-allow-origin"), ORIGIN);
            assert_eq!(page.header("access-control-allow-credentials"), "");
        }
        // An origin registered for another application than that of the token.
        let other = ask(Method::GET, "https://one.example.test", token).await;
        assert_not_readable(&other);
        for path in [
            "/.well-known/openid-configuration",
            "/.well-known/jwks.json",
        ] {
            let asked = agent.request(Method::GET, path);
            let page = agent
                .send(asked.header("origin", "https://evil.test"))
                .await;
            assert_eq!(page.header("access-control-allow-origin"), "*", "{page:?}");
            assert_eq!(page.header("access-control-allow-credentials"), "");
        }
    })
    .await;
}

#[tokio::test]
async fn sec_071_only_pages_and_frames() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let begin = request("token").with("prompt", "login");
        for destination in [
            "image", "script", "style", "font", "audio", "video", "object", "embed", "empty",
            "worker", "manifest",
        ] {
            for asked in [&silent("token"), &begin] {
                let sent = agent.request(Method::GET, "/authorize");
                let sent = sent.query(asked.parameters());
                assert_page(&agent.send(sent.header("sec-fetch-dest", destination)).await);
            }
            let sent = agent.request(Method::GET, "/v2/logout");
            let page = agent.send(sent.header("sec-fetch-dest", destination)).await;
            assert_page(&page);
        }
        let sent = agent.request(Method::GET, "/v2/logout");
        assert_page(&agent.send(sent.header("sec-fetch-dest", "iframe")).await);
        assert_session_good(&agent).await;
        for destination in ["document", "iframe"] {
            let sent = agent.request(Method::GET, "/authorize");
            let sent = sent.query(silent("token").parameters());
            let page = agent.send(sent.header("sec-fetch-dest", destination)).await;
            assert_eq!(page.status, 302, "{page:?}");
        }
    })
    .await;
}

/// Speculative requests change nothing: the user has not opened the page.
#[tokio::test]
async fn sec_071_nothing_ahead_of_time() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let stranger = Agent::new(deployment);
        let begin = request("token").with("prompt", "login");
        for (name, value) in SPECULATIVE {
            for (agent, asked) in [
                (&agent, silent("token")),
                (&agent, request("token")),
                (&agent, begin.clone()),
                (&stranger, request("token")),
            ] {
                let sent = agent.request(Method::GET, "/authorize");
                let sent = sent.query(asked.parameters()).header(name, value);
                let page = agent.send(sent.header("sec-fetch-dest", "document")).await;
                assert_thrown_away(&page);
            }
        }
        assert!(stranger.cookies().is_empty());
        assert_session_good(&agent).await;
        for path in [
            "/.well-known/openid-configuration",
            "/.well-known/jwks.json",
        ] {
            let sent = agent.request(Method::GET, path);
            let page = agent.send(sent.header("sec-purpose", "prefetch")).await;
            assert_eq!(page.status, 200, "{page:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn sec_072_windows_that_keep_their_opener() {
    on_server(async |deployment| {
        const OPENER: &str = "cross-origin-opener-policy";
        let sign_in = [
            "identifier",
            "password",
            "sign-up",
            "sign-in to an organization",
            "invitation",
        ];
        for (name, page) in all_pages(deployment).await {
            let expected = if sign_in.contains(&name) {
                ""
            } else {
                "same-origin"
            };
            assert_eq!(page.header(OPENER), expected, "{name}: {page:?}");
        }
        for agent in [Agent::new(deployment), signed_in(deployment).await] {
            for response_mode in ["fragment", "form_post", "web_message"] {
                let asked = silent("token").with("response_mode", response_mode);
                let page = agent.authorize(&asked).await;
                assert_eq!(page.header(OPENER), "", "{page:?}");
            }
        }
    })
    .await;
}
