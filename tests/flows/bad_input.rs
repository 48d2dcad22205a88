//! Requests that are wrong, and what each of them gets: a page of our own, or an error at the callback. Never a 5xx, and
//! never a redirect to an address that was not registered.

use doorward_e2e::{
    API, Agent, CALLBACK, CODE_ONLY, Page, Request, THIRD_PARTY, User, on_every_deployment,
};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HOST};

/// Until client and callback are known to be good, nothing may be sent anywhere.
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
        // SEC-029: whatever else is wrong, the callback comes first.
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
async fn everything_else_is_told_at_the_callback() {
    let token = || Request::new("token");
    let code_only = token()
        .with("client_id", CODE_ONLY)
        .with("redirect_uri", "https://code.example.test/callback");
    let unknown_api = "https://unknown.example.test/";
    let two_apis = format!("{API} {unknown_api}");
    let cases = [
        (
            token().without("response_type"),
            "invalid_request",
            "Missing required parameter: response_type",
        ),
        (
            token().with("response_type", "token foo"),
            "unsupported_response_type",
            "Unsupported response type: token foo",
        ),
        (
            token().with("response_type", "TOKEN"),
            "unsupported_response_type",
            "Unsupported response type: TOKEN",
        ),
        (
            token().with("response_mode", "foo"),
            "invalid_request",
            "Unsupported response mode: foo",
        ),
        (
            token().with("response_mode", "Fragment"),
            "invalid_request",
            "Unsupported response mode: Fragment",
        ),
        (
            token().with("response_mode", "query"),
            "invalid_request",
            "",
        ),
        (
            token().and("scope", "openid"),
            "invalid_request",
            "Duplicate parameter: scope",
        ),
        (
            token().and("nonce", "other"),
            "invalid_request",
            "Duplicate parameter: nonce",
        ),
        (
            token().with("scope", "openid \"quoted\""),
            "invalid_scope",
            "",
        ),
        (
            Request::new("id_token").without("nonce"),
            "invalid_request",
            "Missing required parameter: nonce",
        ),
        (token().with("prompt", "none login"), "invalid_request", ""),
        (token().with("max_age", "-1"), "invalid_request", ""),
        (token().with("max_age", "abc"), "invalid_request", ""),
        (
            token().with("max_age", "99999999999999999999"),
            "invalid_request",
            "",
        ),
        (
            token().with("audience", unknown_api),
            "access_denied",
            "Service not found: https://unknown.example.test/",
        ),
        (token().with("audience", &two_apis), "access_denied", ""),
        (token().with("request", "x"), "request_not_supported", ""),
        (
            token().with("request_uri", "https://evil.test/"),
            "request_uri_not_supported",
            "",
        ),
        (
            token().with("connection", "unknown"),
            "invalid_request",
            "the connection was not found",
        ),
        (
            token().with("organization", "org_acme000000000000"),
            "invalid_request",
            "parameter organization is not allowed for this client",
        ),
        (
            code_only,
            "unauthorized_client",
            "Grant type 'implicit' not allowed for the client.",
        ),
    ];
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        for (request, error, description) in &cases {
            let answer = agent.authorize(request).await.callback();
            assert_eq!(answer.get("error"), *error, "{request:?} {answer:?}");
            if !description.is_empty() {
                assert_eq!(answer.get("error_description"), *description, "{request:?}");
            }
            assert_eq!(answer.get("state"), "state-of-the-application");
            assert_eq!(answer.find("access_token"), None);
        }
    })
    .await;
}

