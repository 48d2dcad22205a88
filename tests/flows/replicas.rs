//! Two replicas of the frontend and of `session`: a browser can use either.

use doorward_e2e::{Agent, Replica, Request, SECOND_SESSION, on_separate_processes};

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
            assert_eq!(agent.silent_error().await, "");
        }
    })
    .await;
}

/// The replicas are separate processes: an outage of one does not affect the other.
#[tokio::test]
async fn one_goes_on_without_the_other() {
    on_separate_processes(async |deployment, separate| {
        let user = deployment.add_user();
        let first = Agent::new(deployment);
        let second = first.at(Replica::Second, deployment);
        first.sign_in(&Request::new("token"), &user).await;

        separate.kill("session");
        assert_eq!(first.silent_error().await, "temporarily_unavailable");
        assert_eq!(second.silent_error().await, "");
        separate.start_process("session");
        separate.kill(SECOND_SESSION);
        assert_eq!(second.silent_error().await, "temporarily_unavailable");
    })
    .await;
}
