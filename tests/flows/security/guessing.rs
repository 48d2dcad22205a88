//! Group I: accounts cannot be guessed at, neither by the page for new ones nor by passwords that many have.

use doorward_e2e::{Agent, Deployment, Form, Request, User, on_every_deployment};

use super::fixture::{on_server, request, silent};

/// Passwords from the start and from the middle of the list, as people vary them.
const COMMON: [&str; 6] = [
    "password123",
    "Password123",
    "1234567890",
    "QWERTYUIOP",
    "iloveyou1",
    "sunshine1",
];

async fn sign_up_page(agent: &Agent, request: &Request) -> Form {
    let page = agent
        .open(&request.clone().with("screen_hint", "signup"))
        .await;
    page.form()
}

/// The page for new accounts neither signs in to an existing one, nor tells whether a password is right.
#[tokio::test]
async fn sec_143_signing_up_tests_no_password() {
    on_server(async |deployment| {
        let known = deployment.add_user();
        let mut answers = Vec::new();
        for password in [known.password.as_str(), "another long password"] {
            let agent = Agent::new(deployment);
            let form = sign_up_page(&agent, &request("id_token")).await;
            let form = form.with("email", &known.email).with("password", password);
            let page = agent.submit(&form).await;
            assert_eq!(page.status, 400, "{page:?}");
            let answer = agent.authorize(&silent("token")).await.callback();
            answer.assert_error("login_required", "Login required");
            answers.push(page.error_code().map(str::to_owned));
        }
        assert_eq!(answers[0], answers[1]);
    })
    .await;
}

/// A form that was sent twice leads on only with the address that it was sent with before.
#[tokio::test]
async fn sec_143_a_repeated_sign_up_names_the_same_address() {
    on_server(async |deployment| {
        let (user, other) = (User::stranger(), deployment.add_user());
        let agent = Agent::new(deployment);
        let form = sign_up_page(&agent, &request("id_token")).await;
        let form = form.with("password", &user.password);
        let first = agent.submit(&form.clone().with("email", &user.email)).await;
        assert_eq!(first.status, 303, "{first:?}");
        let before = agent.cookies();
        for email in [user.email.to_uppercase(), other.email.clone()] {
            let again = agent.submit(&form.clone().with("email", &email)).await;
            assert_eq!(again.status, 303, "{again:?}");
            assert_eq!(agent.cookies(), before, "{email}");
        }
        let answer = agent.follow(first).await.callback();
        let claims = doorward_e2e::claims(answer.get("id_token"));
        assert_eq!(claims["email"], user.email);
    })
    .await;
}

async fn sign_up(deployment: &Deployment, user: &User, password: &str) -> Option<String> {
    let agent = Agent::new(deployment);
    let form = sign_up_page(&agent, &Request::new("id_token")).await;
    let form = form.with("email", &user.email).with("password", password);
    let page = agent.submit(&form).await;
    page.error_code().map(str::to_owned)
}

#[tokio::test]
async fn sec_154_common_passwords_are_refused_when_set() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        for password in COMMON {
            let newcomer = User::stranger();
            let refused = sign_up(deployment, &newcomer, password).await;
            assert_eq!(
                refused.as_deref(),
                Some("password-too-common"),
                "{password}"
            );
            for command in [
                ["user", "add", &newcomer.email],
                ["user", "password", &user.email],
            ] {
                let outcome = deployment.command(&command, password);
                outcome.assert_refused("one of the most common ones");
            }
        }
        let agent = Agent::new(deployment);
        let answer = agent.sign_in(&Request::new("token"), &user).await;
        assert!(
            answer.find("access_token").is_some(),
            "the password has not changed"
        );
    })
    .await;
}
