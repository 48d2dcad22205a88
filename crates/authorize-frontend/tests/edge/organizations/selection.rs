//! The pages that ask for the organization before the sign-in.

use doorward_proto::client_registry::v1::{
    ClientPatch, OrganizationDiscoveryMethod, OrganizationDiscoveryMethods,
    OrganizationRequireBehavior, OrganizationUsage,
};
use doorward_proto::organization::v1::{DiscoveryDomain, DiscoveryDomains, OrganizationPatch};

use super::{
    BETA, SILENT, add, add_client, add_member, assert_refused, beta, change_client, gamma, submit,
    submit_and_follow, team,
};
use crate::tenant::{ACME, ALICE, PASSWORD};
use crate::{Answer, Browser, TestApp};

const PAGE: &str = "/u/organization";
const PICKER: &str = "/u/pre-organization-picker";
const SKIP: (&str, &str) = ("organizationSkipped", "true");

async fn start(usage: OrganizationUsage) -> TestApp {
    let mut app = TestApp::start().await;
    add_client(&mut app, usage, OrganizationRequireBehavior::PreLoginPrompt).await;
    app
}

async fn discover_by(app: &mut TestApp, methods: &[OrganizationDiscoveryMethod]) {
    let methods = methods.iter().map(|method| (*method).into());
    let client = ClientPatch {
        client_id: Some("team".to_owned()),
        name: "Team".to_owned(),
        organization_discovery_methods: Some(OrganizationDiscoveryMethods {
            values: methods.collect(),
        }),
        ..ClientPatch::default()
    };
    change_client(app, client).await;
}

async fn sign_in_at(browser: &mut Browser<'_>, page: &Answer) -> Answer {
    let answer = browser.submit("identifier", page, ALICE, "").await;
    let page = browser.follow(answer).await;
    let answer = browser.submit("password", &page, ALICE, PASSWORD).await;
    browser.follow(answer).await
}

#[tokio::test]
async fn the_organization_is_named_first() {
    let app = start(OrganizationUsage::Require).await;
    let mut alice = app.browser();
    let page = alice.open(&team(&[])).await;
    page.assert_page(200, "name=\"organizationName\"");
    assert!(!page.body.contains("organizationSkipped"));
    for name in ["nope", "", "org_acme000000000001", "Acme Company"] {
        let again = submit(&mut alice, PAGE, &page, ("organizationName", name)).await;
        again.assert_page(400, "data-error-code=\"invalid-organization\"");
    }
    let page = submit_and_follow(&mut alice, PAGE, &page, ("organizationName", " Acme ")).await;
    page.assert_page(200, "Acme Company");
    let answer = sign_in_at(&mut alice, &page).await;
    assert_eq!(answer.id_token()["org_id"], ACME);
}

/// A session answers at once, once the organization is known.
#[tokio::test]
async fn a_session_needs_no_further_page() {
    let app = start(OrganizationUsage::Require).await;
    add(&app, &[beta()]).await;
    let mut alice = app.browser();
    let page = alice.open(&team(&[])).await;
    let page = submit_and_follow(&mut alice, PAGE, &page, ("organizationName", "acme")).await;
    sign_in_at(&mut alice, &page).await;
    let page = alice.open(&team(&[])).await;
    let answer = submit_and_follow(&mut alice, PAGE, &page, ("organizationName", "acme")).await;
    assert_eq!(answer.id_token()["org_id"], ACME);
    // Not a member there.
    let page = alice.open(&team(&[])).await;
    let answer = submit_and_follow(&mut alice, PAGE, &page, ("organizationName", "beta")).await;
    assert_eq!(answer.error(), "access_denied");
    // A request that names it is not asked.
    let answer = alice.get(&team(&[("organization", ACME)])).await;
    assert_eq!(answer.id_token()["org_id"], ACME);
}

#[tokio::test]
async fn the_personal_account_only_where_it_is_allowed() {
    let app = start(OrganizationUsage::Require).await;
    let mut alice = app.browser();
    let page = alice.open(&team(&[])).await;
    let again = submit(&mut alice, PAGE, &page, SKIP).await;
    again.assert_page(400, "data-error-code=\"invalid-organization\"");

    let app = start(OrganizationUsage::Allow).await;
    let mut alice = app.browser();
    let page = alice.open(&team(&[])).await;
    page.assert_page(200, "name=\"organizationSkipped\"");
    let page = submit_and_follow(&mut alice, PAGE, &page, SKIP).await;
    page.assert_page(200, "name=\"username\"");
    let answer = sign_in_at(&mut alice, &page).await;
    assert!(answer.id_token().get("org_id").is_none());
}

