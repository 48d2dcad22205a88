//! An outage of the store signs no user out.

use doorward_e2e::{Agent, Deployment, SECOND_SESSION};

use super::super::assertions::{assert_refused, assert_session_good, assert_session_survived};
use super::super::fixture::{
    SESSION_COOKIE, at_second, on_own_replicas, request, signed_in, silent,
};

#[tokio::test]
async fn sec_103_the_store_is_gone() {
    on_own_replicas(async |deployment, processes| {
        let agent = signed_in(deployment).await;
        let second = at_second(deployment, &agent);
        let cookies = agent.cookies();
        assert!(cookies.contains_key(SESSION_COOKIE));

        processes.redis().pause();
        for browser in [&agent, &second] {
            assert_cannot_tell(browser).await;
        }
        processes.redis().resume();
        for browser in [&agent, &second] {
            assert_session_survived(browser).await;
        }
        // The replica without its `session` reports an outage; the other works.
        processes.kill(SECOND_SESSION);
        assert_cannot_tell(&second).await;
        assert_session_good(&agent).await;
        assert_eq!(agent.cookies(), cookies, "the cookie is as it was");
        assert_knows_nobody(deployment).await;
    })
    .await;
}

async fn assert_cannot_tell(browser: &Agent) {
    let error = "temporarily_unavailable";
    for asked in [silent("token"), silent("id_token token"), request("token")] {
        let page = browser.authorize(&asked).await;
        assert_refused(&page, &asked, error);
        assert_eq!(page.header("set-cookie"), "", "{page:?}");
    }
    let asked = silent("token").with("response_mode", "web_message");
    let page = browser.authorize(&asked).await;
    assert!(page.body.contains(error), "{page:?}");
    assert_eq!(page.header("set-cookie"), "", "{page:?}");
}

/// Checks that a browser without a cookie gets `login_required`, with or without the store.
async fn assert_knows_nobody(deployment: &Deployment) {
    let asked = silent("token");
    let nobody = at_second(deployment, &Agent::new(deployment));
    assert_refused(&nobody.authorize(&asked).await, &asked, "login_required");
}
