//! Redirects after a password, and TLS.

use doorward_e2e::{Agent, Deployment, Page, Replica, User};
use reqwest::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::super::assertions::assert_page;
use super::super::fixture::{all_pages, on_server, request, signed_in, silent};

/// A 307 or 308 would make the browser send the password again.
#[tokio::test]
async fn sec_069_no_redirect_takes_the_password_along() {
    on_server(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let page = agent.open(&request("token")).await;
        let form = page.form().with("username", &user.email);
        let to_password = agent.submit(&form).await;
        assert_leads_on_without_body(&to_password);
        let page = agent.follow(to_password).await;
        let form = page.form().with("password", &user.password);
        assert_leads_on_without_body(&agent.submit(&form).await);
        // A double click.
        assert_leads_on_without_body(&agent.submit(&form).await);

        let agent = Agent::new(deployment);
        let signup = request("token").with("screen_hint", "signup");
        let new = User::stranger();
        let form = agent.open(&signup).await.form();
        let form = form.with("email", &new.email);
        let form = form.with("password", &new.password);
        assert_leads_on_without_body(&agent.submit(&form).await);
    })
    .await;
}

#[track_caller]
fn assert_leads_on_without_body(page: &Page) {
    let allowed = [StatusCode::SEE_OTHER, StatusCode::FOUND];
    assert!(allowed.contains(&page.status), "{page:?}");
    assert!(page.location().is_some(), "{page:?}");
}

#[tokio::test]
async fn sec_070_browsers_are_told_to_come_by_tls() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let mut pages = all_pages(deployment).await;
        for path in [
            "/.well-known/openid-configuration",
            "/.well-known/jwks.json",
            "/userinfo",
            "/u/assets/unknown",
        ] {
            pages.push((path, agent.get(path).await));
        }
        for response_mode in ["fragment", "form_post", "web_message"] {
            let asked = silent("token").with("response_mode", response_mode);
            pages.push((response_mode, agent.authorize(&asked).await));
        }
        for (name, page) in pages {
            let header = page.header("strict-transport-security");
            let mut directives = header.split(';').map(str::trim);
            let max_age = directives.find_map(|it| it.strip_prefix("max-age="));
            let seconds: u64 = max_age.unwrap_or_default().parse().unwrap_or(0);
            assert!(seconds >= 31_536_000, "{name}: {page:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn sec_070_plain_http_starts_nothing() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for asked in [silent("token"), request("token").with("prompt", "login")] {
            for scheme in ["http", "HTTP", "https, http"] {
                let sent = agent.request(Method::GET, "/authorize");
                let sent = sent.query(asked.parameters());
                assert_page(&agent.send(sent.header("x-forwarded-proto", scheme)).await);
            }
            let answer = in_clear(deployment, asked.parameters()).await;
            assert!(!answer.contains("HTTP/1.1 200"), "{answer}");
            for started in ["location:", "set-cookie:", "access_token"] {
                let answer = answer.to_ascii_lowercase();
                assert!(!answer.contains(started), "{answer}");
            }
        }
    })
    .await;
}

/// Sends plain HTTP to the TLS port, and returns the response.
async fn in_clear(deployment: &Deployment, parameters: &[(String, String)]) -> String {
    let listen = match deployment {
        Deployment::Embedded(server) => server.listen(),
        Deployment::Compose(stack) => stack.frontend(Replica::First),
        Deployment::Separate(_) => panic!("the tests of pages have no such deployment"),
    };
    let mut url = deployment.issuer().join("/authorize").unwrap();
    url.query_pairs_mut().extend_pairs(parameters);
    let target = format!("{}?{}", url.path(), url.query().unwrap());
    let host = "auth.example.test";
    let text = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let mut stream = TcpStream::connect(listen).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // The server may close the connection without a response.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}
