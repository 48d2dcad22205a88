//! The content type and the content security policy.

use std::collections::BTreeMap;

use doorward_e2e::{Agent, Page};
use reqwest::Method;

use super::super::fixture::{
    API, CALLBACK, ORIGIN, TEAM_ORIGIN, all_pages, on_server, request, signed_in, silent,
};

/// The directives of a page's `Content-Security-Policy`.
#[track_caller]
pub(in crate::security) fn directives(page: &Page) -> BTreeMap<String, String> {
    let policies = page.headers.get_all("content-security-policy");
    assert_eq!(policies.iter().count(), 1, "{page:?}");
    let policy = page.header("content-security-policy").split(';');
    let pairs = policy.map(|it| it.trim().split_once(' ').unwrap_or((it.trim(), "")));
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[track_caller]
fn assert_policy(name: &str, page: &Page) {
    let policy = directives(page);
    let default = policy["default-src"].as_str();
    assert!(
        ["'none'", "'self'"].contains(&default),
        "{name}: {policy:?}"
    );
    for (directive, value) in [("object-src", "'none'"), ("base-uri", "'none'")] {
        assert_eq!(policy[directive], value, "{name}: {policy:?}");
    }
    for directive in policy.values() {
        assert!(!directive.contains("unsafe-"), "{name}: {policy:?}");
        assert!(
            !directive.split(' ').any(|it| it == "*"),
            "{name}: {policy:?}"
        );
    }
    let form_action = &policy["form-action"];
    if page.body.contains("action=\"/u/") {
        let sources: Vec<_> = form_action.split(' ').collect();
        let application = match name {
            "sign-in to an organization" | "invitation" => TEAM_ORIGIN,
            _ => ORIGIN,
        };
        assert_eq!(sources, ["'self'", application], "{name}");
    }
    let scripts = page.body.matches("<script").count();
    let with_nonce = page.body.matches("<script nonce=\"").count();
    assert_eq!(scripts, with_nonce, "{name}: {page:?}");
    for inline in ["<style", " style=", " onload=", " onclick=", "javascript:"] {
        assert!(!page.body.contains(inline), "{name}: {inline}: {page:?}");
    }
}

#[tokio::test]
async fn sec_061_every_page() {
    on_server(async |deployment| {
        for (name, page) in all_pages(deployment).await {
            assert_policy(name, &page);
        }
        for agent in [Agent::new(deployment), signed_in(deployment).await] {
            for response_mode in ["form_post", "web_message"] {
                let asked = silent("token").with("response_mode", response_mode);
                assert_policy(response_mode, &agent.authorize(&asked).await);
            }
        }
    })
    .await;
}

/// A form leads to a page of ours, so its `form-action` does not apply to the redirects of the application.
#[tokio::test]
async fn sec_061_the_page_at_which_a_form_ends() {
    on_server(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let page = agent.open(&request("token")).await;
        let form = page.form().with("username", &user.email);
        let page = agent.submit_and_follow(&form).await;
        let form = page.form().with("password", &user.password);
        let location = agent.submit(&form).await.location().unwrap();
        let sent = agent.request(Method::GET, location.as_str());
        let sent = sent.header("sec-fetch-site", "same-origin");
        let page = agent.send(sent.header("sec-fetch-dest", "document")).await;
        assert_eq!((page.status.as_u16(), page.location()), (200, None));
        assert_policy("onward", &page);
        assert_eq!(directives(&page)["form-action"], "'none'", "{page:?}");
        let refresh = format!("<meta http-equiv=\"refresh\" content=\"0;url={CALLBACK}#");
        assert!(page.body.contains(&refresh), "{page:?}");
        assert!(page.body.contains("access_token="), "{page:?}");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cross-origin-opener-policy"), "");
    })
    .await;
}

#[track_caller]
fn assert_json(page: &Page) {
    let content_type = page.header("content-type");
    let essence = content_type.split(';').next().unwrap();
    assert_eq!(essence, "application/json", "{page:?}");
    assert_eq!(page.header("x-content-type-options"), "nosniff", "{page:?}");
    assert!(page.json().is_object());
}

#[tokio::test]
async fn sec_062_every_json_answer() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for path in [
            "/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server",
            "/.well-known/jwks.json",
        ] {
            let page = agent.get(path).await;
            assert_eq!(page.status, 200, "{page:?}");
            assert_json(&page);
        }
        let good = agent.authorize(&silent("token")).await.callback();
        let without_openid = silent("token")
            .with("audience", API)
            .with("scope", "read:things");
        let without_openid = agent.authorize(&without_openid).await.callback();
        for (token, is_good) in [
            (Some(good.get("access_token")), true),
            (Some(without_openid.get("access_token")), false),
            (Some("<script>alert(1)</script>"), false),
            (None, false),
        ] {
            for method in [Method::GET, Method::POST] {
                let asked = agent
                    .request(method, "/userinfo")
                    .header("accept", "text/html");
                let asked = match token {
                    Some(token) => asked.bearer_auth(token),
                    None => asked,
                };
                let page = agent.send(asked).await;
                assert_eq!(page.status.is_success(), is_good, "{page:?}");
                assert_json(&page);
            }
        }
    })
    .await;
}
