//! `doorward invitation create`, `list` and `show`.

use doorward_e2e::{
    APPLICATION, Deployment, FOR_MEMBERS, GLOBEX, ORGANIZATION, Outcome, TEAM, TEAM_LOGIN, User,
    on_every_deployment,
};

fn create(deployment: &Deployment, organization: &str, email: &str, options: &[&str]) -> Outcome {
    let command = ["invitation", "create", organization, email];
    deployment.command(&[&command, options].concat(), "")
}

#[tokio::test]
async fn the_link_leads_to_the_login_page_of_the_application() {
    on_every_deployment(async |deployment| {
        let user = User::stranger();
        let invitation = deployment.invite("acme", &user.email, TEAM, &[]);
        let ticket = invitation.parameter("invitation");
        assert!(ticket.len() >= 22, "128 bits: {ticket}");
        let expected = format!(
            "{TEAM_LOGIN}?invitation={ticket}&organization={ORGANIZATION}&organization_name=acme"
        );
        assert_eq!(invitation.url().as_str(), expected);
        let json = &invitation.json;
        assert!(json["id"].as_str().unwrap().starts_with("uinv_"), "{json}");
        assert_eq!(json["organization_id"], ORGANIZATION);
        assert_eq!(json["inviter"]["name"], "Ann Administrator");
        assert_eq!(json["invitee"]["email"], user.email);
        assert_eq!(json["client_id"], TEAM);
        assert_eq!(json["ticket_id"], ticket);

        // An administrator can see the link again.
        let shown = deployment.invitation("acme", invitation.id());
        assert_eq!(shown["invitation_url"], expected);
        let listed = deployment.command(&["invitation", "list", "acme", "--json"], "");
        listed.assert_success();
        assert!(listed.stdout.contains(invitation.id()), "{listed:?}");
    })
    .await;
}

#[tokio::test]
async fn each_refusal_says_what_is_wrong() {
    on_every_deployment(async |deployment| {
        let email = User::stranger().email;
        let inviter = ["--inviter", "Ann"];
        for (organization, options, problem) in [
            (
                "org_unknown",
                &["--client", TEAM][..],
                "no organization found by that id",
            ),
            (
                "acme",
                &["--client", "unknown"],
                "The specified client_id does not exist.",
            ),
            (
                "acme",
                &["--client", APPLICATION],
                "The specified client_id does not allow organizations.",
            ),
            (
                "acme",
                &["--client", FOR_MEMBERS],
                "A default login route is required to generate the invitation url",
            ),
            (
                "acme",
                &["--client", TEAM, "--connection", "unknown"],
                "The specified connection does not exist.",
            ),
            (
                "acme",
                &["--client", TEAM, "--connection", "partners"],
                "is not enabled for the organization",
            ),
            (
                "acme",
                &["--client", TEAM, "--role", "unknown"],
                "One or more of the specified roles do not exist",
            ),
        ] {
            let options = [&inviter, options].concat();
            let outcome = create(deployment, organization, &email, &options);
            assert!(!outcome.success, "{outcome:?}");
            assert!(outcome.stderr.contains(problem), "{problem}: {outcome:?}");
        }
        for (email, inviter) in [("no address", "Ann"), (&*email, "")] {
            let options = ["--client", TEAM, "--inviter", inviter];
            let outcome = create(deployment, "acme", email, &options);
            assert!(!outcome.success, "{outcome:?}");
        }
        let listed = deployment.command(&["invitation", "list", "acme", "--json"], "");
        assert!(!listed.stdout.contains(&email), "{listed:?}");
    })
    .await;
}

#[tokio::test]
async fn several_invitations_of_one_address_are_open() {
    on_every_deployment(async |deployment| {
        let email = User::stranger().email;
        let one = deployment.invite(ORGANIZATION, &email, TEAM, &[]);
        let other = deployment.invite(GLOBEX, &email, TEAM, &[]);
        for (organization, invitation) in [(ORGANIZATION, &one), (GLOBEX, &other)] {
            let shown = deployment.invitation(organization, invitation.id());
            assert_eq!(shown["state"], "open", "{shown}");
        }
    })
    .await;
}
