//! `doorward serve --ephemeral`: a server for the tests of other people.

use doorward_e2e::{
    API, API_WITH_ROLES, APPLICATION, FOR_MEMBERS, ORGANIZATION, Request, StandIn, TENANT, User,
    claims, run, tell_in_browser,
};
use doorward_test_support::free_port;
use reqwest::{Method, StatusCode};

use crate::sign_up::{fill_in, open_sign_up};

fn alice() -> User {
    User {
        email: "alice@example.test".to_owned(),
        password: "alice".to_owned(),
    }
}

fn users() -> String {
    let alice = serde_json::json!({
        "user_id": "alice",
        "email": "alice@example.test",
        "email_verified": true,
        "password": "alice",
        "roles": ["reader"],
        "organizations": [ORGANIZATION],
    });
    let bob = serde_json::json!({"email": "bob@example.test", "password": "alice"});
    serde_json::json!([alice, bob]).to_string()
}

async fn start(host: &str) -> StandIn {
    StandIn::start(host, TENANT, &users()).await
}

#[tokio::test]
async fn a_reset_leads_back_to_the_seed() {
    let server = start("doorward").await;
    let agent = server.agent();
    let request = Request::new("id_token token").with("audience", API);
    let answer = agent.sign_in(&request, &alice()).await;
    assert_eq!(claims(answer.get("id_token"))["sub"], "auth0|alice");
    assert_eq!(agent.silent_error().await, "");
    let keys = agent.get("/.well-known/jwks.json").await.body;
    let newcomer = User::stranger();
    let elsewhere = server.agent();
    let form = fill_in(
        open_sign_up(&elsewhere).await,
        &newcomer.email,
        &newcomer.password,
    );
    let signed_up = elsewhere.submit_and_follow(&form).await;
    assert_ne!(signed_up.callback().get("id_token"), "");

    server.reset().await;

    assert_eq!(agent.silent_error().await, "login_required");
    let other = server.agent();
    let page = other.open(&Request::new("token")).await;
    let page = other.fill_in_wrongly(&page, &newcomer).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "{page:?}");
    let again = server.agent().sign_in(&request, &alice()).await;
    assert_eq!(claims(again.get("id_token"))["sub"], "auth0|alice");
    let kept = agent.get("/.well-known/jwks.json").await.body;
    assert_eq!(kept, keys, "verifiers may keep the keys");
}

#[tokio::test]
async fn users_have_their_roles_and_organizations() {
    let server = start("localhost").await;
    let request = Request::new("token")
        .with("audience", API_WITH_ROLES)
        .with("scope", "openid read:reports write:reports");
    let answer = server.agent().sign_in(&request, &alice()).await;
    let permissions = &claims(answer.get("access_token"))["permissions"];
    assert_eq!(*permissions, serde_json::json!(["read:reports"]));
    let request = Request::new("id_token")
        .with("client_id", FOR_MEMBERS)
        .with("redirect_uri", "https://members.example.test/callback")
        .with("organization", ORGANIZATION);
    let answer = server.agent().sign_in(&request, &alice()).await;
    assert_eq!(claims(answer.get("id_token"))["org_id"], ORGANIZATION);
}

#[tokio::test]
async fn requests_during_resets_are_answered() {
    let server = start("localhost").await;
    let agent = server.agent();
    let requests = async {
        for _ in 0..50 {
            assert_eq!(agent.silent_error().await, "login_required");
        }
    };
    let resets = async {
        for _ in 0..10 {
            server.reset().await;
        }
    };
    tokio::join!(requests, resets);
    let (code, log) = server.stop();
    assert_eq!(code, 0);
    assert!(!log.contains("ERROR"), "{log}");
}

#[tokio::test]
async fn nothing_is_left_behind() {
    let server = start("localhost").await;
    server.reset().await;
    let databases = server.open_databases();
    assert!(!databases.is_empty());
    assert!(databases.iter().all(|path| path.starts_with("/dev/shm")));
    let (code, log) = server.stop();
    assert_eq!(code, 0, "{log}");
    for database in databases {
        assert!(!database.parent().unwrap().exists(), "{database:?}");
    }
    assert!(!log.contains("write-ahead log"), "{log}");
}

