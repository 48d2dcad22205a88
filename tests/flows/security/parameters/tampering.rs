//! The server stores a validated request, and the browser cannot change it.

use doorward_e2e::{Agent, Form, Page, claims};
use reqwest::Method;

use super::super::assertions::assert_refused;
use super::super::fixture::{ACME, API, API_TWO, CALLBACK, of_client, on_server, request};

const CODE_CALLBACK: &str = "https://code.example.test/cb";

/// The form of a page with added or changed fields.
fn altered(page: &Page, altered: &[(&str, &str)]) -> Form {
    let mut form = page.form();
    for (name, value) in altered {
        form.fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    form.action.query_pairs_mut().extend_pairs(altered);
    form
}

#[tokio::test]
async fn sec_037_no_sign_in_of_another_client_leads_to_a_token() {
    on_server(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let all_of_code1 = [
            ("client_id", "code1"),
            ("redirect_uri", CODE_CALLBACK),
            ("response_type", "token"),
            ("response_mode", "fragment"),
        ];
        let page = agent.open(&request("token")).await;
        let form = altered(&page, &all_of_code1).with("username", &user.email);
        let page = agent.submit_and_follow(&form).await;
        let form = altered(&page, &all_of_code1).with("password", &user.password);
        let page = agent.submit(&form).await;

        let mut resume = page.location().unwrap();
        resume.query_pairs_mut().extend_pairs(all_of_code1);
        let answer = agent.get(resume.as_str()).await.callback();
        assert_eq!(answer.redirect_uri, CALLBACK, "{answer:?}");

        let refused = of_client("code1", CODE_CALLBACK, "token");
        for request in [refused.clone().with("prompt", "none"), refused] {
            let page = agent.authorize(&request).await;
            assert_refused(&page, &request, "unauthorized_client");
        }
    })
    .await;
}

#[tokio::test]
async fn sec_052_forms_cannot_change_the_request() {
    on_server(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let changes = [
            ("client_id", "partner1"),
            ("redirect_uri", "https://evil.test/"),
            ("scope", "openid write:things"),
            ("audience", API_TWO),
            ("organization", ACME),
        ];
        let asked = request("id_token token").with("audience", API);
        let page = agent.open(&asked).await;
        let form = altered(&page, &changes).with("username", &user.email);
        let page = agent.submit_and_follow(&form).await;
        let form = altered(&page, &changes).with("password", &user.password);
        let page = agent.submit(&form).await;
        assert_eq!(page.status, 303, "{page:?}");
        let mut resume = page.location().unwrap();
        resume.query_pairs_mut().extend_pairs(changes);
        let answer = agent
            .send(agent.request(Method::GET, resume.as_str()))
            .await;
        let answer = answer.callback();

        assert_eq!(answer.redirect_uri, CALLBACK);
        assert_eq!(answer.get("scope"), "openid profile email");
        let (id_token, access_token) = (
            claims(answer.get("id_token")),
            claims(answer.get("access_token")),
        );
        assert_eq!(id_token["aud"], "spa1");
        assert_eq!(access_token["aud"][0], API);
        assert_eq!(access_token["azp"], "spa1");
        for token in [id_token, access_token] {
            assert_eq!(token.get("org_id"), None, "{token}");
        }
    })
    .await;
}