/// SEC-032: nobody can know which of two values the application waits for.
#[tokio::test]
async fn a_repeated_state_is_not_echoed() {
    on_every_deployment(async |deployment| {
        let request = Request::new("token").and("state", "other");
        let answer = Agent::new(deployment).authorize(&request).await.callback();
        answer.assert_error("invalid_request", "Duplicate parameter: state");
        assert_eq!(answer.find("state"), None);
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

/// SEC-190: the name in a request never reaches an answer, unless it is the issuer's.
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

/// A link to a sign-in page is worthless to whoever else gets hold of it.
#[tokio::test]
async fn a_sign_in_belongs_to_one_browser() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let page = Agent::new(deployment).open(&Request::new("token")).await;
        let form = page.form().with("username", &user.email);
        let other = Agent::new(deployment);
        other.get(page.url.as_str()).await.assert_error_page(400);
        other.submit(&form).await.assert_error_page(400);
        let resume = format!("/authorize/resume?state={}", form.value("state"));
        other.get(&resume).await.assert_error_page(400);
    })
    .await;
}

#[tokio::test]
async fn a_form_needs_its_anti_forgery_value() {
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        let page = agent.open(&Request::new("token")).await;
        let forged = page
            .form()
            .with("username", "a@example.test")
            .with("_csrf", "forged");
        let answer = agent.submit(&forged).await;
        assert!(answer.status.is_client_error(), "{answer:?}");
        assert_eq!(answer.location(), None);
    })
    .await;
}

/// SEC-052: what was validated is kept on the server, and the browser cannot change it any more.
#[tokio::test]
async fn forms_cannot_change_the_request() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let page = agent
            .open(&Request::new("token").with("audience", API))
            .await;
        let altered = |page: &Page| {
            let mut form = page.form();
            for (name, value) in [
                ("client_id", THIRD_PARTY),
                ("redirect_uri", "https://evil.test/"),
                ("scope", "openid write:things"),
                ("audience", "https://consent.example.test/"),
            ] {
                form.fields.push((name.to_owned(), value.to_owned()));
            }
            form
        };
        let page = agent
            .submit_and_follow(&altered(&page).with("username", &user.email))
            .await;
        let page = agent
            .submit_and_follow(&altered(&page).with("password", &user.password))
            .await;
        let answer = page.callback();
        assert_eq!(answer.redirect_uri, CALLBACK);
        assert_eq!(answer.get("scope"), "openid profile email");
        let claims = doorward_e2e::claims(answer.get("access_token"));
        assert_eq!(claims["aud"][0], API);
    })
    .await;
}

/// SEC-053: what a request says is never markup.
#[tokio::test]
async fn pages_do_not_run_what_was_sent() {
    let script = "\"><script>alert(1)</script>";
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        let unknown = Request::new("token")
            .with("client_id", script)
            .with("state", script);
        let mismatch =
            Request::new("token").with("redirect_uri", &format!("https://evil.test/{script}"));
        let hint = Request::new("token").with("login_hint", script);
        for request in [unknown, mismatch, hint] {
            let page = agent.open(&request).await;
            assert!(!page.body.contains("<script>alert"), "{page:?}");
        }
        let sign_in = agent.open(&Request::new("token")).await;
        let unknown = User {
            email: script.to_owned(),
            password: script.to_owned(),
        };
        let page = agent.fill_in_wrongly(&sign_in, &unknown).await;
        assert!(!page.body.contains("<script>alert"), "{page:?}");
    })
    .await;
}

/// No page of ours may be framed; those that lead to an application say nothing about where the user came from.
#[tokio::test]
async fn pages_protect_themselves() {
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        let error = agent.get("/authorize").await;
        let sign_in = agent.open(&Request::new("token")).await;
        for page in [&error, &sign_in] {
            assert_eq!(
                page.header("x-frame-options").to_ascii_lowercase(),
                "deny",
                "{page:?}"
            );
            assert!(
                page.header("content-security-policy")
                    .contains("frame-ancestors 'none'"),
                "{page:?}"
            );
            assert_eq!(page.header("referrer-policy"), "no-referrer", "{page:?}");
            assert_eq!(page.header("x-content-type-options"), "nosniff", "{page:?}");
            assert!(
                page.header("cache-control").contains("no-store"),
                "{page:?}"
            );
        }
    })
    .await;
}
