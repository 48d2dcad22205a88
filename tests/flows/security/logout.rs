//! Group N: where a logout may lead, who may ask for it, and that it is true. `/v2/logout` is `v2`, `/oidc/logout` is `oidc`.
//!
//! A thief has the cookies of the browser, and uses them at the other replica.

use doorward_e2e::{Agent, Form, Page, claims};
use reqwest::Method;
use url::form_urlencoded;

use super::assertions::{assert_page, assert_session_dead, assert_session_good};
use super::fixture::{
    BROWSER_COOKIE, SESSION_COOKIE, at_second, copy, on_own_replicas, on_server_and_replicas,
    request, signed_in,
};

const BYE: &str = "https://app.example.test/bye";
const OF_TENANT: &str = "https://example.test/signed-out";
const OF_OTHER: &str = "https://one.example.test/bye";

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

/// A page without a way to the refused address. What it does to the cookie is for the session to decide.
#[track_caller]
fn assert_leads_nowhere(page: &Page) {
    page.assert_error_page(400);
    for attribute in ["href", "src", "action", "content"] {
        let link = format!("{attribute}=\"https://evil");
        assert!(!page.body.contains(&link), "{page:?}");
    }
    assert_eq!(page.header("refresh"), "", "{page:?}");
}

async fn assert_all_refused(agent: &Agent, client_id: Option<&str>, addresses: &[&str]) {
    let client: Vec<_> = client_id.map(|it| ("client_id", it)).into_iter().collect();
    for address in addresses {
        for target in [
            v2(&[&client[..], &[("returnTo", address)]].concat()),
            oidc(&[&client[..], &[("post_logout_redirect_uri", address)]].concat()),
        ] {
            assert_leads_nowhere(&agent.get(&target).await);
        }
    }
}

#[tokio::test]
async fn sec_204_not_registered() {
    on_server_and_replicas(async |deployment| {
        let stranger = Agent::new(deployment);
        let addresses = [
            "https://evil.test/bye",
            "https://app.example.test/bye/../x",
            "https://app.example.test/bye/",
            "http://app.example.test/bye",
            "https://app.example.test.evil.test/bye",
            "https://app.example.test@evil.test/bye",
        ];
        assert_all_refused(&stranger, Some("spa1"), &addresses).await;
        // The whole of a `post_logout_redirect_uri` counts.
        for address in [format!("{BYE}?a=b"), format!("{BYE}#a")] {
            let params = [
                ("client_id", "spa1"),
                ("post_logout_redirect_uri", address.as_str()),
            ];
            assert_leads_nowhere(&stranger.get(&oidc(&params)).await);
        }
        let agent = signed_in(deployment).await;
        let (hint, wrong) = (id_token(&agent).await, "https://evil.test/bye");
        let params = [
            ("id_token_hint", hint.as_str()),
            ("post_logout_redirect_uri", wrong),
        ];
        let thief = copy(deployment, &agent);
        assert_leads_nowhere(&agent.get(&oidc(&params)).await);
        assert_session_dead(&thief).await;
    })
    .await;
}

#[tokio::test]
async fn sec_205_not_absolute_or_not_a_page() {
    on_server_and_replicas(async |deployment| {
        let addresses = [
            "//evil.test",
            "/\\evil.test",
            "https:evil.test",
            "https:/evil.test",
            "https:\\\\app.example.test/bye",
            "javascript:alert(1)",
            " https://app.example.test/bye",
        ];
        let stranger = Agent::new(deployment);
        for client_id in [Some("spa1"), None] {
            assert_all_refused(&stranger, client_id, &addresses).await;
        }
    })
    .await;
}

#[tokio::test]
async fn sec_206_of_another_application() {
    on_server_and_replicas(async |deployment| {
        let stranger = Agent::new(deployment);
        assert_all_refused(&stranger, Some("spa1"), &[OF_OTHER, OF_TENANT]).await;
        for nobody in [None, Some("unknown"), Some("SPA1"), Some("")] {
            assert_all_refused(&stranger, nobody, &[BYE, OF_OTHER]).await;
        }
        let twice = [
            ("client_id", "spa1"),
            ("client_id", "one1"),
            ("post_logout_redirect_uri", BYE),
        ];
        assert_leads_nowhere(&stranger.get(&oidc(&twice)).await);
        let hint = id_token(&signed_in(deployment).await).await;
        let hinted = |uri| [("id_token_hint", hint.as_str()), uri];
        let other = hinted(("post_logout_redirect_uri", OF_OTHER));
        assert_leads_nowhere(&stranger.get(&oidc(&other)).await);
        let contradiction = hinted(("client_id", "one1"));
        assert_leads_nowhere(&stranger.get(&oidc(&contradiction)).await);
    })
    .await;
}

