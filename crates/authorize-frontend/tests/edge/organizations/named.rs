//! `organization` in the request: by id, by name, and what is refused.

use doorward_proto::client_registry::v1::{ClientPatch, OrganizationUsage, TenantPatch};
use doorward_proto::organization::v1::{
    OrganizationClient, OrganizationClients, OrganizationPatch,
};

use super::{
    BETA, add, add_member, assert_refused, beta, change_client, in_organization, silently_in,
};
use crate::tenant::{ACME, ALICE, apply_settings};
use crate::{TestApp, authorize};

async fn allow_names(app: &mut TestApp) {
    let tenant = TenantPatch {
        allow_organization_name_in_authentication_api: Some(true),
        ..TenantPatch::default()
    };
    apply_settings(tenant, &app.channels).await;
    app.restart();
}

/// SEC-139: the token is for the organization that was asked for.
#[tokio::test]
async fn sec_139_both_tokens_name_the_organization() {
    let app = TestApp::start().await;
    add(&app, &[beta()]).await;
    add_member(&app, BETA, ALICE).await;
    let mut alice = app.browser();
    let answer = alice.sign_in(&in_organization(ACME), ALICE).await;
    assert_eq!(answer.id_token()["org_id"], ACME);
    assert!(answer.id_token().get("org_name").is_none());
    for organization in [BETA, ACME] {
        let answer = alice.get(&silently_in(organization)).await;
        assert_eq!(answer.id_token()["org_id"], organization);
    }
    let personal = alice.get(&authorize(&[("prompt", "none")])).await;
    assert!(personal.id_token().get("org_id").is_none());
}

#[tokio::test]
async fn by_name_where_the_tenant_allows_names() {
    let mut app = TestApp::start().await;
    let not_an_id = "authorization request parameter organization must be an organization id";
    let refused = app.browser().get(&in_organization("acme")).await;
    assert_refused(&refused, "invalid_request", not_an_id);
    allow_names(&mut app).await;
    for organization in ["acme", "ACME", ACME] {
        let target = in_organization(organization);
        let answer = app.browser().sign_in(&target, ALICE).await;
        assert_eq!(answer.id_token()["org_id"], ACME, "{organization}");
        assert_eq!(answer.id_token()["org_name"], "acme", "{organization}");
    }
    // The name for users is no name.
    let answer = app.browser().get(&in_organization("Acme Company")).await;
    let unknown = "parameter organization is invalid: Acme Company";
    assert_refused(&answer, "invalid_request", unknown);
}

#[tokio::test]
async fn a_name_fills_the_placeholder_of_a_callback() {
    let mut app = TestApp::start().await;
    allow_names(&mut app).await;
    let callback = "https://acme.example.test/cb";
    let changes = [
        ("client_id", "members"),
        ("redirect_uri", callback),
        ("organization", "Acme"),
    ];
    let answer = app.browser().sign_in(&authorize(&changes), ALICE).await;
    assert!(
        answer.location().starts_with(callback),
        "{}",
        answer.location()
    );
    assert_eq!(answer.id_token()["org_name"], "acme");
}

/// An organization that a third party may not enter looks like one that does not exist.
#[tokio::test]
async fn third_parties_enter_only_where_they_may() {
    let mut app = TestApp::start().await;
    add(&app, &[beta()]).await;
    let partner = ClientPatch {
        client_id: Some("partner".to_owned()),
        name: "partner".to_owned(),
        organization_usage: Some(OrganizationUsage::Allow.into()),
        ..ClientPatch::default()
    };
    change_client(&mut app, partner).await;
    let target = |organization| {
        let changes = [("client_id", "partner"), ("redirect_uri", "")];
        authorize(&[&changes[..], &[("organization", organization)]].concat())
    };
    for organization in [BETA, "org_nope"] {
        let refused = app.browser().get(&target(organization)).await;
        let description = format!("parameter organization is invalid: {organization}");
        assert_refused(&refused, "invalid_request", &description);
    }
    let open = OrganizationPatch {
        third_party_clients_allowed: Some(true),
        ..beta()
    };
    add(&app, &[open]).await;
    let page = app.browser().open(&target(BETA)).await;
    page.assert_page(200, "Beta Company");
}

#[tokio::test]
async fn an_organization_may_list_its_applications() {
    let app = TestApp::start().await;
    let client = |client_id: &str, use_for_member_access| OrganizationClient {
        client_id: client_id.to_owned(),
        use_for_member_access,
    };
    let listing = |clients: &[OrganizationClient]| OrganizationPatch {
        is_app_entitlement_active: Some(true),
        clients: Some(OrganizationClients {
            clients: clients.to_vec(),
        }),
        ..beta()
    };
    // A callback does not show that such an organization exists.
    add(&app, &[listing(&[])]).await;
    let at_callback = |organization: &str| {
        let changes = [
            ("client_id", "members"),
            ("redirect_uri", "https://beta.example.test/cb"),
            ("organization", organization),
        ];
        authorize(&changes)
    };
    for organization in [BETA, "org_nope"] {
        let refused = app.browser().get(&at_callback(organization)).await;
        refused.assert_page(403, "Callback URL mismatch");
    }
    add(&app, &[listing(&[client("members", true)])]).await;
    let page = app.browser().open(&at_callback(BETA)).await;
    page.assert_page(200, "Beta Company");

    for clients in [
        vec![],
        vec![client("spa", false)],
        vec![client("team", true)],
    ] {
        add(&app, &[listing(&clients)]).await;
        let refused = app.browser().get(&in_organization(BETA)).await;
        let description = "client is not allowed to use the organization";
        assert_refused(&refused, "access_denied", description);
    }
    add(&app, &[listing(&[client("spa", true)])]).await;
    add_member(&app, BETA, ALICE).await;
    let answer = app.browser().sign_in(&in_organization(BETA), ALICE).await;
    assert_eq!(answer.id_token()["org_id"], BETA);
}
