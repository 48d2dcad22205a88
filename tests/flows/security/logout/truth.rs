//! After a confirmed logout the user is signed out everywhere.

use std::time::{Duration, Instant};

use doorward_e2e::{Agent, Form, PATIENCE, Page, SECOND_SESSION};

use super::super::assertions::{
    assert_session_dead, assert_session_found_dead, assert_session_good, assert_session_survived,
};
use super::super::fixture::{
    BROWSER_COOKIE, SESSION_COOKIE, at_second, copy, on_own_replicas, on_server_and_replicas,
    request, signed_in,
};
use super::{BYE, assert_asked, id_token, oidc, v2};

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
            // At the next request, not only within a second.
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
        let second = at_second(deployment, &agent);
        let hint = id_token(&agent).await;
        let form = assert_asked(&agent.get("/oidc/logout").await);
        let cookies = agent.cookies();
        let try_in_vain = async || {
            let proved = oidc(&[("id_token_hint", &hint)]);
            for browser in [&agent, &second] {
                for path in ["/v2/logout", "/oidc/logout", &proved] {
                    assert_not_confirmed(&browser.get(path).await);
                }
                assert_not_confirmed(&browser.submit(&form).await);
            }
            assert_eq!(agent.cookies(), cookies, "no cookie is touched");
        };
        // A logout that never reached the store has changed nothing.
        for process in ["session", SECOND_SESSION] {
            processes.kill(process);
        }
        try_in_vain().await;
        for process in ["session", SECOND_SESSION] {
            processes.start_process(process);
        }
        for browser in [&agent, &second] {
            assert_session_survived(browser).await;
        }
        // A store that hangs may execute the logout later, so its outcome is unknown until it answers.
        processes.redis().pause();
        try_in_vain().await;
        processes.redis().resume();
        let thief = copy(deployment, &agent);
        let page = until_confirmed(&agent, &form).await;
        assert_eq!(page.status, 200, "{page:?}");
        // The other replica may reconnect to the store a little later.
        assert_session_found_dead(&thief).await;
    })
    .await;
}

async fn until_confirmed(agent: &Agent, form: &Form) -> Page {
    let begin = Instant::now();
    loop {
        let page = agent.submit(form).await;
        if page.status != 503 {
            return page;
        }
        assert_not_confirmed(&page);
        assert!(begin.elapsed() < PATIENCE, "still {page:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[track_caller]
fn assert_not_confirmed(page: &Page) {
    page.assert_error_page(503);
    assert_eq!(page.header("set-cookie"), "", "{page:?}");
    assert!(!page.body.contains("You are signed out"), "{page:?}");
}