#[tokio::test]
async fn sec_207_asked_first() {
    on_server_and_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        let of_other = id_token(&signed_in(deployment).await).await;
        let sid = claims(&of_other)["sid"].as_str().unwrap().to_owned();
        for params in [
            vec![],
            vec![("client_id", "spa1"), ("post_logout_redirect_uri", BYE)],
            vec![("id_token_hint", of_other.as_str())],
            vec![("logout_hint", sid.as_str())],
        ] {
            let form = assert_asked(&agent.get(&oidc(&params)).await);
            for forged in [
                form.clone().with("_csrf", ""),
                form.clone().with("_csrf", "forged"),
                form.clone().with("state", "client_id=one1"),
            ] {
                let refused = agent.submit(&forged).await;
                assert_eq!(refused.status, 403, "{refused:?}");
                assert_eq!(refused.location(), None, "{refused:?}");
            }
            let no = agent.submit(&form.with("action", "deny")).await;
            assert_eq!((no.status.as_u16(), no.location()), (200, None));
            assert_session_good(&agent).await;
        }
        let form = assert_asked(&agent.get(&oidc(&[("client_id", "spa1")])).await);
        let thief = copy(deployment, &agent);
        let yes = agent.submit(&form.with("action", "accept")).await;
        assert_eq!(yes.header("location"), BYE);
        assert_session_dead(&thief).await;
    })
    .await;
}

#[tokio::test]
async fn sec_208_not_by_a_foreign_page() {
    on_server_and_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        let hint = id_token(&agent).await;
        let proved = oidc(&[("id_token_hint", &hint)]);
        for destination in ["image", "script", "iframe", "frame", "empty", "style"] {
            for (method, path) in [
                (Method::GET, "/v2/logout"),
                (Method::GET, proved.as_str()),
                (Method::POST, "/oidc/logout"),
                (Method::POST, "/u/logout"),
            ] {
                let sent = agent.request(method.clone(), path);
                let sent = match method {
                    Method::POST => sent.form(&[("id_token_hint", &hint)]),
                    _ => sent,
                };
                let page = agent.send(sent.header("sec-fetch-dest", destination)).await;
                assert_page(&page);
            }
        }
        assert_session_good(&agent).await;
    })
    .await;
}

#[tokio::test]
async fn sec_209_without_the_cookie_of_pending_sign_ins() {
    on_server_and_replicas(async |deployment| {
        let params = [("client_id", "spa1")];
        for target in [v2(&params), oidc(&params)] {
            let agent = signed_in(deployment).await;
            let thief = copy(deployment, &agent);
            let mut cookies = agent.cookies();
            cookies.remove(BROWSER_COOKIE);
            let old = cookies[SESSION_COOKIE].clone();
            agent.set_cookies(cookies);
            let mut page = agent.get(&target).await;
            if page.location().is_none() {
                page = agent.submit(&assert_asked(&page)).await;
            }
            assert_eq!(page.header("location"), BYE, "{page:?}");
            assert_session_dead(&thief).await;
            let anew = Agent::new(deployment);
            anew.set_cookies(thief.cookies());
            anew.sign_in(&request("token"), &deployment.add_user())
                .await;
            assert_ne!(anew.cookies()[SESSION_COOKIE], old);
            assert_session_dead(&thief).await;
        }
    })
    .await;
}

#[tokio::test]
async fn sec_210_over_at_once() {
    on_server_and_replicas(async |deployment| {
        for by_openid_connect in [false, true] {
            let agent = signed_in(deployment).await;
            let target = if by_openid_connect {
                oidc(&[("id_token_hint", &id_token(&agent).await)])
            } else {
                v2(&[])
            };
            let thief = copy(deployment, &agent);
            assert_session_good(&thief).await;
            let page = agent.get(&target).await;
            assert_eq!(page.status, 200, "{page:?}");
            assert!(!agent.cookies().contains_key(SESSION_COOKIE));
            // By the next request, which is sooner than within a second.
            assert_session_dead(&thief).await;
            agent.set_cookies(thief.cookies());
            assert_session_dead(&agent).await;
        }
    })
    .await;
}

#[tokio::test]
async fn sec_211_the_store_is_gone() {
    on_own_replicas(async |deployment, processes| {
        let agent = signed_in(deployment).await;
        let hint = id_token(&agent).await;
        let form = assert_asked(&agent.get("/oidc/logout").await);
        let cookies = agent.cookies();
        processes.redis().pause();
        let proved = oidc(&[("id_token_hint", &hint)]);
        let second = at_second(deployment, &agent);
        for browser in [&agent, &second] {
            for path in ["/v2/logout", "/oidc/logout", &proved] {
                assert_not_confirmed(&browser.get(path).await);
            }
            assert_not_confirmed(&browser.submit(&form).await);
        }
        assert_eq!(agent.cookies(), cookies, "no cookie is touched");
        processes.redis().resume();
        let thief = copy(deployment, &agent);
        assert_session_good(&thief).await;
        let page = agent.submit(&form).await;
        assert_eq!(page.status, 200, "{page:?}");
        assert_session_dead(&thief).await;
    })
    .await;
}

#[track_caller]
fn assert_not_confirmed(page: &Page) {
    page.assert_error_page(503);
    assert_eq!(page.header("set-cookie"), "", "{page:?}");
    assert!(!page.body.contains("You are signed out"), "{page:?}");
}
