//! SEC-121, SEC-122, SEC-127, SEC-133: whose account an invitation is for.

use doorward_e2e::{Agent, Page, User, claims};

use super::super::assertions::assert_refused;
use super::super::fixture::{ACME, BETA, at_second, of_team, on_replicas};
use super::{
    accept, assert_good, from_invitation_to_password, invite, open, organization_of, subject_of,
    to_password, to_sign_up, with_ticket,
};
use crate::sign_up::fill_in;

#[tokio::test]
async fn sec_121_the_account_of_another_address_accepts_nothing() {
    on_replicas(async |deployment| {
        let (bob, carol) = (deployment.add_user(), deployment.add_user());
        let invitation = invite(deployment, &carol.email);
        let agent = Agent::new(deployment);
        let bobs = agent.sign_in(&of_team("id_token"), &bob).await;
        let page = open(&agent, &invitation).await;
        assert!(page.body.contains(&carol.email), "{page:?}");
        assert!(page.body.contains(&bob.email), "{page:?}");
        assert_good(deployment, &invitation).await;
        assert!(!deployment.is_member(ACME, &subject_of(&bobs)));

        // The button leads to a sign-in as carol, and nowhere else.
        let forged = page.form().press("action", "accept");
        let next = agent.submit(&forged).await;
        assert_eq!(next.location(), None, "{next:?}");
        assert!(!deployment.is_member(ACME, &subject_of(&bobs)));
        assert!(next.body.contains(&carol.email), "{next:?}");
        assert_good(deployment, &invitation).await;

        let page = to_password(&agent, &invitation).await;
        let form = page.form();
        assert_eq!(form.value("username"), carol.email, "{page:?}");
        // Bob's own address and password, in the form for carol.
        let forged = form
            .clone()
            .with("username", &bob.email)
            .with("password", &bob.password);
        let refused = agent.submit(&forged).await;
        assert_eq!(refused.status, 400, "{refused:?}");
        assert_good(deployment, &invitation).await;

        let form = refused.form().with("password", &carol.password);
        let answer = agent.submit_and_follow(&form).await.callback();
        assert_eq!(organization_of(&answer), ACME);
        assert_eq!(claims(answer.get("id_token"))["email"], carol.email);
        assert!(!deployment.is_member(ACME, &subject_of(&bobs)));
    })
    .await;
}

/// A request that hints at another user could not be answered with the membership.
#[tokio::test]
async fn sec_121_another_user_than_the_hinted_one_spends_nothing() {
    on_replicas(async |deployment| {
        let (bob, carol) = (deployment.add_user(), deployment.add_user());
        let agent = Agent::new(deployment);
        let bobs = agent.sign_in(&of_team("id_token"), &bob).await;
        let invitation = invite(deployment, &carol.email);
        let hint = bobs.get("id_token");
        let request = with_ticket(&invitation).with("id_token_hint", hint);
        let agent = Agent::new(deployment);
        let page = agent.open(&request).await;
        let page = from_invitation_to_password(&agent, page).await;
        let form = page.form().with("password", &carol.password);
        let page = agent.submit(&form).await;
        let answer = agent.follow(page).await.callback();
        assert_eq!(answer.get("error"), "login_required");
        let members = deployment.members(ACME).to_string();
        assert!(!members.contains(&carol.email), "{members}");
        assert_good(deployment, &invitation).await;
    })
    .await;
}

