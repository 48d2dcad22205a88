//! Headers about framing, caching and `Referer`.

use doorward_e2e::{Agent, Page};
use html5gum::{Token, Tokenizer};
use reqwest::Method;

use super::super::assertions::assert_granted_at;
use super::super::fixture::{
    CALLBACK, ORIGIN, all_pages, form_pages, on_server, request, signed_in, signed_in_as, silent,
};
use super::super::output::directives;

#[tokio::test]
async fn sec_063_no_page_in_a_frame() {
    on_server(async |deployment| {
        for (name, page) in all_pages(deployment).await {
            assert_eq!(page.header("x-frame-options"), "DENY", "{name}: {page:?}");
            let ancestors = &directives(&page)["frame-ancestors"];
            assert_eq!(ancestors, "'none'", "{name}: {page:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn sec_064_a_message_in_the_frame_of_its_application() {
    on_server(async |deployment| {
        for agent in [Agent::new(deployment), signed_in(deployment).await] {
            let asked = silent("token").with("response_mode", "web_message");
            let page = agent.authorize(&asked).await;
            assert_eq!(page.status, 200, "{page:?}");
            assert_eq!(directives(&page)["frame-ancestors"], ORIGIN);
            assert_eq!(page.header("x-frame-options"), "", "{page:?}");
        }
    })
    .await;
}

#[track_caller]
fn assert_not_kept(page: &Page) {
    let cache_control = page.header("cache-control");
    let mut directives = cache_control.split(',').map(str::trim);
    assert!(directives.any(|it| it == "no-store"), "{page:?}");
    assert!(!cache_control.contains("public"), "{page:?}");
}

#[tokio::test]
async fn sec_065_nothing_private_is_kept_by_a_cache() {
    on_server(async |deployment| {
        let (alice, bob) = (deployment.add_user(), deployment.add_user());
        let browsers = [
            signed_in_as(deployment, &alice).await,
            signed_in_as(deployment, &bob).await,
        ];
        for response_mode in ["fragment", "form_post", "web_message"] {
            let asked = silent("id_token token").with("response_mode", response_mode);
            let mut answers = Vec::new();
            for browser in &browsers {
                let page = browser.authorize(&asked).await;
                assert_not_kept(&page);
                answers.push(format!("{page:?}"));
            }
            assert_ne!(answers[0], answers[1], "each their own");
        }
        for (browser, user) in browsers.iter().zip([&alice, &bob]) {
            let page = browser.authorize(&silent("token")).await;
            let answer = assert_granted_at(&page, CALLBACK);
            let asked = browser.request(Method::GET, "/userinfo");
            let page = browser
                .send(asked.bearer_auth(answer.get("access_token")))
                .await;
            assert_not_kept(&page);
            assert_eq!(page.json()["email"], user.email, "each their own");
        }
    })
    .await;
}

#[tokio::test]
async fn sec_065_no_page_of_a_sign_in_is_kept_by_a_cache() {
    on_server(async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let begun = agent.authorize(&request("token")).await;
        assert_ne!(begun.header("set-cookie"), "", "{begun:?}");
        let identifier = agent.follow(begun).await;
        let form = identifier.form().with("username", &user.email);
        let to_password = agent.submit(&form).await;
        let password = agent.follow(to_password).await;
        let form = password.form().with("password", &user.password);
        let signed_in = agent.submit(&form).await;
        assert_ne!(signed_in.header("set-cookie"), "", "{signed_in:?}");
        for page in [&identifier, &password, &signed_in] {
            assert_not_kept(page);
        }
        assert_not_kept(
            &agent
                .authorize(&request("token").with("prompt", "login"))
                .await,
        );
        assert_not_kept(&agent.get("/v2/logout").await);
        for (_, page) in all_pages(deployment).await {
            assert_not_kept(&page);
        }
    })
    .await;
}

/// All URLs that a page loads by itself.
fn subresources(page: &Page) -> Vec<String> {
    let mut found = Vec::new();
    for token in Tokenizer::new(&page.body) {
        let Token::StartTag(tag) = token.unwrap() else {
            continue;
        };
        let names: &[&[u8]] = match tag.name.as_slice() {
            b"link" => &[b"href"],
            b"a" | b"form" => &[],
            _ => &[b"src", b"srcset", b"data", b"href", b"poster"],
        };
        for name in names {
            let value = tag.attributes.get(*name);
            found.extend(value.map(|value| String::from_utf8_lossy(value).into_owned()));
        }
    }
    found
}

#[tokio::test]
async fn sec_066_no_page_says_where_it_was() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let mut pages: Vec<_> = all_pages(deployment).await;
        for response_mode in ["fragment", "form_post", "web_message"] {
            let asked = silent("token").with("response_mode", response_mode);
            pages.push((response_mode, agent.authorize(&asked).await));
        }
        pages.push((
            "begun",
            Agent::new(deployment).authorize(&request("token")).await,
        ));
        for (name, page) in &pages {
            let policy = page.header("referrer-policy");
            assert_eq!(policy, "no-referrer", "{name}: {page:?}");
        }
        for (_, page) in form_pages(deployment).await {
            let loaded = subresources(&page);
            assert!(!loaded.is_empty(), "the style sheet at least: {page:?}");
            for address in loaded {
                let address = page.url.join(&address).unwrap();
                assert_eq!(address.origin(), deployment.issuer().origin(), "{page:?}");
                let state = page.form().value("state").to_owned();
                assert!(!address.as_str().contains(&state), "{address}");
            }
        }
    })
    .await;
}
