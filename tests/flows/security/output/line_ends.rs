//! Line ends that would begin a header or end the headers.

use doorward_e2e::{Agent, Page};
use reqwest::Method;
use reqwest::header::COOKIE;

use super::super::assertions::assert_refused;
use super::super::fixture::{
    BROWSER_COOKIE, SESSION_COOKIE, of_client, on_server, request, silent,
};

const SECOND_HEADER: [&str; 3] = [
    "a\r\nX-Injected: yes\r\n\r\n<script>",
    "a\rX-Injected: yes",
    "a\nSet-Cookie: injected=yes",
];

#[track_caller]
fn assert_no_second_header(page: &Page) {
    assert_eq!(page.header("x-injected"), "", "{page:?}");
    for cookie in page.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-doorward-"), "{page:?}");
    }
    for value in page.headers.values() {
        let raw = value.as_bytes();
        assert!(!raw.iter().any(|byte| b"\r\n".contains(byte)), "{page:?}");
    }
}

#[tokio::test]
async fn sec_059_line_ends_make_no_second_header() {
    on_server(async |deployment| {
        let agent = Agent::new(deployment);
        for text in SECOND_HEADER {
            let asked = silent("token").with("state", text);
            let page = agent.authorize(&asked).await;
            assert_no_second_header(&page);
            let answer = assert_refused(&page, &asked, "login_required");
            assert_eq!(answer.get("state"), text, "it comes back, encoded");

            let spa3 = of_client("spa3", "https://acme.tenant.example.test/cb", "token");
            let spa1 = request("token");
            for asked in [spa3, spa1] {
                let asked = asked.with("organization", text);
                assert_no_second_header(&agent.authorize(&asked).await);
            }
            let hinted = request("token").with("login_hint", text);
            let page = agent.authorize(&hinted).await;
            assert_no_second_header(&page);
            let page = agent.follow(page).await;
            assert_eq!(page.status, 200, "{page:?}");
            assert_no_second_header(&page);
        }
    })
    .await;
}

#[tokio::test]
async fn sec_059_line_ends_in_cookies() {
    on_server(async |deployment| {
        let agent = Agent::new(deployment);
        for value in [
            "a%0d%0aX-Injected:%20yes",
            "a\\r\\nX-Injected: yes",
            "\"a\tX-Injected: yes\"",
            "a%0aSet-Cookie:%20injected=yes",
        ] {
            for asked in [silent("token"), request("token")] {
                let sent = agent.request(Method::GET, "/authorize");
                let sent = sent.query(asked.parameters());
                let cookies = format!("{SESSION_COOKIE}={value}; {BROWSER_COOKIE}={value}");
                let page = Agent::new(deployment)
                    .send(sent.header(COOKIE, cookies))
                    .await;
                assert_eq!(page.status, 302, "{page:?}");
                assert_no_second_header(&page);
            }
        }
    })
    .await;
}
