//! Invalid requests: each gets a page of Doorward or an error at the callback, never a 5xx status, and never a
//! redirect to an unregistered URL.

use doorward_e2e::{Agent, CALLBACK, Request, THIRD_PARTY, on_every_deployment};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HOST};

/// Until client and callback are verified, nothing is sent to the callback.
#[tokio::test]
async fn an_unknown_client_or_callback_gets_a_page() {
    let good = || Request::new("token");
    let cases = [
        (
            good().without("client_id"),
            400,
            "Missing required parameter: client_id",
        ),
        (good().with("client_id", "nobody"), 400, "Unknown client"),
        (good().and("client_id", THIRD_PARTY), 400, "client_id"),
        (good().without("redirect_uri"), 400, "redirect_uri"),
        (good().with("redirect_uri", ""), 400, "redirect_uri"),
        (
            good().and("redirect_uri", "https://evil.test/"),
            400,
            "redirect_uri",
        ),
        (
            good().with("redirect_uri", "https://evil.test/"),
            403,
            "Callback URL mismatch.",
        ),
        // SEC-029: the callback is checked before everything else.
        (
            good()
                .with("redirect_uri", "https://evil.test/")
                .with("response_type", "x"),
            403,
            "Callback URL mismatch.",
        ),
        (
            good()
                .with("redirect_uri", "https://evil.test/")
                .with("prompt", "none"),
            403,
            "Callback URL mismatch.",
        ),
    ];
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        for (request, status, text) in &cases {
            let page = agent.authorize(request).await;
            page.assert_error_page(*status);
            assert!(page.body.contains(text), "{text:?} was expected: {page:?}");
        }
    })
    .await;
}

/// SEC-002 to SEC-017: the comparison is exact.
#[tokio::test]
async fn almost_the_registered_callback() {
    let almost = [
        "https://app.example.test/callback/",
        "https://app.example.test",
        "https://app.example.test/CALLBACK",
        "https://app.example.test/callback?x=1",
        "https://app.example.test/other",
        "https://app.example.test/other?kept=2",
        "http://app.example.test/callback",
        "https://app.example.test:8443/callback",
        "https://app.example.test:443/callback",
        "https://app.example.test.evil.test/callback",
        "https://evil-app.example.test/callback",
        "https://app.example.test@evil.test/callback",
        "https://app.example.test/callback/../admin",
        "https://app.example.test/x/../callback",
        "https://app.example.test/%63allback",
        "https:\\\\app.example.test\\callback",
        "/callback",
        "//app.example.test/callback",
        "app.example.test/callback",
    ];
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        for redirect_uri in almost {
            let request = Request::silent("token").with("redirect_uri", redirect_uri);
            agent.authorize(&request).await.assert_error_page(403);
        }
        let same = "HTTPS://APP.example.test/callback#@evil.test";
        let answer = agent
            .authorize(&Request::silent("token").with("redirect_uri", same))
            .await
            .callback();
        assert_eq!(
            answer.redirect_uri, CALLBACK,
            "only the case of scheme and host may differ"
        );
    })
    .await;
}

#[tokio::test]
async fn requests_that_are_no_requests() {
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        for (path, status) in [
            ("/authorize?client_id=%00".to_owned(), 400),
            ("/authorize?client_id=%ff".to_owned(), 400),
            ("/authorize?state=%ff".to_owned(), 400),
            (format!("/authorize?state={}", "x".repeat(9000)), 414),
            ("/nothing/here".to_owned(), 404),
        ] {
            agent.get(&path).await.assert_error_page(status);
        }
        for method in [Method::PUT, Method::DELETE, Method::TRACE] {
            let page = agent.send(agent.request(method, "/authorize")).await;
            assert_eq!(page.status, 405, "{page:?}");
        }
        let head = agent.send(agent.request(Method::HEAD, "/authorize")).await;
        assert_eq!(head.status, 405, "{head:?}");
        assert_eq!(agent.cookies().len(), 0, "nothing was begun");
    })
    .await;
}

#[tokio::test]
async fn forms_that_are_no_forms() {
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        let post = |path: &str| agent.request(Method::POST, path);
        let too_large = format!("state={}", "x".repeat(70_000));
        let form = "application/x-www-form-urlencoded";
        for path in [
            "/authorize",
            "/u/login/identifier",
            "/u/login/password",
            "/u/signup",
        ] {
            let large = post(path)
                .header(CONTENT_TYPE, form)
                .body(too_large.clone());
            agent.send(large).await.assert_error_page(413);
            let json = post(path)
                .header(CONTENT_TYPE, "application/json")
                .body("{}");
            agent.send(json).await.assert_error_page(415);
        }
        let mixed = post("/authorize?client_id=x")
            .header(CONTENT_TYPE, form)
            .body("scope=openid");
        agent.send(mixed).await.assert_error_page(400);
    })
    .await;
}

/// SEC-190: a response never contains the request's host name, unless it is the issuer's.
#[tokio::test]
async fn unknown_hosts() {
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        for path in [
            "/authorize",
            "/.well-known/openid-configuration",
            "/v2/logout",
        ] {
            let page = agent
                .send(agent.request(Method::GET, path).header(HOST, "evil.test"))
                .await;
            assert_eq!(page.status, 421, "{page:?}");
            assert!(!page.body.contains("evil.test"), "{page:?}");
        }
    })
    .await;
}
