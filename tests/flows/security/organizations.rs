//! The part of group H about organizations: who may sign in to one, and what a token says about it.

use std::time::{Duration, Instant};

use doorward_e2e::{Agent, Callback, Deployment, Page, Request, User, claims};
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_proto::organization::v1::{ListMembersRequest, ListOrganizationsOfUserRequest};
use reqwest::Method;
use tonic::Code;

use super::assertions::assert_refused;
use super::fixture::{
    ACME, BETA, CLOSED, add_staff, at_second, member_of_acme, of_client, of_team, on_replicas,
    signed_in_as,
};
use super::services::on_services;

fn of_acme(response_type: &str) -> Request {
    of_team(response_type).with("organization", ACME)
}

fn organization_of(answer: &Callback) -> String {
    let claims = claims(answer.get("id_token"));
    claims["org_id"].as_str().unwrap_or_default().to_owned()
}

async fn silently(agent: &Agent, organization: &str) -> Page {
    let request = of_team("id_token").with("organization", organization);
    agent.authorize(&request.with("prompt", "none")).await
}

/// A service that only reads has no way to a ticket or to a list of members.
#[tokio::test]
async fn sec_128_others_cannot_read_members_and_invitations() {
    use doorward_proto::organization::v1::invitation_service_client::InvitationServiceClient;
    use doorward_proto::organization::v1::{GetInvitationRequest, ListInvitationsRequest};
    on_services(async |_, separate| {
        for caller in ["authorize-frontend", "identity", "demo", "session"] {
            let channel = separate.channel_as("organization", caller);
            let mut invitations = InvitationServiceClient::new(channel.clone());
            let mut organizations = OrganizationServiceClient::new(channel);
            let list = ListInvitationsRequest {
                organization_id: ACME.to_owned(),
                ..ListInvitationsRequest::default()
            };
            let get = GetInvitationRequest {
                organization_id: ACME.to_owned(),
                ..GetInvitationRequest::default()
            };
            let members = ListMembersRequest {
                organization_id: ACME.to_owned(),
                ..ListMembersRequest::default()
            };
            for code in [
                invitations.list_invitations(list).await.unwrap_err().code(),
                invitations.get_invitation(get).await.unwrap_err().code(),
                organizations
                    .list_members(members)
                    .await
                    .unwrap_err()
                    .code(),
            ] {
                assert_eq!(code, Code::PermissionDenied, "{caller}");
            }
        }
    })
    .await;
}

