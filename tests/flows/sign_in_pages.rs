//! The hosted pages of a sign-in: they belong to one browser, trust no input, and cannot be framed.

use doorward_e2e::{API, Agent, CALLBACK, Page, Request, THIRD_PARTY, User, on_every_deployment};

/// A link to a sign-in page does not work in another browser.
#[tokio::test]
async fn a_sign_in_belongs_to_one_browser() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        let page = Agent::new(deployment).open(&Request::new("token")).await;
        let form = page.form().with("username", &user.email);
        let other = Agent::new(deployment);
        other.get(page.url.as_str()).await.assert_error_page(400);
        other.submit(&form).await.assert_error_page(403);
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
        agent.submit(&forged).await.assert_error_page(403);
    })
    .await;
}

/// SEC-052: the request is stored on the server, so the browser cannot change it later.
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

/// SEC-053: values of a request are never markup.
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

/// No page can be framed, and pages that lead to an application send no `Referer`.
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
