//! The consent and confirmation pages. The rules of groups C and D apply to them, as to all pages of a sign-in.

use doorward_e2e::{Agent, Deployment, Page, Request};

use super::assertions::assert_page;
use super::fixture::{API_WITH_GRANTS, of_client, on_server, signed_in};
use super::output::directives;

/// A browser with a session, at the question. The confirmation page appears only if no other page was shown.
async fn asked(deployment: &Deployment, request: &Request) -> (Agent, Page) {
    let agent = signed_in(deployment).await;
    let page = agent.open(request).await;
    assert_eq!(page.status, 200, "a page is expected: {page:?}");
    (agent, page)
}

fn for_consent() -> Request {
    of_client("partner1", "https://partner.example.test/cb", "token")
}

fn for_confirmation() -> Request {
    of_client("nat2", "com.example.app:/cb", "token")
}

#[tokio::test]
async fn sec_060_the_name_of_who_asks() {
    on_server(async |deployment| {
        let request = for_consent()
            .with("audience", API_WITH_GRANTS)
            .with("scope", "openid read:first");
        let (_, page) = asked(deployment, &request).await;
        let described = page.body.contains("<li>Read &");
        assert!(described, "the scope's description, as text: {page:?}");
        let shown = ["Fish &amp; ", "Fish &#38; "];
        assert!(shown.iter().any(|it| page.body.contains(it)), "{page:?}");
        for markup in ["\"Chips\"", "<img src=x"] {
            assert!(!page.body.contains(markup), "{markup}: {page:?}");
        }
    })
    .await;
}

/// Submitting the form may redirect to the callback, so `form-action` allows its origin, or its scheme if it has no
/// origin.
#[tokio::test]
async fn sec_061_questions() {
    on_server(async |deployment| {
        for (request, callback) in [
            (for_consent(), "https://partner.example.test"),
            (for_confirmation(), "com.example.app:"),
        ] {
            let (_, page) = asked(deployment, &request).await;
            let policy = directives(&page);
            assert_eq!(policy["default-src"], "'none'", "{policy:?}");
            assert_eq!(policy["object-src"], "'none'", "{policy:?}");
            assert_eq!(policy["base-uri"], "'none'", "{policy:?}");
            let sources: Vec<_> = policy["form-action"].split(' ').collect();
            assert_eq!(sources, ["'self'", callback], "{policy:?}");
            for directive in policy.values() {
                assert!(!directive.contains("unsafe-"), "{policy:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sec_063_no_question_in_a_frame() {
    on_server(async |deployment| {
        for request in [for_consent(), for_confirmation()] {
            let (_, page) = asked(deployment, &request).await;
            assert_eq!(page.header("x-frame-options"), "DENY", "{page:?}");
            assert_eq!(directives(&page)["frame-ancestors"], "'none'");
        }
    })
    .await;
}

#[tokio::test]
async fn sec_066_no_question_says_where_it_was() {
    on_server(async |deployment| {
        for request in [for_consent(), for_confirmation()] {
            let (_, page) = asked(deployment, &request).await;
            assert_eq!(page.header("referrer-policy"), "no-referrer", "{page:?}");
            assert_eq!(page.header("cache-control"), "no-store", "{page:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn sec_072_questions_in_a_window_that_keeps_its_opener() {
    on_server(async |deployment| {
        for request in [for_consent(), for_confirmation()] {
            let (_, page) = asked(deployment, &request).await;
            let header = page.header("cross-origin-opener-policy");
            assert_eq!(header, "", "{page:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn sec_073_an_answer_needs_its_value() {
    on_server(async |deployment| {
        for request in [for_consent(), for_confirmation()] {
            let (agent, page) = asked(deployment, &request).await;
            let good = page.form();
            let mut without = good.clone();
            without.fields.retain(|(name, _)| name != "_csrf");
            for forged in [without, good.clone().with("_csrf", "forged")] {
                let refused = agent.submit(&forged).await;
                assert_page(&refused);
                assert_eq!(refused.status, 403, "{refused:?}");
            }
            let other = Agent::new(deployment);
            let refused = other.submit(&good).await;
            assert_page(&refused);
            assert_eq!(refused.status, 403, "{refused:?}");
        }
    })
    .await;
}
