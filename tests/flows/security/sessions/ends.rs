//! An ended session is invalid everywhere at the next request.

use doorward_e2e::{Agent, Deployment, Replica, User, claims};
use reqwest::Method;

use super::super::assertions::{assert_granted_at, assert_session_dead, assert_session_good};
use super::super::fixture::{
    API, CALLBACK, SESSION_COOKIE, at_second, copy, on_replicas, request, signed_in_as, silent,
};

/// Two browsers of a user. One has signed in at each replica; each now uses the other replica.
async fn two_browsers(deployment: &Deployment, user: &User) -> [Agent; 2] {
    let first = Agent::new(deployment);
    let second = at_second(deployment, &Agent::new(deployment));
    for agent in [&first, &second] {
        agent.sign_in(&request("token"), user).await;
    }
    let crossed = [
        at_second(deployment, &first),
        second.at(Replica::First, deployment),
    ];
    for agent in &crossed {
        assert_session_good(agent).await;
    }
    crossed
}

fn command(deployment: &Deployment, name: &str, user: &User, input: &str) {
    let outcome = deployment.command(&["user", name, &user.email], input);
    outcome.assert_success();
}

#[tokio::test]
async fn sec_082_a_cookie_after_the_logout() {
    on_replicas(async |deployment| {
        let user = deployment.add_user();
        for path in ["/v2/logout", "/oidc/logout"] {
            let agent = signed_in_as(deployment, &user).await;
            let answer = agent.authorize(&silent("id_token")).await.callback();
            let sid = claims(answer.get("id_token"))["sid"].clone();
            let thief = copy(deployment, &agent);
            assert_session_good(&thief).await;

            let page = agent.get(path).await;
            if path == "/oidc/logout" {
                let gone = agent.submit(&page.form()).await;
                assert_eq!(gone.status, 200, "{gone:?}");
            }
            assert!(!agent.cookies().contains_key(SESSION_COOKIE));
            for replayed in [&thief, &thief.at(Replica::First, deployment)] {
                assert_session_dead(replayed).await;
                let page = replayed.open(&request("token")).await;
                assert_eq!(page.url.path(), "/u/login/identifier", "{page:?}");
            }
            // A new sign-in of the same user does not revive it.
            let again = thief.sign_in(&request("id_token"), &user).await;
            assert_ne!(claims(again.get("id_token"))["sid"], sid);
        }
    })
    .await;
}

#[tokio::test]
async fn sec_083_a_new_password() {
    on_replicas(async |deployment| {
        let old = deployment.add_user();
        let bystander = signed_in_as(deployment, &deployment.add_user()).await;
        let browsers = two_browsers(deployment, &old).await;
        let half_way = at_second(deployment, &Agent::new(deployment));
        let page = half_way.open(&request("token")).await;
        let new = User {
            password: "another good password".to_owned(),
            ..old.clone()
        };
        command(deployment, "password", &new, &new.password);
        for agent in &browsers {
            assert_session_dead(agent).await;
        }
        assert_session_good(&bystander).await;
        let refused = half_way.fill_in_wrongly(&page, &old).await;
        assert_eq!(refused.error_code(), Some("wrong-email-credentials"));
        for agent in two_browsers(deployment, &new).await {
            assert_session_good(&agent).await;
        }
        for agent in &browsers {
            assert_session_dead(agent).await;
        }
    })
    .await;
}

#[tokio::test]
async fn sec_084_a_blocked_user() {
    on_replicas(async |deployment| {
        let user = deployment.add_user();
        let browsers = two_browsers(deployment, &user).await;
        let tokens = access_tokens(&browsers[0]).await;
        let half_way = at_second(deployment, &Agent::new(deployment));
        let begun = half_way.open(&request("token")).await;

        command(deployment, "block", &user, "");
        for agent in &browsers {
            for asked in [silent("token"), request("id_token token"), request("token")] {
                let answer = agent.authorize(&asked).await.callback();
                answer.assert_error("unauthorized", "user is blocked");
            }
            for mode in ["form_post", "web_message"] {
                let page = agent
                    .authorize(&silent("token").with("response_mode", mode))
                    .await;
                assert!(page.body.contains("unauthorized"), "{page:?}");
                assert!(!page.body.contains("access_token"), "{page:?}");
            }
            for token in &tokens {
                assert_eq!(user_info(agent, token).await, 401);
            }
        }
        let answer = half_way.fill_in_wrongly(&begun, &user).await.callback();
        answer.assert_error("unauthorized", "user is blocked");
        assert!(!half_way.cookies().contains_key(SESSION_COOKIE));

        command(deployment, "unblock", &user, "");
        for agent in &browsers {
            assert_session_dead(agent).await;
        }
        assert_session_good(&signed_in_as(deployment, &user).await).await;
    })
    .await;
}

/// An opaque access token and a JWT.
async fn access_tokens(agent: &Agent) -> Vec<String> {
    let mut tokens = Vec::new();
    for asked in [silent("token"), silent("token").with("audience", API)] {
        let answer = assert_granted_at(&agent.authorize(&asked).await, CALLBACK);
        let token = answer.get("access_token").to_owned();
        assert_eq!(user_info(agent, &token).await, 200);
        tokens.push(token);
    }
    tokens
}

async fn user_info(agent: &Agent, access_token: &str) -> u16 {
    let request = agent.request(Method::GET, "/userinfo");
    agent
        .send(request.bearer_auth(access_token))
        .await
        .status
        .as_u16()
}