#[tokio::test]
async fn silently_nobody_is_asked() {
    let app = start(OrganizationUsage::Require).await;
    let refused = app.browser().get(&team(&[SILENT])).await;
    assert_refused(&refused, "interaction_required", "Interaction required");

    let app = start(OrganizationUsage::Allow).await;
    let mut alice = app.browser();
    let page = alice.open(&team(&[])).await;
    let page = submit_and_follow(&mut alice, PAGE, &page, SKIP).await;
    sign_in_at(&mut alice, &page).await;
    let answer = alice.get(&team(&[SILENT])).await;
    assert!(answer.id_token().get("org_id").is_none());
}

/// The form counts once: a page that was answered leads on.
#[tokio::test]
async fn an_answered_page_leads_on() {
    let app = start(OrganizationUsage::Require).await;
    let mut alice = app.browser();
    let page = alice.open(&team(&[])).await;
    submit(&mut alice, PAGE, &page, ("organizationName", "acme")).await;
    let again = submit(&mut alice, PAGE, &page, ("organizationName", "nope")).await;
    assert!(
        again.location().starts_with("/authorize/resume"),
        "{again:?}"
    );
    let forged = alice.post(PAGE, &[("organizationName", "acme")]).await;
    assert_eq!(forged.status, 403);
}

fn domains(organization: OrganizationPatch, names: &[&str], verified: bool) -> OrganizationPatch {
    let domains = names.iter().map(|domain| DiscoveryDomain {
        domain: (*domain).to_owned(),
        verified,
        use_for_organization_discovery: true,
    });
    OrganizationPatch {
        discovery_domains: Some(DiscoveryDomains {
            domains: domains.collect(),
        }),
        ..organization
    }
}

#[tokio::test]
async fn an_email_leads_to_the_organization_of_its_domain() {
    let mut app = start(OrganizationUsage::Require).await;
    let methods = [OrganizationDiscoveryMethod::Email];
    discover_by(&mut app, &methods).await;
    let beta = domains(beta(), &["beta.test", "both.test"], true);
    let gamma = domains(gamma(), &["both.test"], true);
    add(&app, &[beta, gamma]).await;
    let mut alice = app.browser();
    let page = alice.open(&team(&[])).await;
    page.assert_page(200, "name=\"email\"");
    for email in ["a@elsewhere.test", "beta.test", "beta", ""] {
        let again = submit(&mut alice, PAGE, &page, ("email", email)).await;
        again.assert_page(400, "data-error-code=\"invalid-organization\"");
    }
    let page = submit_and_follow(&mut alice, PAGE, &page, ("email", "a@BETA.test")).await;
    page.assert_page(200, "Beta Company");
    page.assert_page(200, "value=\"a@BETA.test\"");
}

#[tokio::test]
async fn of_several_organizations_of_a_domain_the_user_chooses_one() {
    let mut app = start(OrganizationUsage::Require).await;
    let methods = [
        OrganizationDiscoveryMethod::Email,
        OrganizationDiscoveryMethod::OrganizationName,
    ];
    discover_by(&mut app, &methods).await;
    let beta = domains(beta(), &["both.test"], true);
    let gamma = domains(gamma(), &["both.test"], true);
    add(&app, &[beta, gamma]).await;
    add_member(&app, BETA, ALICE).await;
    let mut alice = app.browser();
    let page = alice.open(&team(&[])).await;
    let typed = ("organizationName", "a@both.test");
    let page = submit_and_follow(&mut alice, PAGE, &page, typed).await;
    for text in [
        "Beta Company",
        "Gamma Company",
        "action=\"/u/pre-organization-picker\"",
    ] {
        page.assert_page(200, text);
    }
    // One that is not on the page.
    let again = submit(&mut alice, PICKER, &page, ("organization", ACME)).await;
    again.assert_page(400, "data-error-code=\"invalid-organization\"");
    let page = submit_and_follow(&mut alice, PICKER, &page, ("organization", BETA)).await;
    let answer = sign_in_at(&mut alice, &page).await;
    assert_eq!(answer.id_token()["org_id"], BETA);
}

/// A domain that is not verified leads nowhere.
#[tokio::test]
async fn a_pending_domain_does_not_count() {
    let mut app = start(OrganizationUsage::Require).await;
    let methods = [OrganizationDiscoveryMethod::Email];
    discover_by(&mut app, &methods).await;
    add(&app, &[domains(beta(), &["beta.test"], false)]).await;
    let mut alice = app.browser();
    let page = alice.open(&team(&[])).await;
    let again = submit(&mut alice, PAGE, &page, ("email", "a@beta.test")).await;
    again.assert_page(400, "data-error-code=\"invalid-organization\"");
}