/// An account that someone else may have made for the invited address: only who has read the mail gets further, and
/// all others are signed out.
#[tokio::test]
async fn sec_122_acceptance_proves_the_mailbox_and_ends_other_sessions() {
    on_replicas(async |deployment| {
        let carol = deployment.add_user();
        let squatter = Agent::new(deployment);
        let before = squatter.sign_in(&of_team("id_token"), &carol).await;
        assert_eq!(claims(before.get("id_token"))["email_verified"], false);
        let invitation = invite(deployment, &carol.email);

        // Without the ticket there is no way in, although the address fits.
        let of_acme = of_team("id_token").with("organization", ACME);
        let refused = squatter.authorize(&of_acme).await.callback();
        assert_eq!(refused.get("error"), "access_denied");

        // With it, a session that was there before is not enough: its address was never proved.
        let page = open(&squatter, &invitation).await;
        let page = squatter.submit_and_follow(&page.form()).await;
        assert!(
            page.location().is_none(),
            "a password is asked for: {page:?}"
        );
        assert!(!deployment.is_member(ACME, &subject_of(&before)));

        let owner = Agent::new(deployment);
        let page = to_password(&owner, &invitation).await;
        let form = page.form().with("password", &carol.password);
        let answer = owner.submit_and_follow(&form).await.callback();
        assert_eq!(organization_of(&answer), ACME);
        assert_eq!(claims(answer.get("id_token"))["email_verified"], true);
        for agent in [&squatter, &at_second(deployment, &squatter)] {
            let silent = of_team("id_token").with("prompt", "none");
            let answer = agent.authorize(&silent).await.callback();
            assert_eq!(answer.get("error"), "login_required");
        }
        for agent in [&owner, &at_second(deployment, &owner)] {
            let silent = of_acme.clone().with("prompt", "none");
            let answer = agent.authorize(&silent).await.callback();
            assert_eq!(organization_of(&answer), ACME);
        }
    })
    .await;
}

#[tokio::test]
async fn sec_127_fields_of_the_form_say_nothing_about_the_invitation() {
    on_replicas(async |deployment| {
        let (user, other) = (User::stranger(), User::stranger());
        let invitation = invite(deployment, &user.email);
        let agent = Agent::new(deployment);
        let extra = [
            ("roles", "admin"),
            ("role_ids", "admin"),
            ("org_id", BETA),
            ("organization", BETA),
            ("organization_id", BETA),
            ("invitation", "other"),
            ("client_id", "spa1"),
            ("user_id", "auth0|1"),
        ];
        let with_extra = |page: &Page| {
            let form = page.form();
            extra
                .iter()
                .fold(form, |form, (name, value)| form.and(name, value))
        };
        let page = open(&agent, &invitation).await;
        let form = with_extra(&page).and("email", &other.email);
        let page = agent.submit_and_follow(&form).await;
        assert_eq!(page.url.path(), "/u/signup", "{page:?}");
        let form = with_extra(&page)
            .with("email", &other.email)
            .with("password", &user.password);
        let answer = agent.submit_and_follow(&form).await.callback();
        let claims = claims(answer.get("id_token"));
        assert_eq!(claims["email"], user.email);
        assert_eq!(claims["org_id"], ACME);
        assert_eq!(claims["aud"], "team1");
        let members = deployment.members(BETA).to_string();
        assert!(
            !members.contains(claims["sub"].as_str().unwrap()),
            "{members}"
        );
    })
    .await;
}

/// An account of the invited address that was made in another way claims nothing.
#[tokio::test]
async fn sec_133_the_address_alone_claims_nothing() {
    on_replicas(async |deployment| {
        let carol = User::stranger();
        let invitation = invite(deployment, &carol.email);
        let agent = Agent::new(deployment);
        let sign_up = of_team("id_token").with("screen_hint", "signup");
        let page = agent.open(&sign_up).await;
        assert_eq!(page.url.path(), "/u/signup", "{page:?}");
        let form = fill_in(page.form(), &carol.email, &carol.password);
        let personal = agent.submit_and_follow(&form).await.callback();
        let of_acme = of_team("id_token").with("organization", ACME);
        for request in [of_acme.clone(), of_acme.with("prompt", "none")] {
            let refused = agent.authorize(&request).await;
            assert_refused(&refused, &request, "access_denied");
        }
        assert_eq!(claims(personal.get("id_token"))["email_verified"], false);
        assert!(!deployment.is_member(ACME, &subject_of(&personal)));
        assert_good(deployment, &invitation).await;
    })
    .await;
}

/// The ticket of an existing address creates no second account.
#[tokio::test]
async fn sec_133_an_existing_address_is_not_signed_up_again() {
    on_replicas(async |deployment| {
        let carol = deployment.add_user();
        let invitation = invite(deployment, &carol.email);
        let agent = Agent::new(deployment);
        let page = to_sign_up(&agent, &invitation).await;
        let form = page.form().with("password", "another long password");
        let refused = agent.submit(&form).await;
        assert_eq!(refused.status, 400, "{refused:?}");
        assert_good(deployment, &invitation).await;
        let newcomer = User::stranger();
        accept(&agent, &invite(deployment, &newcomer.email), &newcomer).await;
    })
    .await;
}
