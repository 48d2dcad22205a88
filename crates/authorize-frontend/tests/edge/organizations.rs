//! Sign-ins to organizations: which one, by which connections, for which users and clients.

mod branding;
mod connections;
mod late_choice;
mod members;
mod named;
mod selection;

use doorward_proto::client_registry::v1::{
    ApplyTenantRequest, ClientPatch, OrganizationRequireBehavior, OrganizationUsage,
};
use doorward_proto::identity::v1::ListUsersByEmailRequest;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_proto::organization::v1::{
    AddMembersRequest, ApplyOrganizationsRequest, OrganizationConnection, OrganizationConnections,
    OrganizationPatch, RemoveMembersRequest, SetMemberRolesRequest,
};
use doorward_service_kit::grpc::Channel;

use crate::tenant::{apply, connection, list};
use crate::{Answer, Browser, TestApp, authorize};

/// A second organization, without members.
pub(crate) const BETA: &str = "org_beta000000000001";
/// A third one.
const GAMMA: &str = "org_gamma00000000001";

fn organizations(app: &TestApp) -> OrganizationServiceClient<Channel> {
    OrganizationServiceClient::new(app.channels.organization.clone())
}

/// An organization with one connection, `users`.
fn patch(id: &str, name: &str, display_name: &str) -> OrganizationPatch {
    OrganizationPatch {
        id: Some(id.to_owned()),
        name: name.to_owned(),
        display_name: Some(display_name.to_owned()),
        connections: Some(connections(&[enabled("users")])),
        ..OrganizationPatch::default()
    }
}

fn beta() -> OrganizationPatch {
    patch(BETA, "beta", "Beta Company")
}

fn gamma() -> OrganizationPatch {
    patch(GAMMA, "gamma", "Gamma Company")
}

fn connections(connections: &[OrganizationConnection]) -> OrganizationConnections {
    OrganizationConnections {
        connections: connections.to_vec(),
    }
}

fn enabled(name: &str) -> OrganizationConnection {
    OrganizationConnection {
        name: name.to_owned(),
        is_enabled: true,
        show_as_button: true,
        ..OrganizationConnection::default()
    }
}

/// A connection by which every sign-in creates the membership.
fn assigning(name: &str) -> OrganizationConnection {
    OrganizationConnection {
        assign_membership_on_login: true,
        ..enabled(name)
    }
}

async fn add(app: &TestApp, patches: &[OrganizationPatch]) {
    let request = ApplyOrganizationsRequest {
        organizations: patches.to_vec(),
        dry_run: false,
    };
    let mut organizations = organizations(app);
    organizations.apply_organizations(request).await.unwrap();
}

async fn user_id(app: &TestApp, email: &str) -> String {
    let mut identity = IdentityServiceClient::new(app.channels.identity.clone());
    let email = email.to_owned();
    let listed = identity.list_users_by_email(ListUsersByEmailRequest { email });
    let mut users = listed.await.unwrap().into_inner().users;
    users.swap_remove(0).user_id
}

async fn add_member(app: &TestApp, organization_id: &str, email: &str) {
    let request = AddMembersRequest {
        organization_id: organization_id.to_owned(),
        user_ids: vec![user_id(app, email).await],
    };
    organizations(app).add_members(request).await.unwrap();
}

async fn remove_member(app: &TestApp, organization_id: &str, email: &str) {
    let request = RemoveMembersRequest {
        organization_id: organization_id.to_owned(),
        user_ids: vec![user_id(app, email).await],
    };
    organizations(app).remove_members(request).await.unwrap();
}

async fn set_roles(app: &TestApp, organization_id: &str, email: &str, role_ids: &[String]) {
    let request = SetMemberRolesRequest {
        organization_id: organization_id.to_owned(),
        user_id: user_id(app, email).await,
        role_ids: role_ids.to_vec(),
    };
    organizations(app).set_member_roles(request).await.unwrap();
}

/// Adds an application `team` that uses organizations, and restarts the frontend.
async fn add_client(
    app: &mut TestApp,
    usage: OrganizationUsage,
    behavior: OrganizationRequireBehavior,
) {
    let team = ClientPatch {
        client_id: Some("team".to_owned()),
        name: "Team".to_owned(),
        grant_types: Some(list(&["implicit"])),
        callbacks: Some(list(&[TEAM_CALLBACK])),
        organization_usage: Some(usage.into()),
        organization_require_behavior: Some(behavior.into()),
        ..ClientPatch::default()
    };
    change_client(app, team).await;
    let request = ApplyTenantRequest {
        connections: vec![
            connection("users", &["spa", "team"]),
            connection("staff", &["staff"]),
        ],
        ..ApplyTenantRequest::default()
    };
    apply(request, &app.channels).await;
    app.restart();
}

async fn change_client(app: &mut TestApp, client: ClientPatch) {
    let request = ApplyTenantRequest {
        clients: vec![client],
        ..ApplyTenantRequest::default()
    };
    apply(request, &app.channels).await;
    app.restart();
}

const TEAM_CALLBACK: &str = "https://team.example.test/cb";
const TEAM: (&str, &str) = ("client_id", "team");
const ITS_CALLBACK: (&str, &str) = ("redirect_uri", TEAM_CALLBACK);
const SILENT: (&str, &str) = ("prompt", "none");

/// A request of `team`.
fn team(changes: &[(&str, &str)]) -> String {
    authorize(&[&[TEAM, ITS_CALLBACK], changes].concat())
}

fn in_organization(organization: &str) -> String {
    authorize(&[("organization", organization)])
}

fn silently_in(organization: &str) -> String {
    authorize(&[("organization", organization), SILENT])
}

/// Submits a page of the organization, without following.
async fn submit(
    browser: &mut Browser<'_>,
    path: &str,
    page: &Answer,
    field: (&str, &str),
) -> Answer {
    let fields = [
        ("state", page.field("state")),
        ("_csrf", page.field("_csrf")),
        field,
    ];
    browser.post(path, &fields).await
}

/// Submits a page of the organization, and follows to the next page or to the application.
async fn submit_and_follow(
    browser: &mut Browser<'_>,
    path: &str,
    page: &Answer,
    field: (&str, &str),
) -> Answer {
    let answer = submit(browser, path, page, field).await;
    browser.follow(answer).await
}

/// The error and its description.
fn refusal(answer: &Answer) -> (String, String) {
    let description = answer.parameter("error_description").unwrap_or_default();
    (answer.error(), description)
}

#[track_caller]
fn assert_refused(answer: &Answer, error: &str, description: &str) {
    assert_eq!(
        refusal(answer),
        (error.to_owned(), description.to_owned()),
        "{}",
        answer.body
    );
}
