//! Answers as pages: `form_post` and `web_message`.

use doorward_e2e::Page;
use serde_json::Value;

use super::super::assertions::assert_granted_at;
use super::super::fixture::{ORIGIN, of_client, on_server, signed_in, silent};
use super::policy::directives;

const STATE: &str =
    "\"><svg onload=alert(1)>'&amp;</form></script><script>alert(1)</script>\u{2028}";
const MARKS: &str = "https://app.example.test/cb?a='1'&b=\"2\"&c=%22%3E";

#[tokio::test]
async fn sec_055_values_of_a_form() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let asked = silent("token")
            .with("response_mode", "form_post")
            .with("state", STATE);
        let page = agent.authorize(&asked).await;
        assert_no_markup(&page);
        let form = page.form();
        assert_eq!(form.value("state"), STATE, "it arrives intact");
        assert!(!form.value("access_token").is_empty(), "{page:?}");
        assert_eq!(page.body.matches("<form").count(), 1, "{page:?}");
    })
    .await;
}

#[track_caller]
fn assert_no_markup(page: &Page) {
    assert_eq!(page.status, 200, "{page:?}");
    for markup in ["<svg", "<script>", "</form></script>"] {
        assert!(!page.body.contains(markup), "{markup}: {page:?}");
    }
}

#[tokio::test]
async fn sec_056_the_address_of_a_form() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let asked = of_client("marks1", MARKS, "token").with("prompt", "none");
        assert_granted_at(&agent.authorize(&asked).await, MARKS);
        let asked = asked.with("response_mode", "form_post");
        let page = agent.authorize(&asked).await;
        let expected = url::Url::parse(MARKS).unwrap();
        assert_eq!(page.form().action, expected, "{page:?}");
        let begin = page.body.split_once("action=").unwrap().1;
        let quote = begin.chars().next().unwrap();
        let attribute = begin[1..].split(quote).next().unwrap();
        for raw in ["\"", "'", "&b=", "&c="] {
            assert!(!attribute.contains(raw), "{raw}: {attribute}");
        }
    })
    .await;
}

#[tokio::test]
async fn sec_057_what_a_form_may_do() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let asked = silent("token").with("response_mode", "form_post");
        let page = agent.authorize(&asked).await;
        assert!(page.header("cache-control").contains("no-store"));
        let policy = directives(&page);
        let form_action: Vec<_> = policy["form-action"].split(' ').collect();
        assert_eq!(form_action, [ORIGIN, "https:"], "{policy:?}");
        let nonce = policy["script-src"]
            .strip_prefix("'nonce-")
            .and_then(|nonce| nonce.strip_suffix('\''))
            .unwrap();
        assert!(nonce.len() >= 16, "{nonce}");
        assert_eq!(page.body.matches("<script").count(), 1);
        let script = format!("<script nonce=\"{nonce}\">");
        assert!(page.body.contains(&script), "{page:?}");
        let another = agent.authorize(&asked).await;
        let another = directives(&another)["script-src"].clone();
        assert_ne!(another, policy["script-src"], "a nonce is used once");
    })
    .await;
}

#[tokio::test]
async fn sec_058_values_of_a_message() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let asked = silent("token")
            .with("response_mode", "web_message")
            .with("state", STATE);
        let page = agent.authorize(&asked).await;
        assert_no_markup(&page);
        let script = page.body.split_once("<script").unwrap().1;
        let script = script.split_once('>').unwrap().1;
        let (script, rest) = script.split_once("</script>").unwrap();
        assert!(!script.contains('<'), "{script}");
        assert!(!rest.contains("script"), "{rest}");

        let message = message(script);
        assert_eq!(message["type"], "authorization_response");
        assert_eq!(message["response"]["state"], STATE, "it arrives intact");
        assert!(message["response"]["access_token"].is_string());
        assert!(script.contains(&format!("\"{ORIGIN}\"")), "{script}");
        assert!(!script.contains("\"*\""), "{script}");
    })
    .await;
}

/// The first JSON object in a script: the message of a `web_message` page.
pub(in crate::security) fn message(script: &str) -> Value {
    let starts = script.match_indices("{\"").map(|(start, _)| start);
    let mut objects = starts.filter_map(|start| {
        let mut values = serde_json::Deserializer::from_str(&script[start..]).into_iter();
        values.next()?.ok()
    });
    objects.next().unwrap()
}
