//! A restart of the embedded server keeps all sessions.

use doorward_e2e::{APPLICATION, Agent, Deployment, Embedded, Keys, Request, on};
use reqwest::Method;

#[tokio::test]
async fn everything_goes_on() {
    on(
        &Deployment::Embedded(Embedded::start().await),
        async |deployment| {
            let Deployment::Embedded(embedded) = deployment else {
                unreachable!()
            };
            let user = deployment.add_user();
            let agent = Agent::new(deployment);
            let before = agent.sign_in(&Request::new("id_token token"), &user).await;
            let half_way = Agent::new(deployment);
            let page = half_way.open(&Request::new("token")).await;

            embedded.restart().await;

            let silent = agent.authorize(&Request::silent("token")).await.callback();
            assert!(
                silent.find("access_token").is_some(),
                "the session is still there: {silent:?}"
            );
            let answer = half_way.fill_in(&page, &user).await.callback();
            assert!(
                answer.find("access_token").is_some(),
                "so is the sign-in that was under way"
            );
            let request = agent.request(Method::GET, "/userinfo");
            let userinfo = agent
                .send(request.bearer_auth(before.get("access_token")))
                .await;
            assert_eq!(userinfo.status, 200, "and the token: {userinfo:?}");
            let _same_keys = Keys::fetch(deployment)
                .await
                .verify(before.get("id_token"), APPLICATION);
        },
    )
    .await;
}
