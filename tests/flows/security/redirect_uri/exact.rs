//! Callbacks are compared by bytes: nothing is decoded, completed or normalised.

use doorward_e2e::Agent;

use super::super::assertions::{assert_granted_at, assert_page_for};
use super::super::fixture::{CALLBACK, of_client, on_server, request, signed_in, silent};
use super::{assert_callbacks, assert_mismatch, assert_no_callbacks};

#[tokio::test]
async fn sec_001_the_registered_callback() {
    on_server(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let answer = agent.sign_in(&request("token"), &user).await;
        assert_eq!(answer.redirect_uri, CALLBACK);
        assert!(answer.find("access_token").is_some(), "{answer:?}");
        let other = "https://app.example.test/cb2";
        assert_callbacks(&agent, "spa1", &[CALLBACK, other]).await;
    })
    .await;
}

#[tokio::test]
async fn sec_002_another_site() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        assert_no_callbacks(&agent, "spa1", &["https://evil.test/cb"]).await;
    })
    .await;
}

#[tokio::test]
async fn sec_003_missing_or_empty() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let only = "https://one.example.test/cb";
        for (client_id, expected) in [("one1", Some(only)), ("spa1", None)] {
            let asked = silent("token").with("client_id", client_id);
            for asked in [
                asked.clone().without("redirect_uri"),
                asked.with("redirect_uri", ""),
            ] {
                let sent = agent.request(reqwest::Method::GET, "/authorize");
                let sent = sent
                    .query(asked.parameters())
                    .header("referer", "https://evil.test/cb")
                    .header("origin", "https://evil.test")
                    .header("x-forwarded-host", "evil.test");
                for page in [agent.authorize(&asked).await, agent.send(sent).await] {
                    match expected {
                        Some(callback) => drop(assert_granted_at(&page, callback)),
                        None => assert_page_for(&page, &asked),
                    }
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sec_004_a_slash_added_or_the_path_missing() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let almost = ["https://app.example.test/cb/", "https://app.example.test"];
        assert_no_callbacks(&agent, "spa1", &almost).await;
    })
    .await;
}

#[tokio::test]
async fn sec_005_the_case_of_the_path() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        assert_no_callbacks(&agent, "spa1", &["https://app.example.test/CB"]).await;
    })
    .await;
}

#[tokio::test]
async fn sec_006_a_query_added() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let almost = [
            "https://app.example.test/cb?x=1",
            "https://app.example.test/cb?",
        ];
        assert_no_callbacks(&agent, "spa1", &almost).await;
    })
    .await;
}

#[tokio::test]
async fn sec_007_a_registered_query_is_kept_once() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let registered = "https://app.example.test/cb?app=1";
        let request = of_client("query1", registered, "token").with("prompt", "none");
        let page = agent.authorize(&request).await;
        assert_granted_at(&page, registered);
        assert_eq!(page.header("location").matches("app=1").count(), 1);
        let form = agent
            .authorize(&request.with("response_mode", "form_post"))
            .await
            .form();
        assert_eq!(form.action.as_str(), registered);
        assert_eq!(form.value("app"), "", "{form:?}");
    })
    .await;
}

#[tokio::test]
async fn sec_008_another_query() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let almost = [
            "https://app.example.test/cb?app=2",
            "https://app.example.test/cb",
            "https://app.example.test/cb?app=1&app=1",
        ];
        assert_no_callbacks(&agent, "query1", &almost).await;
    })
    .await;
}

#[tokio::test]
async fn sec_009_another_scheme() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        assert_no_callbacks(&agent, "spa1", &["http://app.example.test/cb"]).await;
    })
    .await;
}

#[tokio::test]
async fn sec_010_another_port() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let almost = [
            "https://app.example.test:8443/cb",
            "https://app.example.test:443/cb",
            "https://app.example.test:/cb",
        ];
        assert_no_callbacks(&agent, "spa1", &almost).await;
    })
    .await;
}

#[tokio::test]
async fn sec_011_a_longer_host() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let almost = [
            "https://app.example.test.evil.test/cb",
            "https://app.example.testevil.test/cb",
        ];
        assert_no_callbacks(&agent, "spa1", &almost).await;
    })
    .await;
}

#[tokio::test]
async fn sec_012_a_host_with_another_beginning() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let almost = [
            "https://evil-app.example.test/cb",
            "https://notapp.example.test/cb",
        ];
        assert_no_callbacks(&agent, "spa1", &almost).await;
    })
    .await;
}

#[tokio::test]
async fn sec_013_userinfo() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let almost = [
            "https://app.example.test@evil.test/cb",
            "https://evil.test@app.example.test/cb",
        ];
        assert_no_callbacks(&agent, "spa1", &almost).await;
    })
    .await;
}

#[tokio::test]
async fn sec_014_dot_segments() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let almost = [
            "https://app.example.test/cb/../admin",
            "https://app.example.test/x/../cb",
            "https://app.example.test/%63b",
        ];
        assert_no_callbacks(&agent, "spa1", &almost).await;
    })
    .await;
}

#[tokio::test]
async fn sec_015_backslashes() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        assert_no_callbacks(&agent, "spa1", &["https:\\\\app.example.test\\cb"]).await;
    })
    .await;
}

#[tokio::test]
async fn sec_016_the_fragment_is_cut_off() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for fragment in ["#sent", "#@evil.test", "#sent=1&access_token=sent"] {
            let asked = silent("token").with("redirect_uri", &format!("{CALLBACK}{fragment}"));
            let page = agent.authorize(&asked).await;
            let answer = assert_granted_at(&page, CALLBACK);
            let location = page.header("location");
            assert_eq!(location.matches('#').count(), 1, "{location}");
            assert!(!location.contains("sent") && !location.contains("evil"));
            assert_eq!(
                answer.names(),
                ["access_token", "expires_in", "scope", "state", "token_type"]
            );
        }
    })
    .await;
}

#[tokio::test]
async fn sec_017_relative() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let almost = ["/cb", "//app.example.test/cb", "app.example.test/cb"];
        assert_no_callbacks(&agent, "spa1", &almost).await;
        for letters in ["HTTPS://app.example.test/cb", "https://APP.example.TEST/cb"] {
            let asked = silent("token").with("redirect_uri", letters);
            let answer = agent.authorize(&asked).await.callback();
            assert_eq!(answer.redirect_uri, CALLBACK, "ASCII case does not count");
        }
        assert_mismatch(&agent, &request("token").with("redirect_uri", " ")).await;
    })
    .await;
}
