//! Group I: accounts cannot be guessed at, neither by the page for new ones nor by passwords that many have.

use doorward_e2e::{Agent, Deployment, Form, Page, Request, User, on_every_deployment};
use futures::future::join_all;

use super::fixture::{at_second, copy, on_replicas, on_server, request, silent};

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

/// The password page, filled in.
async fn password_form(agent: &Agent, email: &str, password: &str) -> Form {
    let page = agent
        .open(&request("id_token").with("prompt", "login"))
        .await;
    let page = agent
        .submit_and_follow(&page.form().with("username", email))
        .await;
    page.form().with("password", password)
}

/// Tests come from an address without limits; a proxy names others.
async fn submit_from(agent: &Agent, address: &str, form: &Form) -> Page {
    agent
        .submit_with(form, &[("x-forwarded-for", address)])
        .await
}

#[tokio::test]
async fn sec_145_one_account_from_many_addresses() {
    on_server(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let form = password_form(&agent, &user.email, "wrong password").await;
        let mut judged = 0;
        for host in 0..120 {
            let page = submit_from(&agent, &format!("203.0.113.{host}"), &form).await;
            match page.error_code() {
                Some("wrong-email-credentials") => judged += 1,
                code => assert_eq!(code, Some("same-user-login"), "{page:?}"),
            }
        }
        // 50 at once, and one more every 72 seconds.
        assert!((50..60).contains(&judged), "{judged}");
    })
    .await;
}

#[tokio::test]
async fn sec_146_parallel_guesses_at_two_replicas_are_all_counted() {
    on_replicas(async |deployment| {
        let user = deployment.add_user();
        let first = Agent::new(deployment);
        let form = password_form(&first, &user.email, "wrong password").await;
        let second = copy(deployment, &first);
        let guesses = (0..40).map(|number| {
            let agent = if number % 2 == 0 { &first } else { &second };
            submit_from(agent, "203.0.113.1", &form)
        });
        let answers = join_all(guesses).await;
        let codes: Vec<_> = answers.iter().map(|page| page.error_code()).collect();
        let judged = codes
            .iter()
            .filter(|it| **it == Some("wrong-email-credentials"));
        assert_eq!(judged.count(), 10, "{codes:?}");
        let form = form.with("password", &user.password);
        let blocked = submit_from(&first, "203.0.113.1", &form).await;
        assert_eq!(blocked.status, 429, "{blocked:?}");
        assert_eq!(blocked.error_code(), Some("user-blocked"));
        assert!(!blocked.header("retry-after").is_empty());
    })
    .await;
}

#[tokio::test]
async fn sec_147_parallel_right_passwords_all_succeed() {
    on_replicas(async |deployment| {
        let user = deployment.add_user();
        let mut sign_ins = Vec::new();
        for number in 0..20 {
            let mut agent = Agent::new(deployment);
            if number % 2 == 0 {
                agent = at_second(deployment, &agent);
            }
            let form = password_form(&agent, &user.email, &user.password).await;
            sign_ins.push((agent, form));
        }
        let sign_ins = sign_ins
            .iter()
            .map(|(agent, form)| submit_from(agent, "203.0.113.2", form));
        for page in join_all(sign_ins).await {
            assert_eq!(page.status, 303, "{page:?}");
        }
    })
    .await;
}

/// The owner signs in from a browser in which they signed in before, though others keep failing, also from their
/// address. A command ends the block of all others.
#[tokio::test]
async fn sec_149_the_owner_is_not_locked_out() {
    on_server(async |deployment| {
        const ADDRESS: &str = "203.0.113.3";
        let user = deployment.add_user();
        let owner = Agent::new(deployment);
        let form = password_form(&owner, &user.email, &user.password).await;
        assert_eq!(submit_from(&owner, ADDRESS, &form).await.status, 303);
        owner.get("/v2/logout?client_id=spa1").await;

        let attacker = Agent::new(deployment);
        let form = password_form(&attacker, &user.email, "wrong password").await;
        for _ in 0..15 {
            submit_from(&attacker, ADDRESS, &form).await;
        }
        for host in 100..200 {
            submit_from(&attacker, &format!("203.0.113.{host}"), &form).await;
        }
        let form = form.with("password", &user.password);
        let blocked = submit_from(&attacker, ADDRESS, &form).await;
        assert_eq!(blocked.error_code(), Some("user-blocked"), "{blocked:?}");
        let own = password_form(&owner, &user.email, &user.password).await;
        let page = submit_from(&owner, ADDRESS, &own).await;
        assert_eq!(page.status, 303, "{page:?}");

        let shown = deployment.command(&["user", "attempts", &user.email], "");
        shown.assert_success();
        assert!(shown.stdout.contains("10 failed, last at "), "{shown:?}");
        assert!(shown.stdout.contains(ADDRESS), "{shown:?}");
        let cleared = deployment.command(&["user", "attempts", &user.email, "--clear"], "");
        cleared.assert_success();
        let page = submit_from(&attacker, ADDRESS, &form).await;
        assert_eq!(page.status, 303, "{page:?}");
    })
    .await;
}

/// Only the address that the proxy names counts, not those that a browser puts in front of it.
#[tokio::test]
async fn sec_150_made_up_addresses_do_not_count() {
    on_server(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let form = password_form(&agent, &user.email, "wrong password").await;
        for host in 0..10 {
            let addresses = format!("198.51.100.{host}, 203.0.113.4");
            let page = submit_from(&agent, &addresses, &form).await;
            assert_eq!(
                page.error_code(),
                Some("wrong-email-credentials"),
                "{page:?}"
            );
        }
        let page = submit_from(&agent, "198.51.100.99, 203.0.113.4", &form).await;
        assert_eq!(page.error_code(), Some("user-blocked"), "{page:?}");
    })
    .await;
}
