//! Two replicas of the frontend and of `session`: it does not matter which of them a browser reaches.

use doorward_e2e::{Agent, Deployment, Replica, Request, SECOND_SESSION, Separate, on};

#[tokio::test]
async fn a_sign_in_goes_from_one_to_the_other() {
    on_separate_processes(async |deployment, _| {
        let user = deployment.add_user();
        let first = Agent::new(deployment);
        let second = first.at(Replica::Second, deployment);
        let identifier = first.open(&Request::new("token")).await;
        let form = identifier.form().with("username", &user.email);
        let password = second.submit_and_follow(&form).await;
        let form = password.form().with("password", &user.password);
        let answer = first.submit_and_follow(&form).await.callback();
        assert!(answer.find("access_token").is_some(), "{answer:?}");
        for agent in [&first, &second] {
            assert_eq!(silent(agent).await, "");
        }
    })
    .await;
}

/// They are processes of their own: what befalls one is not noticed at the other.
#[tokio::test]
async fn one_goes_on_without_the_other() {
    on_separate_processes(async |deployment, separate| {
        let user = deployment.add_user();
        let first = Agent::new(deployment);
        let second = first.at(Replica::Second, deployment);
        first.sign_in(&Request::new("token"), &user).await;

        separate.kill("session");
        assert_eq!(silent(&first).await, "temporarily_unavailable");
        assert_eq!(silent(&second).await, "");
        separate.start_process("session");
        separate.kill(SECOND_SESSION);
        assert_eq!(silent(&second).await, "temporarily_unavailable");
    })
    .await;
}

async fn on_separate_processes(story: impl AsyncFnOnce(&Deployment, &Separate)) {
    let deployment = Deployment::Separate(Separate::start().await);
    on(&deployment, async |deployment| {
        let Deployment::Separate(separate) = deployment else {
            unreachable!()
        };
        story(deployment, separate).await;
    })
    .await;
}

/// The error of a silent request, or nothing.
async fn silent(agent: &Agent) -> String {
    let answer = agent.authorize(&Request::silent("token")).await.callback();
    answer.find("error").unwrap_or_default().to_owned()
}
