//! `response_type` and `response_mode`.

use super::super::assertions::{assert_granted_at, assert_page_for, assert_refused};
use super::super::fixture::{CALLBACK, of_client, on_server, post, signed_in, silent};

#[tokio::test]
async fn sec_034_order_has_no_meaning() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let mut all_names = Vec::new();
        for response_type in ["token id_token", "id_token token"] {
            let page = agent.authorize(&silent(response_type)).await;
            let answer = assert_granted_at(&page, CALLBACK);
            all_names.push(answer.names().join(" "));
        }
        let expected = "access_token expires_in id_token scope state token_type";
        assert_eq!(all_names, [expected, expected]);
    })
    .await;
}

#[tokio::test]
async fn sec_035_response_types_that_do_not_exist() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for response_type in [
            "token token",
            "id_token token id_token",
            "token foo",
            "TOKEN",
            "Id_Token",
            "token,id_token",
            "none",
            "",
        ] {
            let request = silent(response_type);
            for page in [
                agent.authorize(&request).await,
                post(&agent, &request).await,
            ] {
                let answer = page.callback();
                let error = answer.get("error");
                let expected = ["unsupported_response_type", "invalid_request"];
                assert!(expected.contains(&error), "{response_type:?} {answer:?}");
                assert_refused(&page, &request, error);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sec_036_without_the_implicit_grant() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for response_type in ["token", "id_token", "id_token token"] {
            for response_mode in ["fragment", "form_post"] {
                let request = of_client("code1", "https://code.example.test/cb", response_type)
                    .with("response_mode", response_mode)
                    .with("prompt", "none");
                let page = agent.authorize(&request).await;
                if response_mode == "fragment" {
                    assert_refused(&page, &request, "unauthorized_client");
                } else {
                    let form = page.form();
                    assert_eq!(form.value("error"), "unauthorized_client", "{form:?}");
                    assert_eq!(form.value("access_token"), "", "{form:?}");
                    assert_eq!(form.value("id_token"), "", "{form:?}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sec_038_no_token_in_a_query() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for response_type in ["token", "id_token", "id_token token"] {
            let request = silent(response_type).with("response_mode", "query");
            for page in [
                agent.authorize(&request).await,
                post(&agent, &request).await,
            ] {
                assert_refused(&page, &request, "invalid_request");
                let query = page.location().unwrap().query().map(str::to_owned);
                assert_eq!(query, None, "{page:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sec_039_response_modes() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        for response_mode in ["foo", "Fragment", "FORM_POST", "fragment query", "jwt"] {
            let request = silent("token").with("response_mode", response_mode);
            assert_refused(
                &agent.authorize(&request).await,
                &request,
                "invalid_request",
            );
        }
        for prompt in ["none", "login"] {
            let request = of_client("one1", "https://one.example.test/cb", "token")
                .with("response_mode", "web_message")
                .with("prompt", prompt);
            assert_page_for(&agent.authorize(&request).await, &request);
        }
    })
    .await;
}
