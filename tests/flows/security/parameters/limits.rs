//! Limits of size, and encodings.

use std::fs;

use doorward_e2e::{Agent, Deployment};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use url::form_urlencoded;

use super::super::assertions::{assert_granted_at, assert_page, assert_session_good};
use super::super::fixture::{CALLBACK, on_server, post, request, signed_in, silent};

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn sec_047_state_comes_back_bit_for_bit() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let piece = "+ % & = # \" ' ` < > \\ é 🚪 %2B %00 ";
        let state = piece.repeat(6000 / piece.len() + 1);
        let state = &state[..state.floor_char_boundary(6000)];
        assert!(state.len() > 5990);
        let asked = silent("token").with("state", state);
        let answer = assert_granted_at(&post(&agent, &asked).await, CALLBACK);
        assert_eq!(answer.get("state"), state);
        let form = asked.clone().with("response_mode", "form_post");
        assert_eq!(post(&agent, &form).await.form().value("state"), state);

        let plain = "s".repeat(6000 - piece.len()) + piece;
        let asked = silent("token").with("state", &plain);
        let answer = assert_granted_at(&agent.authorize(&asked).await, CALLBACK);
        assert_eq!(answer.get("state"), plain);
    })
    .await;
}

#[tokio::test]
async fn sec_048_too_much() {
    on_server(async |deployment| {
        let agent = Agent::new(deployment);
        let page = agent
            .get(&format!("/authorize?state={}", "x".repeat(8 * 1024)))
            .await;
        assert_page(&page);
        assert_eq!(page.status, 414, "{page:?}");

        // Without its size, each refused request would yield a token at once.
        let signed_in = signed_in(deployment).await;
        let good = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(silent("token").parameters())
            .finish();
        let before = resident_kib(deployment);
        for (pair, times, status) in [
            ("state=a&", 100_000, 413),
            ("a=&", 100_000, 413),
            ("&", 100_000, 413),
            ("x&", 100_000, 413),
            // Within the limit of bodies. Only this parameter may be repeated.
            ("resource=r&", 100, 400),
            ("unknown=u&", 2000, 400),
        ] {
            for _ in 0..10 {
                let sent = signed_in.request(Method::POST, "/authorize");
                let body = pair.repeat(times) + &good;
                let page = signed_in.send(sent.header(CONTENT_TYPE, FORM).body(body));
                let page = page.await;
                assert_page(&page);
                assert_eq!(page.status, status, "{pair}: {page:?}");
            }
        }
        let grown = resident_kib(deployment).saturating_sub(before);
        assert!(grown < 64 * 1024, "{grown} KiB more");

        let hinted = request("token").with("login_hint", &"h".repeat(5000));
        let page = agent.open(&hinted).await;
        assert_eq!(page.status, 200, "{page:?}");
        let shown = page.form().value("username").chars().count();
        assert!(shown <= 255, "{shown}");
    })
    .await;
}

/// The resident memory of the server, which is found by the data folder in its command line.
fn resident_kib(deployment: &Deployment) -> u64 {
    let Deployment::Embedded(server) = deployment else {
        panic!("one process is expected");
    };
    let data = server.data();
    let processes = fs::read_dir("/proc").unwrap().map(|it| it.unwrap().path());
    let is_server = |process: &std::path::PathBuf| {
        let line = fs::read_to_string(process.join("cmdline")).unwrap_or_default();
        let program = line.split('\0').next().unwrap_or_default();
        program.ends_with("/doorward") && line.contains(&data)
    };
    let server = processes.into_iter().find(is_server).unwrap();
    let status = fs::read_to_string(server.join("status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse().unwrap()
}

#[tokio::test]
async fn sec_049_other_methods() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let before = agent.cookies();
        for method in ["HEAD", "PUT", "DELETE", "TRACE", "PATCH", "CONNECTED"] {
            for request in [silent("token"), request("token").with("prompt", "login")] {
                let method = Method::from_bytes(method.as_bytes()).unwrap();
                let sent = agent.request(method, "/authorize");
                let page = agent.send(sent.query(request.parameters())).await;
                assert_eq!(page.status, 405, "{page:?}");
                assert_eq!(page.location(), None, "no transaction: {page:?}");
                assert_eq!(page.header("set-cookie"), "", "{page:?}");
                assert_eq!(page.header("allow"), "GET, POST", "{page:?}");
            }
        }
        assert_eq!(agent.cookies(), before);
        assert_session_good(&agent).await;
    })
    .await;
}

#[tokio::test]
async fn sec_050_forms_only() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let asked = silent("token");
        let json = serde_json::to_string(&asked.parameters()).unwrap();
        let sent = agent
            .request(Method::POST, "/authorize")
            .form(asked.parameters());
        let form = sent.build().unwrap();
        let form = form.body().unwrap().as_bytes().unwrap().to_vec();
        for (content_type, body) in [
            (Some("application/json"), json.into_bytes()),
            (
                Some("application/xml"),
                b"<client_id>spa1</client_id>".to_vec(),
            ),
            (Some("text/xml"), form.clone()),
            (Some("multipart/form-data; boundary=x"), form.clone()),
            (Some("text/plain"), form.clone()),
            (None, form),
        ] {
            let sent = agent.request(Method::POST, "/authorize").body(body);
            let sent = match content_type {
                Some(content_type) => sent.header(CONTENT_TYPE, content_type),
                None => sent,
            };
            let page = agent.send(sent).await;
            assert_page(&page);
            assert_eq!(page.status, 415, "{page:?}");
        }
    })
    .await;
}
