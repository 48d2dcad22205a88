//! Markup and messages in input.

use doorward_e2e::{Agent, Invitation, Page, Request, User};

use super::super::assertions::assert_page_for;
use super::super::fixture::{
    ACME, all_pages, form_pages, of_client, of_team, on_server, request, silent,
};

const SCRIPT: &str = "\"><script>alert(1)</script>";
const IMAGE: &str = "<img src=x onerror=alert(1)>";

#[track_caller]
fn assert_text(page: &Page) {
    for markup in ["<script>alert", "<img src=x"] {
        assert!(!page.body.contains(markup), "{markup}: {page:?}");
    }
}

#[tokio::test]
async fn sec_053_a_state_that_is_markup() {
    on_server(async |deployment| {
        let agent = Agent::new(deployment);
        let hostile = || request("token").with("state", SCRIPT);
        for request in [
            hostile().with("client_id", SCRIPT),
            hostile().with("redirect_uri", SCRIPT),
            hostile().with("redirect_uri", &format!("https://evil.test/{SCRIPT}")),
            hostile().with("client_id", "unknown"),
            hostile().and("client_id", SCRIPT),
        ] {
            let page = agent.authorize(&request).await;
            assert_page_for(&page, &request);
            assert_text(&page);
        }
        let lost = agent.get("/u/login/identifier?state=%22%3E%3Cscript%3Ealert(1)%3C/script%3E");
        assert_text(&lost.await);
        assert_text(&agent.open(&hostile()).await);
    })
    .await;
}

#[tokio::test]
async fn sec_054_messages_from_outside() {
    on_server(async |deployment| {
        let sent = "error=SENT&error_description=SENT&message=SENT&state2=SENT";
        let agent = Agent::new(deployment);
        for path in [
            "/authorize",
            "/login",
            "/u/login/identifier",
            "/v2/logout",
            "/nothing",
        ] {
            let page = agent.get(&format!("{path}?{sent}")).await;
            assert!(!page.body.contains("SENT"), "{page:?}");
        }
        for (agent, page) in form_pages(deployment).await {
            let page = agent.get(&format!("{}&{sent}", page.url)).await;
            assert_eq!(page.status, 200, "{page:?}");
            assert!(!page.body.contains("SENT"), "{page:?}");
        }
        let with_messages = ["error", "error_description", "message"]
            .iter()
            .fold(request("token"), |request, name| request.with(name, "SENT"));
        let page = agent.open(&with_messages).await;
        assert!(!page.body.contains("SENT"), "{page:?}");
    })
    .await;
}

/// A client name with `<` or `>` cannot be registered; all other names are shown as text. The consent page has its own
/// test; mails and inviters do not exist yet.
#[tokio::test]
async fn sec_060_names_that_are_markup() {
    on_server(async |deployment| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tenant.yaml");
        std::fs::write(&file, format!("clients: [{{ name: \"{IMAGE}\" }}]")).unwrap();
        let arguments = ["import", file.to_str().unwrap(), "--dry-run", "--strict"];
        deployment.command(&arguments, "").assert_failed("name");

        // The tenant's name is the markup of an image.
        for (name, page) in all_pages(deployment).await {
            assert_text(&page);
            assert!(page.body.contains("onerror"), "{name}: {page:?}");
        }
        let of_partner = of_client("partner1", "https://partner.example.test/cb", "token");
        let agent = Agent::new(deployment);
        let identifier = agent.open(&of_partner).await;
        assert_shows_partner(&identifier);

        let form = identifier.form().with("username", IMAGE);
        let password = agent.submit_and_follow(&form).await;
        assert_shows_partner(&password);
        assert!(password.body.contains("onerror"), "{password:?}");
        let wrong = password.form().with("password", IMAGE);
        assert_text(&agent.submit(&wrong).await);

        let user = User {
            email: IMAGE.to_owned(),
            ..User::stranger()
        };
        let signup = agent.open(&of_partner.with("screen_hint", "signup")).await;
        assert_shows_partner(&signup);
        let form = signup.form().with("email", &user.email);
        let again = agent.submit(&form.with("password", &user.password)).await;
        assert_eq!(again.status, 400, "{again:?}");
        assert_text(&again);
    })
    .await;
}

#[tokio::test]
async fn sec_060_an_inviter_whose_name_is_markup() {
    on_server(async |deployment| {
        let email = User::stranger().email;
        let command = ["invitation", "create", ACME, &email, "--client", "team1"];
        let more = ["--inviter", IMAGE, "--no-mail", "--json"];
        let made = deployment.command(&[&command[..], &more].concat(), "");
        made.assert_success();
        let invitation = Invitation { json: made.json() };
        let agent = Agent::new(deployment);
        let page = agent.open(&invitation.request(&of_team("token"))).await;
        assert_eq!(page.url.path(), "/u/invitation", "{page:?}");
        assert_text(&page);
        let next = agent.submit_and_follow(&page.form()).await;
        assert_text(&next);
    })
    .await;
}

#[track_caller]
fn assert_shows_partner(page: &Page) {
    assert_text(page);
    let shown = ["Fish &amp; ", "Fish &#38; "];
    assert!(shown.iter().any(|it| page.body.contains(it)), "{page:?}");
    assert!(!page.body.contains("\"Chips\""), "{page:?}");
}

/// Silent requests in every response mode, with markup in all values that come back.
#[tokio::test]
async fn sec_053_a_state_that_is_markup_in_an_answer() {
    on_server(async |deployment| {
        for response_mode in ["fragment", "form_post", "web_message"] {
            let asked: Request = silent("token")
                .with("state", SCRIPT)
                .with("response_mode", response_mode);
            let page = Agent::new(deployment).authorize(&asked).await;
            assert_text(&page);
        }
    })
    .await;
}