#[tokio::test]
async fn sec_217_health_and_resets_are_not_at_the_public_entrance() {
    let server = start("localhost").await;
    let agent = server.agent();
    for (method, path) in [
        (Method::POST, "/reset"),
        (Method::GET, "/reset"),
        (Method::GET, "/healthz"),
    ] {
        let page = agent.send(agent.request(method, path)).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{page:?}");
    }
    let healthy = server.control(Method::GET, "/healthz").send().await;
    assert_eq!(healthy.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn sec_217_web_pages_cannot_reset() {
    let server = start("localhost").await;
    let agent = server.agent();
    agent.sign_in(&Request::new("token"), &alice()).await;
    let control = format!("http://{}", server.control_address());
    for (name, value) in [
        ("origin", "https://evil.test"),
        ("origin", "null"),
        ("origin", control.as_str()),
        ("sec-fetch-site", "same-origin"),
    ] {
        let reset = server.control(Method::POST, "/reset").header(name, value);
        let status = reset.send().await.unwrap().status();
        assert_eq!(status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    let status = server.control(Method::GET, "/reset").send().await;
    assert_eq!(status.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(agent.silent_error().await, "");
}

#[tokio::test]
async fn sec_217_a_lasting_server_has_no_reset() {
    let server = StandIn::start_lasting().await;
    let healthy = server.control(Method::GET, "/healthz").send().await;
    assert_eq!(healthy.unwrap().status(), StatusCode::OK);
    let reset = server.control(Method::POST, "/reset").send().await;
    assert_eq!(reset.unwrap().status(), StatusCode::NOT_FOUND);
    let control = server.control_address().to_string();
    run("doorward", &["reset", "--control", &control], "").assert_refused("has no /reset");
    run("doorward", &["check-health", "--control", &control], "").assert_success();
}

#[tokio::test]
async fn commands_for_the_control_address() {
    let server = start("localhost").await;
    let agent = server.agent();
    agent.sign_in(&Request::new("token"), &alice()).await;
    let control = server.control_address().to_string();
    run("doorward", &["check-health", "--control", &control], "").assert_success();
    run("doorward", &["reset", "--control", &control], "").assert_success();
    assert_eq!(agent.silent_error().await, "login_required");
    let (code, log) = server.stop();
    assert_eq!(code, 0, "{log}");
    for command in ["reset", "check-health"] {
        let refused = run("doorward", &[command, "--control", &control], "");
        refused.assert_refused(&format!("no server answers at --control {control}"));
    }
}

#[test]
fn sec_218_switches_for_tests_are_refused_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    // A server that accepts its options ends too: this file is missing.
    let missing = folder.path().join("missing.yaml");
    let missing = missing.to_str().unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--tenant", missing];
    let switch = "--insecure-http-issuer-for-tests";
    for (options, issuer, expected) in [
        (
            &["--ephemeral"][..],
            "https://login.example.com",
            "public name",
        ),
        (
            &["--ephemeral", switch][..],
            "https://login.example.com",
            "is not plain http",
        ),
        (
            &["--ephemeral", switch][..],
            "https://doorward",
            "is not plain http",
        ),
        (
            &["--ephemeral", switch][..],
            "http://login.example.com",
            "loopback",
        ),
        (&["--ephemeral"][..], "http://doorward:8080", "loopback"),
        (
            &["--data", "data", switch][..],
            "http://doorward:8080",
            "cannot be used with",
        ),
    ] {
        let arguments = [&serve[..], options, &["--issuer", issuer]].concat();
        let refused = run("doorward", &arguments, "");
        assert!(!refused.success, "{arguments:?}");
        assert!(refused.stderr.contains(expected), "{refused:?}");
    }
    let file = folder.path().join("users.json");
    std::fs::write(&file, users()).unwrap();
    let import = ["import-users", file.to_str().unwrap(), "--data", "none"];
    run("doorward", &import, "").assert_failed("for doorward serve --ephemeral only");
}

#[tokio::test]
async fn sec_218_cookies_lack_secure_on_plain_http_only() {
    let server = start("doorward").await;
    let agent = server.agent();
    agent.sign_in(&Request::new("token"), &alice()).await;
    let names: Vec<_> = agent.cookies().into_keys().collect();
    assert_eq!(
        names,
        ["browser", "device", "session"].map(|name| format!("doorward-insecure-{name}"))
    );
    let server = start("localhost").await;
    let agent = server.agent();
    agent.sign_in(&Request::new("token"), &alice()).await;
    let names: Vec<_> = agent.cookies().into_keys().collect();
    assert_eq!(
        names,
        ["browser", "device", "session"].map(|name| format!("__Host-doorward-{name}"))
    );
}

#[tokio::test]
async fn a_browser_signs_in_under_the_name_of_a_container() {
    let origin = format!("http://localhost:{}", free_port());
    tell("doorward", &origin, "login_required").await;
}

#[tokio::test]
async fn a_browser_renews_silently_within_one_site() {
    let origin = format!("http://app.doorward.test:{}", free_port());
    tell("login.doorward.test", &origin, "").await;
}

async fn tell(host: &str, origin: &str, silent: &str) {
    let tenant = TENANT.replace("https://app.example.test", origin);
    let server = StandIn::start(host, &tenant, &users()).await;
    let control = format!("http://{}", server.control_address());
    let environment = [
        ("ISSUER", server.issuer().as_str()),
        ("CONTROL", control.as_str()),
        ("ORIGIN", origin),
        ("CLIENT_ID", APPLICATION),
        ("AUDIENCE", API),
        ("SILENT", silent),
        ("HOST_RULES", "MAP doorward localhost, MAP *.test localhost"),
    ];
    tell_in_browser("stand-in", &environment);
}
