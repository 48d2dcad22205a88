//! Runs the tests of `browser/*.test.js` in a real browser: SDKs, plain pages and the hosted pages.

use std::path::PathBuf;
use std::time::Duration;

use doorward_e2e::{
    API, API_WITH_CONSENT, APPLICATION, Compose, Deployment, Embedded, Replica, Separate, TEAM,
    TEAM_LOGIN, TENANT, on, on_compose, tell_in_browser,
};
use doorward_test_support::{free_port, smtp};

/// Tests of applications.
const APPLICATIONS: [&str; 6] = [
    "auth0-js",
    "check-session",
    "popup",
    "form-post",
    "redirects-on",
    "speculation",
];
/// Tests of the hosted pages.
const PAGES: [&str; 4] = [
    "framing",
    "accessibility",
    "third-party-cookies",
    "sessions",
];

#[tokio::test]
async fn applications_with_the_embedded_server() {
    let origin = origin();
    let embedded = Embedded::start_with(&tenant(&origin)).await;
    tell(&APPLICATIONS, Deployment::Embedded(embedded), &origin).await;
}

#[tokio::test]
async fn applications_with_separate_processes() {
    let origin = origin();
    let separate = Separate::start_with(&tenant(&origin)).await;
    tell(&APPLICATIONS, Deployment::Separate(separate), &origin).await;
}

#[tokio::test]
async fn hosted_pages() {
    let origin = origin();
    let embedded = Embedded::start_with(&tenant(&origin)).await;
    tell(&PAGES, Deployment::Embedded(embedded), &origin).await;
}

/// Invitations by mail: a mail server receives them, and the browser opens their links.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invitations_by_mail() {
    let origin = origin();
    let server = smtp::Server::start().await;
    let builder = Separate::builder()
        .tenant(&tenant_with_login_page(&origin))
        .mail(&server.url());
    let deployment = Deployment::Separate(builder.start().await);
    let mails = tempfile::tempdir().unwrap();
    let copying = tokio::spawn(copy_mails(server, mails.path().to_owned()));
    on(&deployment, async |deployment| {
        let environment = [
            ("CLIENT_ID", TEAM),
            ("MAILS", mails.path().to_str().unwrap()),
        ];
        tell_with(&["invitations"], deployment, &origin, &environment);
    })
    .await;
    copying.abort();
}

/// Writes each mail to a file, where the tests in the browser look for it.
async fn copy_mails(server: smtp::Server, folder: PathBuf) {
    let mut copied = 0;
    loop {
        for mail in server.mails().iter().skip(copied) {
            copied += 1;
            // Written under another name first, so that no reader finds a part.
            let [part, whole] = ["part", "eml"].map(|end| folder.join(format!("{copied}.{end}")));
            std::fs::write(&part, &mail.data).unwrap();
            std::fs::rename(part, whole).unwrap();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The application that people are invited to has a login page on this machine.
fn tenant_with_login_page(origin: &str) -> String {
    let without = format!("    initiate_login_uri: {TEAM_LOGIN}\n");
    let with = format!("tenant:\n  default_redirection_uri: {origin}/login\n");
    tenant(origin)
        .replace(&without, "")
        .replacen("tenant:\n", &with, 1)
}

/// By https: server and application are of one site, and neither has a port.
#[tokio::test]
#[ignore = "needs the compose stack: make e2e"]
async fn applications_with_the_compose_stack() {
    const HOST: &str = "app.example.test";
    on_compose(async |deployment, stack| {
        let folder = tempfile::tempdir().unwrap();
        let [certificate, key] =
            ["certificate.pem", "key.pem"].map(|name| folder.path().join(name));
        let made = rcgen::generate_simple_self_signed([HOST.to_owned()]).unwrap();
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let port = free_port().to_string();
        let names = host_rules(deployment, stack, HOST, &port);
        let environment = [
            ("HOST_RULES", &*names),
            ("APPLICATION_CERTIFICATE", certificate.to_str().unwrap()),
            ("APPLICATION_KEY", key.to_str().unwrap()),
            ("APPLICATION_PORT", &port),
        ];
        let origin = format!("https://{HOST}");
        tell_with(&APPLICATIONS, deployment, &origin, &environment);
    })
    .await;
}

fn host_rules(deployment: &Deployment, stack: &Compose, application: &str, port: &str) -> String {
    let issuer = deployment.issuer().host_str().unwrap();
    let frontend = stack.frontend(Replica::First);
    format!(
        "MAP {application}:443 127.0.0.1:{port}, MAP {application} 127.0.0.1, MAP {issuer} {frontend}"
    )
}

fn origin() -> String {
    format!("http://localhost:{}", free_port())
}

/// The tenant, with the application at a URL that the browser can open. It has the same site as the server, so that
/// its frames get cookies.
fn tenant(origin: &str) -> String {
    TENANT.replace("https://app.example.test", origin)
}

async fn tell(stories: &[&str], deployment: Deployment, origin: &str) {
    on(&deployment, async |deployment| {
        tell_with(stories, deployment, origin, &[]);
    })
    .await;
}

fn tell_with(stories: &[&str], deployment: &Deployment, origin: &str, more: &[(&str, &str)]) {
    let user = deployment.add_user();
    let command = serde_json::to_string(&deployment.command_line()).unwrap();
    let environment = [
        ("ISSUER", deployment.issuer().as_str()),
        ("ORIGIN", origin),
        ("CLIENT_ID", APPLICATION),
        ("AUDIENCE", API),
        ("AUDIENCE_WITH_CONSENT", API_WITH_CONSENT),
        ("EMAIL", &user.email),
        ("PASSWORD", &user.password),
        ("COMMAND", &command),
    ];
    let environment = [&environment, more].concat();
    for story in stories {
        tell_in_browser(story, &environment);
    }
}
