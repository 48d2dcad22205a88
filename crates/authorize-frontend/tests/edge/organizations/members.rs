//! Members, memberships at the first sign-in, roles of members, and the calls that they cost.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use doorward_authorize_frontend::{Channels, Patience};
use doorward_proto::client_registry::v1::TenantPatch;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::identity::v1::{
    ApplyRolesRequest, ListRolesRequest, Permission, RolePatch, SetUserRolesRequest,
};
use doorward_proto::organization::v1::OrganizationPatch;
use doorward_service_kit::Shutdown;
use doorward_service_kit::grpc::{Channel, in_memory};
use http::Request;
use tonic::service::Routes;
use tower::{Service, ServiceExt};

use super::{
    BETA, add, add_member, assert_refused, assigning, beta, connections, in_organization,
    remove_member, set_roles, silently_in, user_id,
};
use crate::tenant::{ACME, ALICE, API, BOB, ROLE_API, apply_settings};
use crate::{Answer, TestApp, authorize};

fn assigning_beta() -> OrganizationPatch {
    OrganizationPatch {
        connections: Some(connections(&[assigning("users")])),
        ..beta()
    }
}

async fn not_part_of(app: &TestApp, email: &str, organization: &str) -> String {
    let user_id = user_id(app, email).await;
    format!("user {user_id} is not part of the {organization} organization")
}

/// SEC-138: the next silent authentication is refused; other organizations are not affected.
#[tokio::test]
async fn sec_138_a_removed_member_is_refused_at_once() {
    let app = TestApp::start().await;
    add(&app, &[beta()]).await;
    add_member(&app, BETA, ALICE).await;
    let mut alice = app.browser();
    alice.sign_in(&in_organization(ACME), ALICE).await;
    assert_eq!(alice.get(&silently_in(ACME)).await.error(), "");
    remove_member(&app, ACME, ALICE).await;
    let not_a_member = not_part_of(&app, ALICE, ACME).await;
    for target in [silently_in(ACME), in_organization(ACME)] {
        let refused = alice.get(&target).await;
        assert_refused(&refused, "access_denied", &not_a_member);
    }
    let other = alice.get(&silently_in(BETA)).await;
    assert_eq!(other.id_token()["org_id"], BETA);
    let personal = alice.get(&authorize(&[("prompt", "none")])).await;
    assert_eq!(personal.error(), "");
}

/// After the refusal there is a session, with which the application may ask for another organization.
#[tokio::test]
async fn the_session_stays_after_a_refusal() {
    let app = TestApp::start().await;
    let mut bob = app.browser();
    let refused = bob.sign_in(&in_organization(ACME), BOB).await;
    let not_a_member = not_part_of(&app, BOB, ACME).await;
    assert_refused(&refused, "access_denied", &not_a_member);
    let personal = bob.get(&authorize(&[("prompt", "none")])).await;
    assert!(personal.parameter("id_token").is_some());
}

#[tokio::test]
async fn a_sign_in_creates_the_membership_where_the_connection_assigns_it() {
    let app = TestApp::start().await;
    add(&app, &[assigning_beta()]).await;
    let mut bob = app.browser();
    let answer = bob.sign_in(&in_organization(BETA), BOB).await;
    assert_eq!(answer.id_token()["org_id"], BETA);
    // By a session from before, also silently.
    let mut alice = app.browser();
    alice.sign_in(&authorize(&[]), ALICE).await;
    let answer = alice.get(&silently_in(BETA)).await;
    assert_eq!(answer.id_token()["org_id"], BETA);
    // The membership stays when the connection no longer assigns any.
    add(&app, &[beta()]).await;
    for browser in [&mut alice, &mut bob] {
        assert_eq!(browser.get(&silently_in(BETA)).await.error(), "");
    }
}

/// Elsewhere a sign-in assigns nothing.
#[tokio::test]
async fn a_sign_in_without_the_organization_creates_no_membership() {
    let app = TestApp::start().await;
    add(&app, &[assigning_beta()]).await;
    let mut bob = app.browser();
    bob.sign_in(&authorize(&[]), BOB).await;
    add(&app, &[beta()]).await;
    let not_a_member = not_part_of(&app, BOB, BETA).await;
    let refused = bob.get(&silently_in(BETA)).await;
    assert_refused(&refused, "access_denied", &not_a_member);
}

/// The names of the methods that were called, without the frontend's own streams and refreshes.
type Calls = Arc<Mutex<Vec<String>>>;

const OF_NO_REQUEST: [&str; 6] = [
    "GetJwks",
    "GetUserRelayPosition",
    "ListRoles",
    "PutUsers",
    "Watch",
    "WatchUsers",
];
/// Long enough that no call is repeated, however busy the machine is.
const ENOUGH: Duration = Duration::from_mins(5);

/// Requests until the caches are full.
const FEW: usize = 10;

