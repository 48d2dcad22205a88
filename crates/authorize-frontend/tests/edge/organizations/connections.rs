//! Only the connections of an organization lead into it.

use doorward_proto::client_registry::v1::{ApplyTenantRequest, ConnectionPatch};
use doorward_proto::identity::v1::CreateUserRequest;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::organization::v1::{OrganizationConnection, OrganizationPatch};

use super::{
    BETA, add, add_member, assert_refused, assigning, beta, connections, enabled, in_organization,
    silently_in, submit, user_id,
};
use crate::tenant::{ALICE, PASSWORD, apply};
use crate::{TestApp, authorize};

const STAFF_USER: &str = "carol@example.test";
const NOT_ENABLED: &str = "connection is not enabled for the organization";

fn beta_with(list: &[OrganizationConnection]) -> OrganizationPatch {
    OrganizationPatch {
        connections: Some(connections(list)),
        ..beta()
    }
}

/// A user of the connection `staff`.
async fn add_staff_user(app: &TestApp) -> String {
    let mut identity = IdentityServiceClient::new(app.channels.identity.clone());
    let created = identity.create_user(CreateUserRequest {
        connection: "staff".to_owned(),
        email: STAFF_USER.to_owned(),
        password: PASSWORD.to_owned(),
        ..CreateUserRequest::default()
    });
    created.await.unwrap().into_inner().user.unwrap().user_id
}

/// The client's own list does not count: `members` has only `users`.
#[tokio::test]
async fn the_list_of_the_organization_replaces_that_of_the_client() {
    let app = TestApp::start().await;
    add_staff_user(&app).await;
    add(&app, &[beta_with(&[enabled("staff")])]).await;
    add_member(&app, BETA, STAFF_USER).await;
    let changes = [
        ("client_id", "members"),
        ("redirect_uri", "https://beta.example.test/cb"),
        ("organization", BETA),
    ];
    let answer = app
        .browser()
        .sign_in(&authorize(&changes), STAFF_USER)
        .await;
    assert_eq!(answer.id_token()["org_id"], BETA);
}

#[tokio::test]
async fn sec_135_a_connection_that_is_not_enabled_leads_nowhere() {
    let app = TestApp::start().await;
    add_staff_user(&app).await;
    let off = OrganizationConnection {
        is_enabled: false,
        ..enabled("staff")
    };
    add(&app, &[beta_with(&[enabled("users"), off])]).await;
    add_member(&app, BETA, STAFF_USER).await;
    for name in ["staff", "nope"] {
        let target = authorize(&[("organization", BETA), ("connection", name)]);
        let refused = app.browser().get(&target).await;
        assert_refused(&refused, "invalid_request", NOT_ENABLED);
    }
    // The right password of a connection that does not count is a wrong one.
    let mut carol = app.browser();
    let page = carol
        .password_page(&in_organization(BETA), STAFF_USER)
        .await;
    let page = carol.submit("password", &page, STAFF_USER, PASSWORD).await;
    page.assert_page(400, "wrong-email-credentials");
    // A session by such a connection does not count either.
    let mut carol = app.browser();
    carol.sign_in(&authorize(&[]), STAFF_USER).await;
    let silent = carol.get(&silently_in(BETA)).await;
    assert_eq!(silent.error(), "login_required");
    carol
        .open(&in_organization(BETA))
        .await
        .assert_page(200, "Beta Company");
}

/// SEC-135: it was switched off between the password and the answer.
#[tokio::test]
async fn sec_135_it_is_checked_again_after_the_sign_in() {
    let app = TestApp::start().await;
    add(&app, &[beta_with(&[enabled("users"), enabled("staff")])]).await;
    add_member(&app, BETA, ALICE).await;
    let mut alice = app.browser();
    let page = alice.password_page(&in_organization(BETA), ALICE).await;
    let resume = alice.submit("password", &page, ALICE, PASSWORD).await;
    add(&app, &[beta_with(&[enabled("staff")])]).await;
    let answer = alice.follow(resume).await;
    assert_refused(&answer, "access_denied", NOT_ENABLED);
}

#[tokio::test]
async fn without_a_connection_nobody_can_sign_in() {
    let app = TestApp::start().await;
    let invisible = "no connections enabled for the organization are visible";
    for list in [vec![], vec![enabled("elsewhere")]] {
        add(&app, &[beta_with(&list)]).await;
        let refused = app.browser().get(&in_organization(BETA)).await;
        assert_refused(&refused, "invalid_request", invisible);
        let silent = app.browser().get(&silently_in(BETA)).await;
        assert_eq!(silent.error(), "login_required");
    }
}

/// Closes or opens the connection `users` for sign-ups.
async fn disable_signup(app: &mut TestApp, disable_signup: bool) {
    let users = ConnectionPatch {
        name: "users".to_owned(),
        disable_signup: Some(disable_signup),
        ..ConnectionPatch::default()
    };
    let request = ApplyTenantRequest {
        connections: vec![users],
        ..ApplyTenantRequest::default()
    };
    apply(request, &app.channels).await;
    app.restart();
}

/// SEC-134: neither the connection nor that of the organization allows it, whatever is posted.
#[tokio::test]
async fn sec_134_sign_up_only_where_it_is_allowed() {
    let mut app = TestApp::start().await;
    let signup = OrganizationConnection {
        is_signup_enabled: true,
        ..assigning("users")
    };
    // The connection is closed, the organization's settings, whether a sign-up is allowed.
    let cases = [
        (true, signup.clone(), true),
        (true, assigning("users"), false),
        (true, enabled("users"), false),
        (false, signup, true),
        (false, assigning("users"), true),
        // The account would have no membership.
        (false, enabled("users"), false),
    ];
    for (number, (closed, connection, allowed)) in cases.into_iter().enumerate() {
        disable_signup(&mut app, closed).await;
        add(&app, &[beta_with(std::slice::from_ref(&connection))]).await;
        let mut browser = app.browser();
        let page = browser.open(&in_organization(BETA)).await;
        let case = format!("{closed} {connection:?}");
        assert_eq!(page.body.contains("/u/signup"), allowed, "{case}");
        let email = format!("new{number}@example.test");
        let fields = [
            ("state", page.field("state")),
            ("_csrf", page.field("_csrf")),
            ("email", email.as_str()),
            ("password", PASSWORD),
        ];
        let answer = browser.post("/u/signup", &fields).await;
        let answer = browser.follow(answer).await;
        let is_signed_up = answer.parameter("id_token").is_some();
        assert_eq!(is_signed_up, allowed, "{case} {answer:?}");
        if allowed {
            assert_eq!(answer.id_token()["org_id"], BETA);
            assert_eq!(answer.id_token()["sub"], user_id(&app, &email).await);
        }
    }
}

/// A page of another stage does not take the fields of this one.
#[tokio::test]
async fn the_pages_of_a_choice_are_not_there_without_one() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let page = browser.open(&authorize(&[])).await;
    for path in ["/u/organization", "/u/organization-picker"] {
        let answer = submit(&mut browser, path, &page, ("organizationName", "acme")).await;
        assert!(
            answer.location().starts_with("/u/login/identifier"),
            "{path}"
        );
    }
}
