//! An application on the user's device gets its answer only after the user has confirmed, or seen another page.

use doorward_e2e::{Agent, NATIVE, Request, on_every_deployment};

#[tokio::test]
async fn asked_when_nothing_else_is() {
    let callback = "com.example.app:/callback";
    let native = Request::new("token")
        .with("client_id", NATIVE)
        .with("redirect_uri", callback);
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let answer = agent.sign_in(&native, &user).await;
        assert!(answer.find("access_token").is_some(), "{answer:?}");

        let silent = native.clone().with("prompt", "none");
        let answer = agent.authorize(&silent).await.callback();
        answer.assert_error("interaction_required", "Interaction required");

        for (action, parameter) in [("deny", "error"), ("accept", "access_token")] {
            let page = agent.open(&native).await;
            assert_eq!(page.url.path(), "/u/confirmation", "{page:?}");
            let page = agent.submit(&page.form().with("action", action)).await;
            let answer = agent.follow(page).await.callback();
            assert!(answer.find(parameter).is_some(), "{action}: {answer:?}");
            assert_eq!(answer.redirect_uri, callback);
        }
    })
    .await;
}