/// Notes all calls to a service.
fn noted(backend: &Channel, calls: &Calls) -> Channel {
    let (backend, calls) = (backend.clone(), Arc::clone(calls));
    let router = Router::new().fallback(async move |request: Request<Body>| {
        let method = request.uri().path().rsplit('/').next().unwrap();
        if !OF_NO_REQUEST.contains(&method) {
            calls.lock().unwrap().push(method.to_owned());
        }
        let mut backend = backend.clone();
        let backend = backend.ready().await.unwrap();
        let answer = backend.call(request.map(tonic::body::Body::new)).await;
        answer.unwrap().map(Body::new)
    });
    in_memory(Routes::from(router), Shutdown::new())
}

/// A silent switch to another organization costs one call more than a silent authentication without one.
#[tokio::test]
async fn a_silent_switch_costs_one_call_more() {
    let mut app = TestApp::start().await;
    add(&app, &[beta()]).await;
    add_member(&app, BETA, ALICE).await;
    let cookies = {
        let mut alice = app.browser();
        alice.sign_in(&in_organization(ACME), ALICE).await;
        alice.cookies
    };
    let calls = Calls::default();
    app.channels = Channels {
        post_login_hook: None,
        client_registry: noted(&app.channels.client_registry, &calls),
        identity: noted(&app.channels.identity, &calls),
        session: noted(&app.channels.session, &calls),
        organization: noted(&app.channels.organization, &calls),
        token_signing: noted(&app.channels.token_signing, &calls),
        patience: Patience {
            call: ENOUGH,
            silent: ENOUGH,
            page: ENOUGH,
            password: ENOUGH,
        },
    };
    app.restart();
    let mut alice = app.browser();
    alice.cookies = cookies;
    let mut cost = async |changes: &[(&str, &str)]| {
        let target = authorize(&[&[("prompt", "none"), ("audience", API)], changes].concat());
        calls.lock().unwrap().clear();
        let answer = alice.get(&target).await;
        assert_eq!(answer.error(), "", "{changes:?}");
        calls.lock().unwrap().clone()
    };
    let without: &[&str] = &["ResolveSession", "SignTokens"];
    let with: &[&str] = &["ResolveSession", "FindOrganization", "SignTokens"];
    for (organization, expected) in [("", without), (BETA, with), (ACME, with)] {
        let mut called = Vec::new();
        // The first requests fill the caches, which the first message of the registry's watch may empty once more.
        for _ in 0..FEW {
            called = cost(&[("organization", organization)]).await;
            if called == expected {
                break;
            }
        }
        assert_eq!(called, expected, "{organization}");
    }
}

/// A role that permits one scope; returns its id.
async fn add_role(app: &TestApp, name: &str, permission: &str) -> String {
    let mut identity = IdentityServiceClient::new(app.channels.identity.clone());
    let role = RolePatch {
        name: name.to_owned(),
        permissions: vec![Permission {
            resource_server_identifier: ROLE_API.to_owned(),
            permission_name: permission.to_owned(),
        }],
        replace_permissions: true,
        ..RolePatch::default()
    };
    let request = ApplyRolesRequest {
        roles: vec![role],
        dry_run: false,
    };
    identity.apply_roles(request).await.unwrap();
    let listed = identity.list_roles(ListRolesRequest::default()).await;
    let roles = listed.unwrap().into_inner().roles.into_iter();
    let mut roles = roles.filter(|role| role.name == name);
    roles.next().unwrap().id
}

fn scope(answer: &Answer) -> String {
    answer.parameter("scope").unwrap_or_default()
}

/// Roles in the organization replace those of the tenant, or are added to them.
#[tokio::test]
async fn roles_of_members_count_in_their_organization() {
    let mut app = TestApp::start().await;
    add(&app, &[beta()]).await;
    add_member(&app, BETA, ALICE).await;
    let reader = add_role(&app, "reader", "read:things").await;
    let writer = add_role(&app, "writer", "write:things").await;
    let mut identity = IdentityServiceClient::new(app.channels.identity.clone());
    let request = SetUserRolesRequest {
        user_id: user_id(&app, ALICE).await,
        roles: vec![reader],
    };
    identity.set_user_roles(request).await.unwrap();
    set_roles(&app, BETA, ALICE, &[writer]).await;
    let target = |organization| {
        let changes = [
            ("audience", ROLE_API),
            ("scope", "openid read:things write:things"),
            ("organization", organization),
        ];
        authorize(&changes)
    };
    let mut alice = app.browser();
    let personal = alice.sign_in(&target(""), ALICE).await;
    assert_eq!(scope(&personal), "openid read:things");
    assert_eq!(scope(&alice.get(&target(ACME)).await), "openid read:things");
    assert_eq!(
        scope(&alice.get(&target(BETA)).await),
        "openid write:things"
    );
    let cookies = alice.cookies;
    let tenant = TenantPatch {
        include_tenant_roles_in_organizations: Some(true),
        ..TenantPatch::default()
    };
    apply_settings(tenant, &app.channels).await;
    app.restart();
    let mut alice = app.browser();
    alice.cookies = cookies;
    let both = "openid read:things write:things";
    assert_eq!(scope(&alice.get(&target(BETA)).await), both);
}
