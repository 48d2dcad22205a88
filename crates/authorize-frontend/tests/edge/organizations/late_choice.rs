//! Clients that ask for the organization after the sign-in.

use doorward_proto::client_registry::v1::{OrganizationRequireBehavior, OrganizationUsage};
use doorward_proto::organization::v1::OrganizationPatch;

use super::{
    BETA, GAMMA, SILENT, add, add_client, add_member, assert_refused, assigning, beta, connections,
    enabled, gamma, patch, remove_member, submit, submit_and_follow, team, user_id,
};
use crate::TestApp;
use crate::tenant::{ACME, ALICE, BOB};

const PICKER: &str = "/u/organization-picker";
const SKIP: (&str, &str) = ("organizationSkipped", "true");

async fn start(usage: OrganizationUsage) -> TestApp {
    let mut app = TestApp::start().await;
    let behavior = OrganizationRequireBehavior::PostLoginPrompt;
    add_client(&mut app, usage, behavior).await;
    add(&app, &[beta(), gamma()]).await;
    app
}

#[tokio::test]
async fn the_only_organization_needs_no_page() {
    let app = start(OrganizationUsage::Require).await;
    let mut alice = app.browser();
    let answer = alice.sign_in(&team(&[]), ALICE).await;
    assert_eq!(answer.id_token()["org_id"], ACME);
    let answer = alice.get(&team(&[SILENT])).await;
    assert_eq!(answer.id_token()["org_id"], ACME);
}

#[tokio::test]
async fn of_several_the_user_chooses_one() {
    let app = start(OrganizationUsage::Require).await;
    add_member(&app, BETA, ALICE).await;
    let mut alice = app.browser();
    let page = alice.sign_in(&team(&[]), ALICE).await;
    for text in ["Acme Company", "Beta Company", ALICE] {
        page.assert_page(200, text);
    }
    for text in ["Gamma Company", "organizationSkipped"] {
        assert!(!page.body.contains(text), "{text}");
    }
    for field in [
        ("organization", GAMMA),
        ("organization", ""),
        ("organization", "beta"),
        SKIP,
    ] {
        let again = submit(&mut alice, PICKER, &page, field).await;
        again.assert_page(400, "data-error-code=\"invalid-organization\"");
    }
    let answer = submit_and_follow(&mut alice, PICKER, &page, ("organization", BETA)).await;
    assert_eq!(answer.id_token()["org_id"], BETA);
    // No page can ask again.
    let refused = alice.get(&team(&[SILENT])).await;
    assert_refused(&refused, "interaction_required", "Interaction required");
    let answer = alice.get(&team(&[SILENT, ("organization", BETA)])).await;
    assert_eq!(answer.id_token()["org_id"], BETA);
}

#[tokio::test]
async fn a_personal_account_is_offered_where_it_is_allowed() {
    let app = start(OrganizationUsage::Allow).await;
    let mut alice = app.browser();
    let page = alice.sign_in(&team(&[]), ALICE).await;
    page.assert_page(200, "name=\"organizationSkipped\"");
    let personal = submit_and_follow(&mut alice, PICKER, &page, SKIP).await;
    assert!(personal.id_token().get("org_id").is_none());
    let page = alice.open(&team(&[])).await;
    let answer = submit_and_follow(&mut alice, PICKER, &page, ("organization", ACME)).await;
    assert_eq!(answer.id_token()["org_id"], ACME);
    // A user without organizations is not asked.
    let personal = app.browser().sign_in(&team(&[]), BOB).await;
    assert!(personal.id_token().get("org_id").is_none());
}

#[tokio::test]
async fn a_user_without_organizations_joins_the_only_one_that_assigns() {
    let app = start(OrganizationUsage::Require).await;
    let bob_id = user_id(&app, BOB).await;
    let none = format!("user {bob_id} does not belong to any organization");
    let mut bob = app.browser();
    let refused = bob.sign_in(&team(&[]), BOB).await;
    assert_refused(&refused, "access_denied", &none);

    let assign = |organization: OrganizationPatch| OrganizationPatch {
        connections: Some(connections(&[assigning("users")])),
        ..organization
    };
    add(&app, &[assign(beta()), assign(gamma())]).await;
    let refused = bob.get(&team(&[])).await;
    assert_refused(&refused, "access_denied", &none);

    add(&app, &[gamma()]).await;
    let answer = bob.get(&team(&[])).await;
    assert_eq!(answer.id_token()["org_id"], BETA);
}

/// An organization that the connection of the sign-in does not lead to is not offered.
#[tokio::test]
async fn only_organizations_that_the_sign_in_fits() {
    let app = start(OrganizationUsage::Require).await;
    add_member(&app, BETA, ALICE).await;
    let closed = OrganizationPatch {
        connections: Some(connections(&[enabled("staff")])),
        ..beta()
    };
    add(&app, &[closed]).await;
    let answer = app.browser().sign_in(&team(&[]), ALICE).await;
    assert_eq!(answer.id_token()["org_id"], ACME);
}

#[tokio::test]
async fn the_choice_is_checked_again_and_counts_for_one_user() {
    let app = start(OrganizationUsage::Require).await;
    add_member(&app, BETA, ALICE).await;
    let mut alice = app.browser();
    let page = alice.sign_in(&team(&[]), ALICE).await;
    let resume = submit(&mut alice, PICKER, &page, ("organization", BETA)).await;
    remove_member(&app, BETA, ALICE).await;
    let refused = alice.follow(resume).await;
    let alice_id = user_id(&app, ALICE).await;
    let not_a_member = format!("user {alice_id} is not part of the {BETA} organization");
    assert_refused(&refused, "access_denied", &not_a_member);

    // Another user has signed in meanwhile, in another tab.
    add_member(&app, BETA, ALICE).await;
    let page = alice.open(&team(&[])).await;
    alice
        .sign_in(&team(&[("prompt", "login"), ("organization", ACME)]), BOB)
        .await;
    let answer = submit(&mut alice, PICKER, &page, ("organization", BETA)).await;
    assert!(
        answer.location().starts_with("/authorize/resume"),
        "{answer:?}"
    );
    let answer = alice.follow(answer).await;
    assert_eq!(answer.error(), "access_denied");
}

/// Twenty on each page.
#[tokio::test]
async fn many_organizations_have_pages() {
    let app = start(OrganizationUsage::Require).await;
    let id = |number: usize| format!("org_many0000000000{number:02}");
    let many: Vec<_> = (0..25)
        .map(|number| {
            patch(
                &id(number),
                &format!("many-{number:02}"),
                &format!("Many {number:02}"),
            )
        })
        .collect();
    add(&app, &many).await;
    for number in 0..25 {
        add_member(&app, &id(number), ALICE).await;
    }
    let mut alice = app.browser();
    let page = alice.sign_in(&team(&[]), ALICE).await;
    assert_eq!(page.body.matches("name=\"organization\"").count(), 20);
    page.assert_page(200, "Acme Company");
    let (_, rest) = page.body.split_once("<a href=\"").unwrap();
    let next = rest
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    let page = alice.get(&next).await;
    assert_eq!(page.body.matches("name=\"organization\"").count(), 6);
    page.assert_page(200, "Many 24");
    let last = ("organization", &*id(24));
    let answer = submit_and_follow(&mut alice, PICKER, &page, last).await;
    assert_eq!(answer.id_token()["org_id"], id(24));
    // A place that no page has named.
    let page = alice.open(&team(&[])).await;
    let elsewhere = format!("{PICKER}?state={}&from=%00nonsense", page.field("state"));
    assert!(alice.get(&elsewhere).await.status.as_u16() < 500);
}
