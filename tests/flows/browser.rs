//! The unmodified npm package `auth0-js` in a real browser; the story itself is in `browser/auth0-js.test.js`.

use doorward_e2e::{API, APPLICATION, Deployment, Embedded, Separate, TENANT, on, tell_in_browser};
use doorward_test_support::free_port;

#[tokio::test]
async fn auth0_js_with_the_embedded_server() {
    let origin = origin();
    let embedded = Embedded::start_with(&tenant(&origin)).await;
    tell(Deployment::Embedded(embedded), &origin).await;
}

#[tokio::test]
async fn auth0_js_with_separate_processes() {
    let origin = origin();
    let separate = Separate::start_with(&tenant(&origin)).await;
    tell(Deployment::Separate(separate), &origin).await;
}

fn origin() -> String {
    format!("http://localhost:{}", free_port())
}

/// The tenant with the application where the browser can reach it. One site with the server, so that its frames get cookies.
fn tenant(origin: &str) -> String {
    TENANT.replace("https://app.example.test", origin)
}

async fn tell(deployment: Deployment, origin: &str) {
    on(&deployment, async |deployment| {
        let user = deployment.add_user();
        let environment = [
            ("ISSUER", deployment.issuer().as_str()),
            ("ORIGIN", origin),
            ("CLIENT_ID", APPLICATION),
            ("AUDIENCE", API),
            ("EMAIL", &user.email),
            ("PASSWORD", &user.password),
        ];
        tell_in_browser("auth0-js", &environment);
    })
    .await;
}
