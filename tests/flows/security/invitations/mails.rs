//! SEC-129, SEC-130, SEC-136, SEC-137: the mail and its link. No browser has a part in a mail, so a poisoned header is
//! sent to the pages that come before and after it.

use doorward_e2e::{Agent, User};
use reqwest::Method;

use super::super::fixture::{ACME, on_replicas};
use super::{invite, open};

#[tokio::test]
async fn sec_129_the_link_leads_to_the_registered_login_page() {
    on_replicas(async |deployment| {
        let invitation = invite(deployment, &User::stranger().email);
        let url = invitation.url();
        let registered = "https://team.example.test/login?kept=1&invitation=";
        assert!(url.as_str().starts_with(registered), "{url}");
        for option in [
            "--login-uri",
            "--redirect-uri",
            "--url",
            "--initiate-login-uri",
        ] {
            let email = User::stranger().email;
            let command = ["invitation", "create", ACME, &email, "--client", "team1"];
            let more = ["--inviter", "Ann", option, "https://evil.test/"];
            let refused = deployment.command(&[&command[..], &more].concat(), "");
            assert!(!refused.success, "{refused:?}");
        }
        // An application without a login page, in a tenant without one.
        let email = User::stranger().email;
        let command = ["invitation", "create", ACME, &email, "--client", "spa3"];
        let refused = deployment.command(&[&command[..], &["--inviter", "Ann"]].concat(), "");
        assert!(!refused.success, "{refused:?}");
        assert!(
            refused.stderr.contains("A default login route is required"),
            "{refused:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn sec_130_headers_do_not_change_links() {
    const POISON: [(&str, &str); 4] = [
        ("x-forwarded-host", "evil.test"),
        ("forwarded", "host=evil.test;proto=http"),
        ("x-forwarded-proto", "https"),
        ("x-original-host", "evil.test"),
    ];
    on_replicas(async |deployment| {
        let agent = Agent::new(deployment);
        let invitation = invite(deployment, &User::stranger().email);
        let before = invitation.url();
        let query = before.query().unwrap().to_owned();
        for (name, value) in POISON {
            let path = format!("/u/invitation/start?{query}");
            let sent = agent.request(Method::GET, &path).header(name, value);
            let page = agent.send(sent).await;
            assert!(!page.header("location").contains("evil.test"), "{page:?}");
            assert!(!page.body.contains("evil.test"), "{page:?}");
        }
        let page = open(&agent, &invitation).await;
        assert!(!page.body.contains("evil.test"), "{page:?}");
        let shown = deployment.invitation(ACME, invitation.id());
        assert_eq!(shown["invitation_url"], before.as_str());
    })
    .await;
}

#[tokio::test]
async fn sec_136_line_ends_are_refused() {
    on_replicas(async |deployment| {
        let good = User::stranger().email;
        let inject = |text: &str| format!("{text}\r\nBcc: evil@evil.test");
        for (email, inviter) in [
            (inject(&good), "Ann".to_owned()),
            (format!("{good}\nBcc: evil@evil.test"), "Ann".to_owned()),
            (format!("{good},evil@evil.test"), "Ann".to_owned()),
            (good.clone(), inject("Ann")),
            (good.clone(), "Ann\nBcc: evil@evil.test".to_owned()),
        ] {
            let command = ["invitation", "create", ACME, &email, "--client", "team1"];
            let more = ["--inviter", &*inviter];
            let refused = deployment.command(&[&command[..], &more].concat(), "");
            assert!(!refused.success, "{refused:?}");
        }
        let listed = deployment.command(&["invitation", "list", ACME, "--json"], "");
        assert!(!listed.stdout.contains("evil@evil.test"), "{listed:?}");
    })
    .await;
}

#[tokio::test]
async fn sec_137_an_address_is_not_flooded() {
    const MANY: usize = 200;
    on_replicas(async |deployment| {
        let email = User::stranger().email;
        let command = ["invitation", "create", ACME, &email, "--client", "team1"];
        let command = [&command[..], &["--inviter", "Ann"]].concat();
        let mut sent = 0;
        let refused = loop {
            let outcome = deployment.command(&command, "");
            if !outcome.success {
                break outcome;
            }
            sent += 1;
            assert!(sent < MANY, "no limit");
        };
        assert!(sent > 0, "{refused:?}");
        // Others are still invited.
        invite(deployment, &User::stranger().email);
    })
    .await;
}
