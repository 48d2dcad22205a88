//! Login CSRF: signing in a foreign browser, or using a foreign sign-in.

use doorward_e2e::{Agent, Form, Page, User};

use super::super::assertions::{assert_page, assert_session_dead, assert_session_good};
use super::super::fixture::{
    BROWSER_COOKIE, FOREIGN, SESSION_COOKIE, form_pages, on_server, request, signed_in,
};

/// Fills in all fields of a form.
fn filled_in(form: Form, user: &User) -> Form {
    let mut form = form;
    for (name, value) in &mut form.fields {
        match name.as_str() {
            "username" | "email" => value.clone_from(&user.email),
            "password" => value.clone_from(&user.password),
            _ => {}
        }
    }
    form
}

#[track_caller]
fn assert_forbidden(page: &Page, agent: &Agent) {
    assert_page(page);
    assert_eq!(page.status, 403, "{page:?}");
    assert!(!agent.cookies().contains_key(SESSION_COOKIE), "{page:?}");
}

#[tokio::test]
async fn sec_073_a_form_needs_its_value() {
    on_server(async |deployment| {
        let user = deployment.add_user();
        for (agent, page) in form_pages(deployment).await {
            let good = filled_in(page.form(), &user);
            let genuine = good.value("_csrf").to_owned();
            assert!(!genuine.is_empty(), "{page:?}");
            let mut without = good.clone();
            without.fields.retain(|(name, _)| name != "_csrf");
            let mut twice = good.clone();
            twice.fields.push(("_csrf".to_owned(), genuine.clone()));
            let flipped = format!("{}A", &genuine[..genuine.len() - 1]);
            for forged in [
                without,
                twice,
                good.clone().with("_csrf", ""),
                good.clone().with("_csrf", "forged"),
                good.clone().with("_csrf", &genuine[..genuine.len() / 2]),
                good.with("_csrf", &flipped).with("state", &"A".repeat(40)),
            ] {
                assert_forbidden(&agent.submit(&forged).await, &agent);
            }
            assert_session_dead(&agent).await;
        }
    })
    .await;
}

/// Beside the anti-CSRF value, the server checks `Origin`. It is `null` for a page with `Referrer-Policy:
/// no-referrer`.
#[tokio::test]
async fn sec_073_a_form_of_another_origin() {
    on_server(async |deployment| {
        let user = deployment.add_user();
        for (agent, page) in form_pages(deployment).await {
            let form = filled_in(page.form(), &user);
            for (name, value) in FOREIGN {
                let refused = agent.submit_with(&form, &[(name, value)]).await;
                assert_forbidden(&refused, &agent);
            }
            let foreign = [("origin", "null"), ("sec-fetch-site", "cross-site")];
            assert_forbidden(&agent.submit_with(&form, &foreign).await, &agent);
            assert_session_dead(&agent).await;
            let own = [("origin", "null"), ("sec-fetch-site", "same-origin")];
            let answer = agent.submit_with(&form, &own).await;
            assert!(
                !answer.status.is_server_error() && answer.status != 403,
                "{answer:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn sec_074_a_form_of_another_browser() {
    on_server(async |deployment| {
        let user = deployment.add_user();
        for (owner, page) in form_pages(deployment).await {
            let form = filled_in(page.form(), &user);
            let strangers = Agent::new(deployment);
            assert_forbidden(&strangers.submit(&form).await, &strangers);
            // A browser with another pending sign-in.
            let others = Agent::new(deployment);
            let own = others.open(&request("token")).await.form();
            assert_forbidden(&others.submit(&form).await, &others);
            let own_value = form.clone().with("_csrf", own.value("_csrf"));
            assert_forbidden(&others.submit(&own_value).await, &others);
            let own_state = form.with("state", own.value("state"));
            assert_forbidden(&others.submit(&own_state).await, &others);
            for agent in [&strangers, &others, &owner] {
                assert_session_dead(agent).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sec_075_the_link_of_an_attacker() {
    on_server(async |deployment| {
        let (attacker, victim) = (Agent::new(deployment), signed_in(deployment).await);
        let stranger = Agent::new(deployment);
        let page = attacker.open(&request("token")).await;
        let state = page.form().value("state").to_owned();
        for path in [
            page.url.to_string(),
            format!("/login?state={state}"),
            format!("/u/login/identifier?state={state}"),
            format!("/u/login/password?state={state}"),
            format!("/u/signup?state={state}"),
            format!("/authorize/resume?state={state}"),
        ] {
            for browser in [&victim, &stranger] {
                let opened = browser.get(&path).await;
                let opened = browser.follow(opened).await;
                assert_page(&opened);
                let says = "start again";
                assert!(opened.body.contains(says), "{opened:?}");
            }
        }
        let resumed = attacker
            .get(&format!("/authorize/resume?state={state}"))
            .await;
        let resumed = attacker.follow(resumed).await;
        assert_eq!(
            resumed.status, 200,
            "still a page to sign in at: {resumed:?}"
        );
        assert!(!attacker.cookies().contains_key(SESSION_COOKIE));
        assert_session_dead(&attacker).await;
        assert_session_good(&victim).await;
    })
    .await;
}

/// Only the cookie ties a sign-in to a browser. A browser with its own cookie does not use one that an attacker
/// plants.
#[tokio::test]
async fn sec_075_the_browser_is_told_by_its_cookie() {
    on_server(async |deployment| {
        let user = deployment.add_user();
        let (attacker, victim) = (Agent::new(deployment), Agent::new(deployment));
        let page = attacker.open(&request("token")).await;
        victim.open(&request("token")).await;
        let tokens = [&attacker, &victim].map(|agent| agent.cookies()[BROWSER_COOKIE].clone());
        assert_ne!(tokens[0], tokens[1]);
        let form = page.form().with("username", &user.email);
        assert_forbidden(&victim.submit(&form).await, &victim);
        assert_session_dead(&attacker).await;
    })
    .await;
}
