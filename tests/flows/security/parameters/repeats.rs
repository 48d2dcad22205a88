//! Every parameter once, in the query or in the body.

use doorward_e2e::Request;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use super::super::assertions::{assert_page, assert_page_for, assert_refused};
use super::super::fixture::{CALLBACK, on_server, post, request, signed_in, silent};

#[tokio::test]
async fn sec_031_client_and_callback_once() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for (name, good, bad) in [
            ("client_id", "spa1", "one1"),
            ("client_id", "spa1", "unknown"),
            ("redirect_uri", CALLBACK, "https://evil.test/cb"),
            ("redirect_uri", CALLBACK, "https://app.example.test/cb2"),
        ] {
            for (first, second) in [(good, bad), (bad, good), (good, good), (bad, bad)] {
                let request = silent("token").without(name);
                let last = request.clone().and(name, first).and(name, second);
                let around = Request::clone(&last)
                    .without(name)
                    .with("state", "between")
                    .and(name, second);
                let around = prepend(name, first, &around);
                for request in [last, around] {
                    assert_page_for(&agent.authorize(&request).await, &request);
                    assert_page_for(&post(&agent, &request).await, &request);
                }
            }
        }
    })
    .await;
}

/// The request with one more parameter at its start.
fn prepend(name: &str, value: &str, request: &Request) -> Request {
    let mut names = request.parameters().to_vec();
    names.insert(0, (name.to_owned(), value.to_owned()));
    let mut all = Request::new("token");
    for (known, _) in Request::new("token").parameters() {
        all = all.without(known);
    }
    names
        .iter()
        .fold(all, |all, (name, value)| all.and(name, value))
}

#[tokio::test]
async fn sec_032_all_others_once() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for (name, first, second) in [
            ("state", "one", "two"),
            ("nonce", "one", "two"),
            ("scope", "openid", "openid profile"),
            ("response_type", "token", "id_token"),
            ("response_mode", "fragment", "form_post"),
            ("prompt", "none", "login"),
            (
                "audience",
                "https://api.example.test/",
                "https://api2.example.test/",
            ),
            ("max_age", "1000", "2000"),
            ("login_hint", "a", "b"),
        ] {
            for (first, second) in [(first, second), (second, first), (first, first)] {
                let request = request("token").with(name, first).and(name, second);
                for page in [
                    agent.authorize(&request).await,
                    post(&agent, &request).await,
                ] {
                    let answer = assert_refused(&page, &request, "invalid_request");
                    if name == "state" {
                        assert_eq!(answer.find("state"), None, "which one?");
                    }
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sec_033_query_and_body_are_not_mixed() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let request = silent("token");
        let all: Vec<_> = request.parameters().iter().collect();
        for in_query in 1..=all.len() {
            let (query, body) = all.split_at(in_query);
            let sent = agent.request(Method::POST, "/authorize");
            let page = agent.send(sent.query(query).form(body)).await;
            assert_page(&page);
            assert_eq!(page.status, 400, "{page:?}");
        }
        let without_body = agent.request(Method::POST, "/authorize").query(&all);
        let form = "application/x-www-form-urlencoded";
        let page = agent.send(without_body.header(CONTENT_TYPE, form)).await;
        assert_page(&page);
        let in_body = post(&agent, &request).await.callback();
        assert!(in_body.find("access_token").is_some(), "{in_body:?}");
    })
    .await;
}
