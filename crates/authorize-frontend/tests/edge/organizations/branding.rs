//! The look of an organization on the pages of a sign-in to it.

use doorward_proto::organization::v1::{Branding, OrganizationPatch};

use super::{BETA, add, beta, in_organization};
use crate::tenant::ALICE;
use crate::{Answer, TestApp, authorize};

fn branded() -> OrganizationPatch {
    OrganizationPatch {
        branding: Some(Branding {
            logo_url: Some("https://cdn.beta.test/logo.svg".to_owned()),
            primary_color: Some("#aa0044".to_owned()),
            page_background_color: Some("#ffeedd".to_owned()),
        }),
        ..beta()
    }
}

fn policy(page: &Answer) -> &str {
    page.headers["content-security-policy"].to_str().unwrap()
}

#[tokio::test]
async fn pages_have_the_name_the_logo_and_the_colors() {
    let app = TestApp::start().await;
    add(&app, &[branded()]).await;
    let mut alice = app.browser();
    let page = alice.open(&in_organization(BETA)).await;
    let password = alice.password_page(&in_organization(BETA), ALICE).await;
    for page in [page, password] {
        page.assert_page(200, "<span>Beta Company</span>");
        for part in [
            "<title>",
            "· Beta Company</title>",
            "src=\"https://cdn.beta.test/logo.svg\"",
            "href=\"/u/assets/colors/aa0044-ffeedd.css?v=",
        ] {
            assert!(page.body.contains(part), "{part}");
        }
        assert!(policy(&page).contains("img-src 'self' https://cdn.beta.test;"));
        assert!(policy(&page).contains("style-src 'self';"));
    }
    let page = alice.open(&authorize(&[])).await;
    page.assert_page(200, "<span>Example</span>");
    assert!(!page.body.contains("/u/assets/colors/"));
}

#[tokio::test]
async fn an_organization_without_a_logo_has_its_first_letter() {
    let app = TestApp::start().await;
    add(&app, &[beta()]).await;
    let mark = "<img class=\"mark\"";
    let initial = "<span class=\"initial\" aria-hidden=\"true\">B</span>";
    let page = app.browser().open(&in_organization(BETA)).await;
    page.assert_page(200, initial);
    assert!(!page.body.contains(mark), "{page:?}");
    let page = app.browser().open(&authorize(&[])).await;
    page.assert_page(200, mark);
}

#[tokio::test]
async fn the_colors_are_a_stylesheet_of_ours() {
    let app = TestApp::start().await;
    let answer = app
        .browser()
        .get("/u/assets/colors/aa0044-ffeedd.css?v=1")
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "text/css; charset=utf-8");
    assert!(
        answer.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    assert!(
        answer.body.contains("--button: #aa0044;"),
        "{}",
        answer.body
    );
    assert!(
        answer.body.contains("--ground: #ffeedd;"),
        "{}",
        answer.body
    );
    assert!(
        answer.body.contains("@media (max-width: 30rem)"),
        "{}",
        answer.body
    );
    for name in ["x.css", "aa0044-%7D*%7B.css", "aa0044.css", "aa0044-ffeedd"] {
        let answer = app.browser().get(&format!("/u/assets/colors/{name}")).await;
        assert_eq!(answer.status, 404, "{name}");
    }
}
