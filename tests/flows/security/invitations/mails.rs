//! SEC-129, SEC-130, SEC-136, SEC-137: the mail and its link. No browser has a part in a mail, so a poisoned header is
//! sent to the pages that come before and after it.

use std::path::Path;

use doorward_e2e::{Agent, Deployment, Replica, Separate, User, on};
use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::organization::v1::invitation_service_client::InvitationServiceClient;
use doorward_proto::organization::v1::{CreateInvitationRequest, MailSettings};
use doorward_proto::reason_of;
use reqwest::Method;

use super::super::fixture::{ACME, TENANT, on_replicas};
use super::{invite, open};
use crate::invitations::mail_to;

/// Runs a test on its own processes, which write mails to a folder.
async fn on_mails(story: impl AsyncFnOnce(&Deployment, &Path)) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", folder.path().display());
    let builder = Separate::builder().tenant(TENANT).mail(&url);
    let deployment = Deployment::Separate(builder.start().await);
    on(&deployment, async |deployment| {
        story(deployment, folder.path()).await;
    })
    .await;
}

/// The hosts of all links in a mail.
fn hosts(mail: &str) -> Vec<&str> {
    let links = mail.split("https://").skip(1);
    links
        .filter_map(|rest| rest.split(['/', '"', '?', '<', ' ', '\r']).next())
        .collect()
}

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
async fn sec_129_the_mail_has_this_link_and_no_other() {
    on_mails(async |deployment, folder| {
        let email = User::stranger().email;
        let invitation = deployment.invite(ACME, &email, "team1", &[]);
        let mail = mail_to(folder, &email).await;
        let ticket = invitation.parameter("invitation");
        assert!(mail.contains(&format!("invitation={ticket}")), "{mail}");
        let hosts = hosts(&mail);
        assert!(!hosts.is_empty(), "{mail}");
        assert!(
            hosts.iter().all(|host| *host == "team.example.test"),
            "{mail}"
        );
    })
    .await;
}

/// The caller's metadata is all that could carry a browser's headers.
#[tokio::test]
async fn sec_130_metadata_does_not_change_the_link_of_a_mail() {
    on_mails(async |deployment, folder| {
        let email = User::stranger().email;
        let mut request = tonic::Request::new(wanted(&email, "Example"));
        for name in ["host", "x-forwarded-host", "forwarded", "x-forwarded-proto"] {
            let value = "evil.test".parse().unwrap();
            request.metadata_mut().insert(name, value);
        }
        let channel = deployment.channel("organization", Replica::First);
        let mut service = InvitationServiceClient::new(channel);
        service.create_invitation(request).await.unwrap();
        let mail = mail_to(folder, &email).await;
        assert!(!mail.contains("evil.test"), "{mail}");
        assert!(hosts(&mail).contains(&"team.example.test"), "{mail}");
        assert!(
            hosts(&mail).iter().all(|host| *host == "team.example.test"),
            "{mail}"
        );
    })
    .await;
}

/// A request as `doorward invitation create` makes it.
fn wanted(email: &str, tenant_name: &str) -> CreateInvitationRequest {
    CreateInvitationRequest {
        organization_id: ACME.to_owned(),
        inviter_name: "Ann".to_owned(),
        invitee_email: email.to_owned(),
        client_id: "team1".to_owned(),
        login_uri: "https://team.example.test/login?kept=1".to_owned(),
        send_email: true,
        mail: Some(MailSettings {
            language: "en".to_owned(),
            tenant_name: tenant_name.to_owned(),
            client_name: tenant_name.to_owned(),
        }),
        ..CreateInvitationRequest::default()
    }
}

#[tokio::test]
async fn sec_136_names_in_a_mail_make_no_header() {
    const NAME: &str = "Example\r\nBcc: evil@evil.test\r\n\r\nBody";
    on_mails(async |deployment, folder| {
        let email = User::stranger().email;
        let channel = deployment.channel("organization", Replica::First);
        let mut service = InvitationServiceClient::new(channel);
        let made = service.create_invitation(wanted(&email, NAME)).await;
        if let Err(status) = made {
            assert_eq!(
                reason_of(&status),
                Some(ErrorReason::InvalidField),
                "{status}"
            );
            return;
        }
        let mail = mail_to(folder, &email).await;
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        for line in head.split("\r\n") {
            assert!(!line.to_ascii_lowercase().starts_with("bcc"), "{mail}");
        }
        assert!(head.contains("Subject: "), "{mail}");
        assert!(head.contains("Message-ID: "), "the head is whole: {mail}");
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
        assert!(
            refused.stderr.contains("too many invitations"),
            "{refused:?}"
        );
        // Others are still invited.
        let other = User::stranger().email;
        let command = ["invitation", "create", ACME, &other, "--client", "team1"];
        let invited = deployment.command(&[&command[..], &["--inviter", "Ann"]].concat(), "");
        invited.assert_success();
    })
    .await;
}
