//! The callers of a logout, and the cases in which the user is asked first.

use doorward_e2e::claims;
use reqwest::Method;

use super::super::assertions::{
    assert_page, assert_session_dead, assert_session_good, assert_thrown_away,
};
use super::super::fixture::{FOREIGN, SPECULATIVE, copy, on_server_and_replicas, signed_in};
use super::{BYE, assert_asked, id_token, oidc};

#[tokio::test]
async fn sec_207_asked_first() {
    on_server_and_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        let of_other = id_token(&signed_in(deployment).await).await;
        let sid = claims(&of_other)["sid"].as_str().unwrap().to_owned();
        for params in [
            vec![],
            vec![("client_id", "spa1"), ("post_logout_redirect_uri", BYE)],
            vec![("id_token_hint", of_other.as_str())],
            vec![("logout_hint", sid.as_str())],
        ] {
            let form = assert_asked(&agent.get(&oidc(&params)).await);
            for forged in [
                form.clone().with("_csrf", ""),
                form.clone().with("_csrf", "forged"),
                form.clone().with("state", "client_id=one1"),
            ] {
                let refused = agent.submit(&forged).await;
                assert_eq!(refused.status, 403, "{refused:?}");
                assert_eq!(refused.location(), None, "{refused:?}");
            }
            let no = agent.submit(&form.with("action", "deny")).await;
            assert_eq!((no.status.as_u16(), no.location()), (200, None));
            assert_session_good(&agent).await;
        }
        let form = assert_asked(&agent.get(&oidc(&[("client_id", "spa1")])).await);
        let thief = copy(deployment, &agent);
        let yes = agent.submit(&form.with("action", "accept")).await;
        assert_eq!(yes.header("location"), BYE);
        assert_session_dead(&thief).await;
    })
    .await;
}

#[tokio::test]
async fn sec_208_not_by_a_foreign_page() {
    on_server_and_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        let hint = id_token(&agent).await;
        let proved = oidc(&[("id_token_hint", &hint)]);
        for destination in ["image", "script", "iframe", "frame", "empty", "style"] {
            for (method, path) in [
                (Method::GET, "/v2/logout"),
                (Method::GET, proved.as_str()),
                (Method::POST, "/oidc/logout"),
                (Method::POST, "/u/logout"),
            ] {
                let sent = agent.request(method.clone(), path);
                let sent = match method {
                    Method::POST => sent.form(&[("id_token_hint", &hint)]),
                    _ => sent,
                };
                let page = agent.send(sent.header("sec-fetch-dest", destination)).await;
                assert_page(&page);
            }
        }
        assert_session_good(&agent).await;
    })
    .await;
}

#[tokio::test]
async fn sec_208_not_ahead_of_time() {
    on_server_and_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        let hint = id_token(&agent).await;
        let proved = oidc(&[("id_token_hint", &hint)]);
        for (name, value) in SPECULATIVE {
            for path in ["/v2/logout", "/v2/logout?client_id=spa1", &proved] {
                let sent = agent.request(Method::GET, path).header(name, value);
                let sent = sent.header("sec-fetch-dest", "document");
                assert_thrown_away(&agent.send(sent).await);
            }
        }
        assert_session_good(&agent).await;
        let thief = copy(deployment, &agent);
        // The same URL works if the user opens it.
        let page = agent.get(&proved).await;
        assert_eq!(page.status, 200, "{page:?}");
        assert_session_dead(&thief).await;
    })
    .await;
}

#[tokio::test]
async fn sec_207_not_by_a_form_of_another_origin() {
    on_server_and_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        let form = assert_asked(&agent.get(&oidc(&[("client_id", "spa1")])).await);
        for (name, value) in FOREIGN {
            let refused = agent.submit_with(&form, &[(name, value)]).await;
            assert_eq!(refused.status, 403, "{refused:?}");
            assert_eq!(refused.location(), None, "{refused:?}");
        }
        assert_session_good(&agent).await;
    })
    .await;
}
