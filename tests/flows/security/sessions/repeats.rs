//! A form that is sent twice signs in once, and a transaction answers once.

use doorward_e2e::{Agent, Deployment, Form, Page, Replica, User, claims};

use super::super::assertions::{assert_granted_at, assert_session_dead, assert_session_good};
use super::super::fixture::{
    CALLBACK, SESSION_COOKIE, add_staff, at_second, copy, of_staff, on_replicas, request, silent,
};
use super::super::rpc::{list, resolve, sessions};

const SIGNED_IN: &str = "You are signed in";

/// The filled-in password form of a new sign-in.
async fn password_form(agent: &Agent, prompt: &str, user: &User) -> Form {
    let asked = request("id_token").with("prompt", prompt);
    let page = agent.open(&asked).await;
    let form = page.form().with("username", &user.email);
    let page = agent.submit_and_follow(&form).await;
    page.form().with("password", &user.password)
}

/// The number of a user's sessions.
async fn count(deployment: &Deployment, agent: &Agent) -> usize {
    let mut second = sessions(deployment, Replica::Second);
    let (_, user) = resolve(&mut second, &agent.cookies()[SESSION_COOKIE]).await;
    list(&mut second, &user.user_id).await.len()
}

#[track_caller]
fn assert_signed_in_page(page: &Page) {
    assert_eq!(page.status, 200, "{page:?}");
    assert_eq!(page.location(), None, "{page:?}");
    assert!(page.body.contains(SIGNED_IN), "{page:?}");
    let start = "href=\"https://app.example.test/\"";
    assert!(page.body.contains(start), "{page:?}");
}

/// The browser drops the first response with its cookie. Both replicas take part.
#[tokio::test]
async fn sec_124_a_double_click() {
    on_replicas(async |deployment| {
        for prompt in ["", "login"] {
            let user = deployment.add_user();
            let agent = Agent::new(deployment);
            let form = password_form(&agent, prompt, &user).await;
            let dropped = copy(deployment, &agent);
            dropped.submit(&form).await;
            let page = agent.submit_and_follow(&form).await;
            assert_granted_at(&page, CALLBACK);
            assert_eq!(agent.cookies(), dropped.cookies(), "one session");
            assert_eq!(count(deployment, &agent).await, 1);
            assert_session_good(&agent).await;
        }
    })
    .await;
}

#[tokio::test]
async fn sec_124_forms_that_race() {
    on_replicas(async |deployment| {
        for _ in 0..5 {
            let user = deployment.add_user();
            let agent = Agent::new(deployment);
            let form = password_form(&agent, "", &user).await;
            let same = [copy(deployment, &agent), Agent::new(deployment)];
            same[1].set_cookies(agent.cookies());
            let (first, second) = tokio::join!(same[0].submit(&form), same[1].submit(&form));
            let mut answers = Vec::new();
            for (browser, page) in same.iter().zip([first, second]) {
                let end = browser.follow(page).await;
                if end.header("location").starts_with(CALLBACK) {
                    answers.push(assert_granted_at(&end, CALLBACK));
                    assert_eq!(count(deployment, browser).await, 1);
                }
            }
            assert_eq!(answers.len(), 1, "{answers:?}");
        }
    })
    .await;
}

/// Sends a form again, after the answer and after a logout: it opens no session and changes no cookie.
#[tokio::test]
async fn sec_124_a_form_is_sent_again() {
    on_replicas(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let form = password_form(&agent, "login", &user).await;
        let page = agent.submit_and_follow(&form).await;
        assert_granted_at(&page, CALLBACK);
        let cookies = agent.cookies();
        let second = at_second(deployment, &agent);
        for browser in [&agent, &second] {
            let end = browser.submit(&form).await;
            assert_signed_in_page(&browser.follow(end).await);
            assert_eq!(browser.cookies(), cookies);
        }
        assert_eq!(count(deployment, &agent).await, 1);

        agent.get("/v2/logout").await;
        for browser in [&agent, &second] {
            let end = browser.submit(&form).await;
            let end = browser.follow(end).await;
            end.assert_error_page(400);
            assert!(end.body.contains("Please start again"), "{end:?}");
            assert_session_dead(browser).await;
        }

        // The same before the answer was sent.
        let form = password_form(&agent, "", &user).await;
        agent.submit(&form).await;
        agent.get("/v2/logout").await;
        let end = second.submit(&form).await;
        let end = second.follow(end).await;
        assert_eq!(end.url.path(), "/u/login/identifier", "{end:?}");
        assert_session_dead(&agent).await;
    })
    .await;
}

/// The end of a sign-in is requested several times, at both replicas.
#[tokio::test]
async fn sec_124_one_answer() {
    on_replicas(async |deployment| {
        for _ in 0..5 {
            let user = deployment.add_user();
            let agent = Agent::new(deployment);
            let second = at_second(deployment, &agent);
            let form = password_form(&agent, "", &user).await;
            let resume = agent.submit(&form).await.location().unwrap();
            let ask = async |browser: &Agent| {
                let page = browser.get(resume.as_str()).await;
                browser.follow(page).await
            };
            let (a, b, c, d) = tokio::join!(ask(&agent), ask(&second), ask(&agent), ask(&second));
            let (answers, others): (Vec<_>, Vec<_>) = [a, b, c, d]
                .into_iter()
                .partition(|page| page.location().is_some());
            assert_eq!(answers.len(), 1, "{answers:?}");
            assert_granted_at(&answers[0], CALLBACK);
            for page in others {
                assert_signed_in_page(&page);
            }
        }
    })
    .await;
}

/// A regression: the staff application got the answer of a customer.
#[tokio::test]
async fn sec_087_a_sign_in_of_another_tab() {
    on_replicas(async |deployment| {
        let (low, chief) = (add_staff(deployment), deployment.add_user());
        let agent = Agent::new(deployment);
        let second = at_second(deployment, &agent);
        let page = agent.open(&of_staff("id_token")).await;
        let form = page.form().with("username", &low.email);
        let page = agent.submit_and_follow(&form).await;
        let form = page.form().with("password", &low.password);
        let waiting = agent.submit(&form).await.location().unwrap();
        let other = request("id_token").with("prompt", "login");
        let other = second.sign_in(&other, &chief).await;

        let page = second.get(waiting.as_str()).await;
        let page = second.follow(page).await;
        assert_eq!(page.url.path(), "/u/login/identifier", "{page:?}");
        let chief_is = agent.authorize(&silent("id_token")).await.callback();
        let sub = |token: &str| claims(token)["sub"].clone();
        assert_eq!(sub(chief_is.get("id_token")), sub(other.get("id_token")));
        let answer = agent.fill_in(&page, &low).await.callback();
        assert_ne!(sub(answer.get("id_token")), sub(other.get("id_token")));
    })
    .await;
}
