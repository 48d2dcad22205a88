//! `/userinfo` returns the claims of the token's user.

use doorward_e2e::{API, Agent, Page, Request, claims, on_every_deployment};
use reqwest::Method;

#[tokio::test]
async fn get_and_post_with_both_kinds_of_token() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let opaque = agent.sign_in(&Request::new("id_token token"), &user).await;
        let jwt = agent
            .authorize(&Request::new("token").with("audience", API))
            .await
            .callback();
        let subject = &claims(opaque.get("id_token"))["sub"];
        for token in [opaque.get("access_token"), jwt.get("access_token")] {
            for method in [Method::GET, Method::POST] {
                let page = ask(&agent, method, token).await;
                assert_eq!(page.status, 200, "{page:?}");
                let told = page.json();
                assert_eq!(&told["sub"], subject);
                assert_eq!(told["email"], user.email);
                assert_eq!(told["email_verified"], false);
                assert_eq!(told["nickname"], user.email.split('@').next().unwrap());
            }
        }
    })
    .await;
}

#[tokio::test]
async fn it_tells_what_the_scope_allows() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let answer = agent
            .sign_in(&Request::new("token").with("scope", "openid"), &user)
            .await;
        let told = ask(&agent, Method::GET, answer.get("access_token"))
            .await
            .json();
        let members: Vec<_> = told.as_object().unwrap().keys().collect();
        assert_eq!(members, ["sub"]);
    })
    .await;
}

#[tokio::test]
async fn without_a_good_token() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let answer = agent
            .sign_in(&Request::new("id_token token").with("audience", API), &user)
            .await;
        let tampered = format!("{}A", answer.get("access_token"));
        for token in ["", "unknown", tampered.as_str(), answer.get("id_token")] {
            let page = ask(&agent, Method::GET, token).await;
            assert_eq!(page.status, 401, "{page:?}");
            assert!(
                page.header("www-authenticate").starts_with("Bearer"),
                "{page:?}"
            );
        }
        let no_openid = Request::new("token")
            .with("audience", API)
            .with("scope", "read:things");
        let answer = agent.authorize(&no_openid).await.callback();
        let page = ask(&agent, Method::GET, answer.get("access_token")).await;
        assert!(page.status.is_client_error(), "{page:?}");
        let in_query = format!("/userinfo?access_token={}", answer.get("access_token"));
        assert_eq!(agent.get(&in_query).await.status, 401);
    })
    .await;
}

/// The preflight of auth0-js: it declares its own header and a JSON content type.
#[tokio::test]
async fn from_an_applications_origin() {
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        let preflight = |origin: &str| {
            let request = agent
                .request(Method::OPTIONS, "/userinfo")
                .header("origin", origin);
            request
                .header("access-control-request-method", "GET")
                .header(
                    "access-control-request-headers",
                    "auth0-client,authorization,content-type",
                )
        };
        let allowed = agent.send(preflight("https://app.example.test")).await;
        assert!(allowed.status.is_success(), "{allowed:?}");
        assert_eq!(
            allowed.header("access-control-allow-origin"),
            "https://app.example.test"
        );
        let headers = allowed
            .header("access-control-allow-headers")
            .to_ascii_lowercase();
        for header in ["auth0-client", "authorization", "content-type"] {
            assert!(headers.contains(header), "{header}: {headers}");
        }
        assert_ne!(allowed.header("access-control-max-age"), "");
        assert_eq!(allowed.header("access-control-allow-credentials"), "");
        let refused = agent.send(preflight("https://evil.test")).await;
        assert_eq!(
            refused.header("access-control-allow-origin"),
            "",
            "{refused:?}"
        );

        let user = deployment.add_user();
        let answer = agent.sign_in(&Request::new("token"), &user).await;
        let request = agent
            .request(Method::GET, "/userinfo")
            .bearer_auth(answer.get("access_token"));
        let page = agent
            .send(request.header("origin", "https://app.example.test"))
            .await;
        assert_eq!(
            page.header("access-control-allow-origin"),
            "https://app.example.test"
        );
    })
    .await;
}

async fn ask(agent: &Agent, method: Method, token: &str) -> Page {
    agent
        .send(agent.request(method, "/userinfo").bearer_auth(token))
        .await
}