/// No page of ours lists memberships but those of the user who has just signed in.
#[tokio::test]
async fn sec_132_memberships_of_others_cannot_be_read() {
    on_replicas(async |deployment| {
        let agent = signed_in_as(deployment, &member_of_acme(deployment)).await;
        for path in [
            "/api/v2/users/auth0%7C1/organizations",
            "/api/v2/organizations",
            "/u/organization-picker",
            "/u/organization-picker?user_id=auth0%7C1",
            "/u/organization-picker?state=invented",
        ] {
            let page = agent.get(path).await;
            assert!(page.status.is_client_error(), "{page:?}");
            assert!(!page.body.contains("Acme"), "{page:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn sec_132_only_the_frontend_asks_for_memberships_of_a_user() {
    on_services(async |_, separate| {
        for caller in ["commands", "identity", "demo", "session"] {
            let channel = separate.channel_as("organization", caller);
            let request = ListOrganizationsOfUserRequest {
                user_id: "auth0|1".to_owned(),
                ..ListOrganizationsOfUserRequest::default()
            };
            let mut organizations = OrganizationServiceClient::new(channel);
            let refused = organizations.list_organizations_of_user(request).await;
            assert_eq!(
                refused.unwrap_err().code(),
                Code::PermissionDenied,
                "{caller}"
            );
        }
    })
    .await;
}

/// Neither by the page that has no link to it, nor by a form that no page has.
#[tokio::test]
async fn sec_134_sign_up_must_be_allowed() {
    on_replicas(async |deployment| {
        let request = of_team("id_token").with("organization", CLOSED);
        for request in [request.clone(), request.with("screen_hint", "signup")] {
            let agent = Agent::new(deployment);
            let page = agent.open(&request).await;
            assert_eq!(page.url.path(), "/u/login/identifier", "{page:?}");
            assert_eq!(page.link_to("/u/signup"), None, "{page:?}");
            let newcomer = User::stranger();
            let state = page.form().value("state").to_owned();
            let csrf = page.form().value("_csrf").to_owned();
            let fields = [
                ("state", &*state),
                ("_csrf", &csrf),
                ("email", &newcomer.email),
                ("password", &newcomer.password),
                ("action", "default"),
            ];
            for path in ["/u/signup", &format!("/u/signup?state={state}")] {
                let request = agent.request(Method::POST, path);
                let sent = agent.send(request.form(&fields)).await;
                let end = agent.follow(sent).await;
                assert!(!end.header("location").contains("id_token="), "{end:?}");
            }
            let shown = deployment.command(&["user", "block", &newcomer.email], "");
            assert!(!shown.success, "the account was made: {shown:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn sec_135_the_connection_must_be_enabled_for_the_organization() {
    on_replicas(async |deployment| {
        let staff = add_staff(deployment);
        let agent = Agent::new(deployment);
        let by_staff = of_acme("id_token").with("connection", "staff");
        // Checked before the session: otherwise the silent request gets `login_required`.
        let silent = by_staff.clone().with("prompt", "none");
        for request in [by_staff, silent] {
            let page = agent.authorize(&request).await;
            assert_refused(&page, &request, "invalid_request");
        }

        // A session of the connection that is offered elsewhere is worth nothing here.
        let elsewhere = of_client("staff1", "https://staff.example.test/cb", "id_token");
        agent.sign_in(&elsewhere, &staff).await;
        add_member_by(deployment, ACME, &staff, "staff");
        for agent in [&agent, &at_second(deployment, &agent)] {
            let refused = silently(agent, ACME).await.callback();
            assert!(refused.find("id_token").is_none(), "{refused:?}");
            assert!(refused.find("error").is_some(), "{refused:?}");
        }
        // The sign-in page of the organization does not know the account.
        let page = agent
            .open(&of_acme("id_token").with("prompt", "login"))
            .await;
        let page = agent.fill_in_wrongly(&page, &staff).await;
        assert_eq!(page.status, 400, "{page:?}");
    })
    .await;
}

#[tokio::test]
async fn sec_138_a_removed_member_is_refused_soon() {
    const SOON: Duration = Duration::from_secs(5);
    on_replicas(async |deployment| {
        let user = member_of_acme(deployment);
        deployment.add_member(BETA, &user);
        let first = Agent::new(deployment);
        let answer = first.sign_in(&of_acme("id_token"), &user).await;
        assert_eq!(organization_of(&answer), ACME);
        let second = at_second(deployment, &first);
        assert_eq!(
            organization_of(&silently(&second, ACME).await.callback()),
            ACME
        );

        deployment.remove_member(ACME, &user);
        let begin = Instant::now();
        for agent in [&first, &second] {
            loop {
                let asked = begin.elapsed();
                let answer = silently(agent, ACME).await.callback();
                if answer.find("error") == Some("access_denied") {
                    break;
                }
                assert!(asked < SOON, "{answer:?}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            assert_eq!(
                organization_of(&silently(agent, BETA).await.callback()),
                BETA
            );
        }
    })
    .await;
}

#[tokio::test]
async fn sec_139_a_token_names_the_organization_that_was_asked_for() {
    on_replicas(async |deployment| {
        let (member, stranger) = (member_of_acme(deployment), deployment.add_user());
        let agent = Agent::new(deployment);
        let answer = agent.sign_in(&of_acme("id_token token"), &member).await;
        assert_eq!(organization_of(&answer), ACME);
        for agent in [&agent, &at_second(deployment, &agent)] {
            assert_eq!(
                organization_of(&silently(agent, ACME).await.callback()),
                ACME
            );
            let request = of_team("id_token").with("organization", BETA);
            let silent = request.clone().with("prompt", "none");
            for request in [request, silent] {
                assert_refused(&agent.authorize(&request).await, &request, "access_denied");
            }
            let personal = of_team("id_token").with("prompt", "none");
            let answer = agent.authorize(&personal).await.callback();
            assert_eq!(organization_of(&answer), "");
        }
        let refused = Agent::new(deployment);
        let page = refused.open(&of_acme("id_token")).await;
        let page = refused.fill_in(&page, &stranger).await;
        assert_refused(&page, &of_acme("id_token"), "access_denied");
    })
    .await;
}

/// The organization of a pending sign-in is not one that another tab or a form can change.
#[tokio::test]
async fn sec_139_no_field_changes_the_organization() {
    on_replicas(async |deployment| {
        let member = member_of_acme(deployment);
        let agent = Agent::new(deployment);
        let page = agent.open(&of_acme("id_token")).await;
        let form = page.form().with("username", &member.email);
        let page = agent
            .submit_and_follow(&form.and("organization", BETA))
            .await;
        let form = page.form().with("password", &member.password);
        let form = form.and("organization", BETA).and("org_id", BETA);
        let answer = agent.submit_and_follow(&form).await.callback();
        assert_eq!(organization_of(&answer), ACME);
    })
    .await;
}

/// Makes the user of a connection a member.
#[track_caller]
fn add_member_by(deployment: &Deployment, organization: &str, user: &User, connection: &str) {
    let command = ["organization", "add-member", organization, &user.email];
    let command = [&command[..], &["--connection", connection]].concat();
    deployment.command(&command, "").assert_success();
}
