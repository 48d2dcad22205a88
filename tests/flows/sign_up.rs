//! A new user creates an account while signing in to an application.

use doorward_e2e::{Agent, Form, Request, User, claims, on_every_deployment};

#[tokio::test]
async fn a_new_user_is_signed_in_at_once() {
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        let user = User::stranger();
        let form = open_sign_up(&agent).await;
        let page = agent
            .submit_and_follow(&fill_in(form, &user.email, &user.password))
            .await;
        let first = page.callback();
        assert_eq!(claims(first.get("id_token"))["email"], user.email);

        let second = Agent::new(deployment)
            .sign_in(&Request::new("id_token"), &user)
            .await;
        assert_eq!(
            claims(first.get("id_token"))["sub"],
            claims(second.get("id_token"))["sub"]
        );
    })
    .await;
}

#[tokio::test]
async fn mistakes_stay_on_the_page() {
    on_every_deployment(async |deployment| {
        let known = deployment.add_user();
        let agent = Agent::new(deployment);
        let mut form = open_sign_up(&agent).await;
        for (email, password, expected) in [
            ("somebody@example.test", "short", "password-too-weak"),
            (
                known.email.as_str(),
                "correct horse battery",
                "email-in-use",
            ),
        ] {
            let page = agent.submit(&fill_in(form, email, password)).await;
            assert_eq!(page.status, 400, "{page:?}");
            assert_eq!(page.error_code(), Some(expected), "{page:?}");
            form = page.form();
            assert_eq!(form.value("email"), email, "what was typed is still there");
            assert_eq!(form.value("password"), "", "but not the password");
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_makes_sign_up_superfluous() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &user).await;
        let answer = agent
            .authorize(&Request::new("token").with("screen_hint", "signup"))
            .await;
        assert!(answer.callback().find("access_token").is_some());
    })
    .await;
}

pub(crate) async fn open_sign_up(agent: &Agent) -> Form {
    let page = agent
        .open(&Request::new("id_token").with("screen_hint", "signup"))
        .await;
    assert_eq!(page.url.path(), "/u/signup");
    page.form()
}

pub(crate) fn fill_in(form: Form, email: &str, password: &str) -> Form {
    form.with("email", email).with("password", password)
}
