//! Reasons for refusing a token: no session, a page is needed, or no permission.

use doorward_e2e::{Agent, Request};

use super::super::assertions::{assert_granted_at, assert_refused, assert_session_good};
use super::super::fixture::{
    ACME, API_WITH_GRANTS, BETA, at_second, member_of_acme, of_client, on_replicas, signed_in,
    signed_in_as, silent,
};

#[tokio::test]
async fn sec_089_nobody_is_signed_in() {
    on_replicas(async |deployment| {
        let agent = Agent::new(deployment);
        for browser in [&agent, &at_second(deployment, &agent)] {
            for response_type in ["token", "id_token", "id_token token"] {
                for (name, value) in [
                    ("state", "any"),
                    ("login_hint", "alice@example.test"),
                    ("screen_hint", "signup"),
                    ("max_age", "0"),
                ] {
                    let asked = silent(response_type).with(name, value);
                    let page = browser.authorize(&asked).await;
                    assert_refused(&page, &asked, "login_required");
                    assert_eq!(page.body, "", "{page:?}");
                }
            }
            let asked = silent("token").with("response_mode", "web_message");
            let page = browser.authorize(&asked).await;
            assert!(page.body.contains("\"login_required\""), "{page:?}");
            assert!(!page.body.contains("<form"), "{page:?}");
        }
        assert!(agent.cookies().is_empty(), "no sign-in was begun");
    })
    .await;
}

/// Consent and confirmation are the only steps; there is no second factor yet.
#[tokio::test]
async fn sec_090_the_user_would_have_to_be_asked() {
    on_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        let second = at_second(deployment, &agent);
        let partner = of_client("partner1", "https://partner.example.test/cb", "token")
            .with("audience", API_WITH_GRANTS)
            .with("scope", "openid read:first");
        let native = of_client("nat2", "com.example.app:/cb", "token");
        for (asked, error) in [
            (&partner, "consent_required"),
            (&native, "interaction_required"),
        ] {
            let quiet = asked.clone().with("prompt", "none");
            for browser in [&agent, &second] {
                assert_refused(&browser.authorize(&quiet).await, &quiet, error);
            }
            // The refusal stored no consent: the page still asks.
            let page = second.open(asked).await;
            assert_eq!(page.status, 200, "{page:?}");
        }
        let page = agent.open(&partner).await;
        let agreed = agent.submit_and_follow(&page.form()).await;
        assert_granted_at(&agreed, "https://partner.example.test/cb");
        let quiet = partner.with("prompt", "none");
        let page = second.authorize(&quiet).await;
        assert_granted_at(&page, "https://partner.example.test/cb");
    })
    .await;
}

#[tokio::test]
async fn sec_091_another_organization() {
    on_replicas(async |deployment| {
        let alice = member_of_acme(deployment);
        let agent = signed_in_as(deployment, &alice).await;
        let of = |organization: &str, name: &str| {
            let callback = format!("https://{name}.tenant.example.test/cb");
            of_client("spa3", &callback, "token").with("organization", organization)
        };
        for browser in [&agent, &at_second(deployment, &agent)] {
            let own = of(ACME, "acme").with("prompt", "none");
            let page = browser.authorize(&own).await;
            assert_granted_at(&page, "https://acme.tenant.example.test/cb");
            // Sent twice: a refusal does not make the user a member.
            for other in [of(BETA, "beta").with("prompt", "none"), of(BETA, "beta")] {
                for _ in 0..2 {
                    assert_refused(&browser.authorize(&other).await, &other, "access_denied");
                }
            }
        }
    })
    .await;
}

/// Organizations have no connections of their own yet; applications have.
#[tokio::test]
async fn sec_092_a_connection_that_is_not_enabled() {
    on_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        let staff = of_client("staff1", "https://staff.example.test/cb", "token");
        let quiet = staff.clone().with("prompt", "none");
        for browser in [&agent, &at_second(deployment, &agent)] {
            assert_refused(&browser.authorize(&quiet).await, &quiet, "login_required");
            let page = browser.open(&staff).await;
            assert_eq!(page.url.path(), "/u/login/identifier", "{page:?}");
            assert_session_good(browser).await;
        }
    })
    .await;
}

/// Invitations do not exist yet, so no ticket could be lost.
#[tokio::test]
async fn sec_099_an_invitation() {
    on_replicas(async |deployment| {
        let alice = member_of_acme(deployment);
        let agent = signed_in_as(deployment, &alice).await;
        let asked: Request = of_client("spa3", "https://acme.tenant.example.test/cb", "token")
            .with("organization", ACME)
            .with("invitation", "ticket")
            .with("prompt", "none");
        for browser in [
            &agent,
            &at_second(deployment, &agent),
            &Agent::new(deployment),
        ] {
            let page = browser.authorize(&asked).await;
            assert_refused(&page, &asked, "interaction_required");
        }
    })
    .await;
}
