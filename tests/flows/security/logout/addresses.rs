//! Logouts redirect to registered URLs only.

use doorward_e2e::{Agent, Page};

use super::super::assertions::assert_session_dead;
use super::super::fixture::{copy, on_server_and_replicas, signed_in};
use super::{BYE, id_token, oidc, v2};

const OF_TENANT: &str = "https://example.test/signed-out";
const OF_OTHER: &str = "https://one.example.test/bye";

/// Checks for a page without a link to the refused URL. The cookie depends on the session, and is not checked.
#[track_caller]
fn assert_leads_nowhere(page: &Page) {
    page.assert_error_page(400);
    for attribute in ["href", "src", "action", "content"] {
        let link = format!("{attribute}=\"https://evil");
        assert!(!page.body.contains(&link), "{page:?}");
    }
    assert_eq!(page.header("refresh"), "", "{page:?}");
}

async fn assert_all_refused(agent: &Agent, client_id: Option<&str>, addresses: &[&str]) {
    let client: Vec<_> = client_id.map(|it| ("client_id", it)).into_iter().collect();
    for address in addresses {
        for target in [
            v2(&[&client[..], &[("returnTo", address)]].concat()),
            oidc(&[&client[..], &[("post_logout_redirect_uri", address)]].concat()),
        ] {
            assert_leads_nowhere(&agent.get(&target).await);
        }
    }
}

#[tokio::test]
async fn sec_204_not_registered() {
    on_server_and_replicas(async |deployment| {
        let stranger = Agent::new(deployment);
        let addresses = [
            "https://evil.test/bye",
            "https://app.example.test/bye/../x",
            "https://app.example.test/bye/",
            "http://app.example.test/bye",
            "https://app.example.test.evil.test/bye",
            "https://app.example.test@evil.test/bye",
        ];
        assert_all_refused(&stranger, Some("spa1"), &addresses).await;
        // The whole `post_logout_redirect_uri` is compared.
        for address in [format!("{BYE}?a=b"), format!("{BYE}#a")] {
            let params = [
                ("client_id", "spa1"),
                ("post_logout_redirect_uri", address.as_str()),
            ];
            assert_leads_nowhere(&stranger.get(&oidc(&params)).await);
        }
        let agent = signed_in(deployment).await;
        let (hint, wrong) = (id_token(&agent).await, "https://evil.test/bye");
        let params = [
            ("id_token_hint", hint.as_str()),
            ("post_logout_redirect_uri", wrong),
        ];
        let thief = copy(deployment, &agent);
        assert_leads_nowhere(&agent.get(&oidc(&params)).await);
        assert_session_dead(&thief).await;
    })
    .await;
}

#[tokio::test]
async fn sec_205_not_absolute_or_not_a_page() {
    on_server_and_replicas(async |deployment| {
        let addresses = [
            "//evil.test",
            "/\\evil.test",
            "https:evil.test",
            "https:/evil.test",
            "https:\\\\app.example.test/bye",
            "javascript:alert(1)",
            " https://app.example.test/bye",
        ];
        let stranger = Agent::new(deployment);
        for client_id in [Some("spa1"), None] {
            assert_all_refused(&stranger, client_id, &addresses).await;
        }
    })
    .await;
}

#[tokio::test]
async fn sec_206_of_another_application() {
    on_server_and_replicas(async |deployment| {
        let stranger = Agent::new(deployment);
        assert_all_refused(&stranger, Some("spa1"), &[OF_OTHER, OF_TENANT]).await;
        for nobody in [None, Some("unknown"), Some("SPA1"), Some("")] {
            assert_all_refused(&stranger, nobody, &[BYE, OF_OTHER]).await;
        }
        let twice = [
            ("client_id", "spa1"),
            ("client_id", "one1"),
            ("post_logout_redirect_uri", BYE),
        ];
        assert_leads_nowhere(&stranger.get(&oidc(&twice)).await);
        let hint = id_token(&signed_in(deployment).await).await;
        let hinted = |uri| [("id_token_hint", hint.as_str()), uri];
        let other = hinted(("post_logout_redirect_uri", OF_OTHER));
        assert_leads_nowhere(&stranger.get(&oidc(&other)).await);
        let contradiction = hinted(("client_id", "one1"));
        assert_leads_nowhere(&stranger.get(&oidc(&contradiction)).await);
    })
    .await;
}
