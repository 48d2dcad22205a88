//! `/u/sessions`: users see where they are signed in, and sign out there.

use doorward_e2e::{Agent, Deployment, Form, Page, Request, User, on_every_deployment};
use reqwest::Method;

const PAGE: &str = "/u/sessions";
const HERE: &str = "Doorward-Here/1 Firefox/1 (Windows)";
const THERE: &str = "Doorward-There/1 Chrome/1 (Android)";

/// Signs the user in, in a new browser with that user agent.
async fn signed_in(deployment: &Deployment, user: &User, user_agent: &str) -> Agent {
    let agent = Agent::new(deployment);
    let page = agent.open(&Request::new("token")).await;
    let form = page.form().with("username", &user.email);
    let page = agent.submit_and_follow(&form).await;
    let form = page.form().with("password", &user.password);
    let sent = agent.request(Method::POST, form.action.as_str());
    let sent = sent.form(&form.fields).header("user-agent", user_agent);
    let resume = agent.send(sent).await.location().unwrap();
    let sent = agent.request(Method::GET, resume.as_str());
    let sent = sent.header("user-agent", user_agent);
    let answer = agent.send(sent).await.callback();
    assert!(answer.find("access_token").is_some(), "{answer:?}");
    agent
}

/// Returns the error of a silent request; empty if there is a token.
async fn silent(agent: &Agent) -> String {
    let answer = agent.authorize(&Request::silent("token")).await.callback();
    answer.find("error").unwrap_or_default().to_owned()
}

async fn list(agent: &Agent) -> Page {
    let page = agent.get(PAGE).await;
    assert_eq!(page.status, 200, "{page:?}");
    page
}

/// Returns the `sid` of the button beside the device with that name.
#[track_caller]
fn sid_of(page: &Page, device: &str) -> String {
    let (_, rest) = page.body.split_once(device).unwrap();
    let (_, rest) = rest.split_once("name=\"sid\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// The form of a button of the page.
fn button(page: &Page, action: &str, sid: &str) -> Form {
    let csrf = page.form().value("_csrf").to_owned();
    let fields = [("_csrf", csrf.as_str()), ("sid", sid), ("action", action)];
    Form::new(page.url.clone(), &fields)
}

#[tokio::test]
async fn another_browser_is_signed_out() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let there = signed_in(deployment, &user, THERE).await;
        let here = signed_in(deployment, &user, HERE).await;
        let page = list(&here).await;
        for part in [
            &user.email,
            "Chrome on Android",
            "Firefox on Windows",
            "This browser",
            THERE,
            HERE,
        ] {
            assert!(page.body.contains(part), "{part}: {page:?}");
        }
        let sid = sid_of(&page, "Chrome on Android");
        let page = here.submit_and_follow(&button(&page, "revoke", &sid)).await;
        assert!(!page.body.contains("Chrome on Android"), "{page:?}");
        assert_eq!(silent(&there).await, "login_required");
        let nobody = there.get(PAGE).await;
        nobody.assert_error_page(403);
        assert_eq!(silent(&here).await, "");
    })
    .await;
}

#[tokio::test]
async fn all_others_are_signed_out_and_then_this_one() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let one = signed_in(deployment, &user, THERE).await;
        let two = signed_in(deployment, &user, THERE).await;
        let here = signed_in(deployment, &user, HERE).await;
        let page = list(&here).await;
        let page = here.submit_and_follow(&page.form()).await;
        for other in [&one, &two] {
            assert_eq!(silent(other).await, "login_required");
        }
        assert_eq!(silent(&here).await, "");

        let own = sid_of(&page, "This browser");
        let copied = here.cookies();
        let page = here.submit(&button(&page, "revoke", &own)).await;
        assert_eq!(page.status, 200, "{page:?}");
        assert!(page.body.contains("You are signed out"), "{page:?}");
        here.set_cookies(copied);
        assert_eq!(silent(&here).await, "login_required");
    })
    .await;
}

/// SEC-086.
#[tokio::test]
async fn nobody_ends_the_session_of_another_user() {
    on_every_deployment(async |deployment| {
        let (alice, mallory) = (deployment.add_user(), deployment.add_user());
        let victim = signed_in(deployment, &alice, THERE).await;
        let attacker = signed_in(deployment, &mallory, HERE).await;
        let sid = sid_of(&list(&victim).await, "This browser");
        let page = list(&attacker).await;
        assert!(!page.body.contains(&sid), "only the own ones: {page:?}");
        assert!(!page.body.contains(&alice.email), "{page:?}");
        for sid in [sid.as_str(), "unknown", ""] {
            let refused = attacker.submit(&button(&page, "revoke", sid)).await;
            refused.assert_error_page(404);
        }
        let others = button(&page, "revoke-others", "");
        attacker.submit_and_follow(&others).await;
        assert_eq!(silent(&victim).await, "");
        assert_eq!(silent(&attacker).await, "");
    })
    .await;
}
