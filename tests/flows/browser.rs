//! Runs the tests of `browser/*.test.js` in a real browser: SDKs, plain pages and the hosted pages.

use doorward_e2e::{
    API, API_WITH_CONSENT, APPLICATION, Deployment, Embedded, Separate, TENANT, on, tell_in_browser,
};
use doorward_test_support::free_port;

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
        let user = deployment.add_user();
        let environment = [
            ("ISSUER", deployment.issuer().as_str()),
            ("ORIGIN", origin),
            ("CLIENT_ID", APPLICATION),
            ("AUDIENCE", API),
            ("AUDIENCE_WITH_CONSENT", API_WITH_CONSENT),
            ("EMAIL", &user.email),
            ("PASSWORD", &user.password),
        ];
        for story in stories {
            tell_in_browser(story, &environment);
        }
    })
    .await;
}
