//! Passwords: guessing reveals nothing, and only Argon2id hashes are stored.

use doorward_e2e::{
    Agent, Deployment, Embedded, Page, Request, Separate, User, on_every_deployment,
    on_separate_processes,
};
use doorward_test_support::postgres;

/// The bcrypt hash of `imported password`.
const BCRYPT: &str = "$2b$10$abcdefghijklmnopqrstuuL0o0YPTCdkT7MfVnLo1dwOkkrd.x5tu";

#[tokio::test]
async fn sec_140_unknown_user_and_wrong_password_look_the_same() {
    on_every_deployment(async |deployment| {
        let known = deployment.add_user();
        let wrong = User {
            password: "wrong password".to_owned(),
            ..known
        };
        let unknown = User {
            password: "wrong password".to_owned(),
            ..User::stranger()
        };
        let told_known = guess(deployment, &wrong).await;
        let told_unknown = guess(deployment, &unknown).await;
        assert_eq!(told_known.status, 400);
        assert_eq!(told_known.error_code(), Some("wrong-email-credentials"));
        assert_eq!(told_known.status, told_unknown.status);
        assert_eq!(
            comparable(&told_known, &wrong),
            comparable(&told_unknown, &unknown)
        );
    })
    .await;
}

async fn guess(deployment: &Deployment, user: &User) -> Page {
    let agent = Agent::new(deployment);
    let page = agent.open(&Request::new("token")).await;
    agent.fill_in_wrongly(&page, user).await
}

/// The page without random values and without the user's input.
fn comparable(page: &Page, user: &User) -> String {
    let headers = page
        .headers
        .iter()
        .filter(|(name, _)| *name != "date" && *name != "content-security-policy");
    let headers: Vec<_> = headers.map(|(name, value)| (name, value.len())).collect();
    let form = page.form();
    let mut body = page.body.replace(&user.email, "EMAIL");
    for random in ["state", "_csrf"] {
        body = body.replace(form.value(random), random);
    }
    format!("{headers:?}\n{body}")
}

#[tokio::test]
async fn sec_153_only_argon2id_is_stored() {
    on_separate_processes(async |deployment, separate| {
        let user = deployment.add_user();
        let stored = postgres::dump(separate.database("identity")).await;
        assert!(
            stored.contains("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        assert!(!stored.contains(&user.password));

        let imported = User {
            email: "imported@example.test".to_owned(),
            password: "imported password".to_owned(),
        };
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("users.json");
        std::fs::write(
            &file,
            format!(
                r#"[{{"email": "{}", "password_hash": "{BCRYPT}"}}]"#,
                imported.email
            ),
        )
        .unwrap();
        deployment
            .command(&["import-users", file.to_str().unwrap()], "")
            .assert_success();
        assert!(
            postgres::dump(separate.database("identity"))
                .await
                .contains(BCRYPT)
        );

        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &imported).await;
        let stored = postgres::dump(separate.database("identity")).await;
        assert!(
            !stored.contains("$2b$"),
            "re-hashed at the first sign-in: {stored}"
        );
        let agent = Agent::new(deployment);
        assert!(
            agent
                .sign_in(&Request::new("token"), &imported)
                .await
                .find("access_token")
                .is_some()
        );
    })
    .await;
}

#[tokio::test]
async fn sec_156_a_fresh_deployment_has_no_accounts() {
    let separate = Separate::start().await;
    let stored = postgres::dump(separate.database("identity")).await;
    assert!(!stored.contains("$argon2"), "{stored}");

    let embedded = Embedded::start().await;
    for file in std::fs::read_dir(embedded.data()).unwrap() {
        let path = file.unwrap().path();
        let content = if path.is_file() {
            std::fs::read(&path).unwrap()
        } else {
            Vec::new()
        };
        assert!(
            !String::from_utf8_lossy(&content).contains("$argon2"),
            "{}",
            path.display()
        );
    }
}

#[tokio::test]
async fn passwords_are_compared_as_typed() {
    on_every_deployment(async |deployment| {
        let user = User {
            password: "  Ünï côdé 🚪 and spaces ".to_owned(),
            ..User::stranger()
        };
        deployment
            .command(&["user", "add", &user.email], &user.password)
            .assert_success();
        let agent = Agent::new(deployment);
        assert!(
            agent
                .sign_in(&Request::new("token"), &user)
                .await
                .find("access_token")
                .is_some()
        );
        let trimmed = User {
            password: user.password.trim().to_owned(),
            ..user
        };
        assert_eq!(
            guess(deployment, &trimmed).await.error_code(),
            Some("wrong-email-credentials")
        );
    })
    .await;
}

/// After a wrong password the page allows another try, in the same transaction.
#[tokio::test]
async fn a_second_try_is_as_good_as_the_first() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let page = agent.open(&Request::new("token")).await;
        let mistyped = User {
            password: "mistyped".to_owned(),
            ..user.clone()
        };
        let page = agent.fill_in_wrongly(&page, &mistyped).await;
        let form = page.form().with("password", &user.password);
        let answer = agent.submit_and_follow(&form).await.callback();
        assert!(answer.find("access_token").is_some());
    })
    .await;
}
