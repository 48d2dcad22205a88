//! The values of single parameters.

use std::time::Duration;

use doorward_e2e::{Agent, claims};
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::super::assertions::{assert_granted_at, assert_page, assert_refused};
use super::super::fixture::{
    API, API_TWO, API_WITH_GRANTS, CALLBACK, PARAMETERS, on_server, request, signed_in, silent,
};

#[tokio::test]
async fn sec_040_none_stands_alone() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for prompt in [
            "none login",
            "login none",
            "none consent",
            "none select_account",
        ] {
            let request = request("token").with("prompt", prompt);
            assert_refused(
                &agent.authorize(&request).await,
                &request,
                "invalid_request",
            );
        }
    })
    .await;
}

#[tokio::test]
async fn sec_041_an_id_token_needs_a_nonce() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for response_type in ["id_token", "id_token token", "token id_token"] {
            let request = silent(response_type);
            for request in [request.clone().without("nonce"), request.with("nonce", "")] {
                assert_refused(
                    &agent.authorize(&request).await,
                    &request,
                    "invalid_request",
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sec_042_nothing_is_fetched() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let trap = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/request.jwt", trap.local_addr().unwrap());
        let object = "eyJhbGciOiJub25lIn0.eyJjbGllbnRfaWQiOiJzcGExIn0.";
        for (name, value, error) in [
            ("request", object, "request_not_supported"),
            ("request_uri", &address, "request_uri_not_supported"),
        ] {
            let request = silent("token").with(name, value);
            assert_refused(&agent.authorize(&request).await, &request, error);
        }
        let visited = timeout(Duration::from_millis(500), trap.accept()).await;
        assert!(visited.is_err(), "{address} was visited");
    })
    .await;
}

#[tokio::test]
async fn sec_043_scopes_that_nobody_defined() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let asked = "openid read:things delete:everything read:others READ:THINGS admin";
        let request = silent("token").with("scope", asked).with("audience", API);
        let answer = assert_granted_at(&agent.authorize(&request).await, CALLBACK);
        assert_eq!(answer.get("scope"), "openid read:things");
        let scope = &claims(answer.get("access_token"))["scope"];
        assert_eq!(scope, "openid read:things");
        let without_api = silent("token").with("scope", asked);
        let answer = assert_granted_at(&agent.authorize(&without_api).await, CALLBACK);
        assert_eq!(answer.get("scope"), "openid");
    })
    .await;
}

#[tokio::test]
async fn sec_043_scopes_that_the_client_may_not_have() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let granted = silent("token")
            .with("scope", "openid read:first read:second")
            .with("audience", API_WITH_GRANTS);
        let answer = assert_granted_at(&agent.authorize(&granted).await, CALLBACK);
        assert_eq!(answer.get("scope"), "openid read:first");
        let scope = &claims(answer.get("access_token"))["scope"];
        assert_eq!(scope, "openid read:first");
        let not_granted = granted
            .with("client_id", "one1")
            .with("redirect_uri", "https://one.example.test/cb");
        let page = agent.authorize(&not_granted).await;
        assert_refused(&page, &not_granted, "unauthorized_client");
    })
    .await;
}

#[tokio::test]
async fn sec_044_one_audience_that_exists() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for audience in [
            "https://unknown.example.test/",
            "https://api.example.test",
            "https://API.example.test/",
            &format!("{API} {API_TWO}"),
            &format!("{API},{API_TWO}"),
            &format!("{API} "),
        ] {
            let request = silent("token").with("audience", audience);
            let page = agent.authorize(&request).await;
            assert_refused(&page, &request, "access_denied");
        }
    })
    .await;
}

#[tokio::test]
async fn sec_045_max_age_is_a_number() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for max_age in [
            "-1",
            "abc",
            "99999999999999999999",
            "1.5",
            "1e3",
            " 1",
            "0x10",
        ] {
            let request = silent("token").with("max_age", max_age);
            assert_refused(
                &agent.authorize(&request).await,
                &request,
                "invalid_request",
            );
        }
        let largest = silent("token").with("max_age", "18446744073709551615");
        let status = agent.authorize(&largest).await.status;
        assert_eq!(status, 302, "no panic");
    })
    .await;
}

#[tokio::test]
async fn sec_046_nul_and_invalid_utf8() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for name in PARAMETERS.into_iter().chain(["unknown"]) {
            let good = silent("token").without(name);
            let sent = agent.request(reqwest::Method::GET, "/authorize");
            let good = sent.query(good.parameters()).build().unwrap();
            let good = good.url().query().unwrap().to_owned();
            for bad in ["%00", "%ff", "a%c3", "%ed%a0%80"] {
                let page = agent.get(&format!("/authorize?{good}&{name}={bad}")).await;
                assert_page(&page);
                assert_eq!(page.status, 400, "{name}={bad} {page:?}");
            }
        }
        for path in ["/u/login/identifier", "/authorize/resume", "/v2/logout"] {
            for bad in ["%00", "%ff"] {
                let page = agent.get(&format!("{path}?state={bad}")).await;
                assert_page(&page);
                assert_eq!(page.status, 400, "{path} {page:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sec_051_connections_and_languages_that_do_not_exist() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for connection in ["unknown", "../users", "USERS", "users%00"] {
            let request = silent("token").with("connection", connection);
            assert_refused(
                &agent.authorize(&request).await,
                &request,
                "invalid_request",
            );
        }
        for ui_locales in ["../../etc/passwd", "ja/../../etc/passwd", "xx", "'"] {
            let request = request("token").with("ui_locales", ui_locales);
            let page = Agent::new(deployment).open(&request).await;
            assert_eq!(page.status, 200, "{page:?}");
            assert!(page.body.contains("<html lang=\"en\">"), "{page:?}");
            assert!(!page.body.contains("root:"), "{page:?}");
        }
    })
    .await;
}
