//! `/v2/logout` ends the session of a browser for all applications.

use doorward_e2e::{APPLICATION, Agent, LOGOUT_URL, Page, Request, on_every_deployment};

#[tokio::test]
async fn the_session_ends_and_stays_ended() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &user).await;
        let stolen = agent.cookies();

        let page = agent
            .get(&format!(
                "/v2/logout?client_id={APPLICATION}&returnTo={LOGOUT_URL}"
            ))
            .await;
        assert_eq!(
            page.location().map(String::from),
            Some(LOGOUT_URL.to_owned()),
            "{page:?}"
        );
        assert_signed_out(&agent).await;

        let thief = Agent::new(deployment);
        thief.set_cookies(stolen);
        assert_signed_out(&thief).await;
    })
    .await;
}

#[tokio::test]
async fn where_it_leads() {
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        let first = format!("/v2/logout?client_id={APPLICATION}");
        assert_eq!(target(&agent.get(&first).await), LOGOUT_URL);
        let kept = format!("{first}&returnTo={LOGOUT_URL}%3Ffrom%3Dapp%23end");
        assert_eq!(
            target(&agent.get(&kept).await),
            format!("{LOGOUT_URL}?from=app#end")
        );
        let of_the_tenant = "/v2/logout?returnTo=https://example.test/signed-out";
        assert_eq!(
            target(&agent.get(of_the_tenant).await),
            "https://example.test/signed-out"
        );
        let nowhere = agent.get("/v2/logout").await;
        assert_eq!(
            (nowhere.status.as_u16(), nowhere.location()),
            (200, None),
            "{nowhere:?}"
        );
    })
    .await;
}

/// SEC-204, SEC-205: the session ends, but nothing leads to the refused URL.
#[tokio::test]
async fn an_unregistered_address_is_not_visited() {
    on_every_deployment(async |deployment| {
        for refused in [
            "https://evil.test/bye",
            "//evil.test",
            "/%5Cevil.test",
            "https:evil.test",
            "javascript:alert(1)",
            "https://app.example.test@evil.test/bye",
            "https://app.example.test/bye/../elsewhere",
        ] {
            let user = deployment.add_user();
            let agent = Agent::new(deployment);
            agent.sign_in(&Request::new("token"), &user).await;
            let page = agent
                .get(&format!(
                    "/v2/logout?client_id={APPLICATION}&returnTo={refused}"
                ))
                .await;
            page.assert_error_page(400);
            assert!(!page.body.contains("href=\"https://evil"), "{page:?}");
            assert_signed_out(&agent).await;
        }
    })
    .await;
}

/// SEC-208: an image on another page does not sign the user out.
#[tokio::test]
async fn only_navigation_signs_out() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &user).await;
        for destination in ["image", "script", "iframe"] {
            let request = agent.request(reqwest::Method::GET, "/v2/logout");
            let page = agent
                .send(request.header("sec-fetch-dest", destination))
                .await;
            assert!(page.status.is_client_error(), "{page:?}");
        }
        let answer = agent.authorize(&Request::silent("token")).await.callback();
        assert!(answer.find("access_token").is_some(), "{answer:?}");
    })
    .await;
}

async fn assert_signed_out(agent: &Agent) {
    let answer = agent.authorize(&Request::silent("token")).await.callback();
    answer.assert_error("login_required", "Login required");
}

#[track_caller]
fn target(page: &Page) -> String {
    page.location()
        .unwrap_or_else(|| panic!("a redirect was expected: {page:?}"))
        .into()
}
