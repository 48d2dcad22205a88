//! Accepting an invitation: with a new account, an existing one, and a session.

use doorward_e2e::{
    API, API_WITH_ROLES, Agent, GLOBEX, Keys, ORGANIZATION, Replica, Request, TEAM, User, claims,
    on_every_deployment,
};
use serde_json::json;

use super::{assert_not_good, request, sign_in, sign_up};

#[tokio::test]
async fn a_new_user_signs_up() {
    on_every_deployment(async |deployment| {
        let user = User::stranger();
        let invitation = deployment.invite(ORGANIZATION, &user.email, TEAM, &[]);
        let agent = Agent::new(deployment);
        let page = agent.open(&invitation.request(&request())).await;
        for shown in ["Ann Administrator", "Acme", &user.email, "Team"] {
            assert!(page.body.contains(shown), "{shown}: {page:?}");
        }
        let request = request().with("audience", API);
        let page = invitation.open(&agent, &request).await;
        let page = super::submit_sign_up(&agent, page, &user).await;
        let answer = page.callback();
        let keys = Keys::fetch(deployment).await;
        let id_token = keys.verify(answer.get("id_token"), TEAM);
        assert_eq!(id_token["org_id"], ORGANIZATION);
        assert_eq!(id_token["email"], user.email);
        assert_eq!(id_token["email_verified"], true);
        let access_token = keys.verify(answer.get("access_token"), API);
        assert_eq!(access_token["org_id"], ORGANIZATION);

        let shown = deployment.invitation(ORGANIZATION, invitation.id());
        assert_eq!(shown["state"], "accepted", "{shown}");
        assert!(!shown.to_string().contains("invitation="), "{shown}");
        assert_not_good(&agent, &invitation).await;
        assert_not_good(&agent.another(), &invitation).await;

        // From now on the account is like any other.
        let elsewhere = agent.another();
        let request = super::request().with("organization", ORGANIZATION);
        let answer = elsewhere.sign_in(&request, &user).await;
        assert_eq!(claims(answer.get("id_token"))["sub"], id_token["sub"]);
    })
    .await;
}

#[tokio::test]
async fn an_existing_user_signs_in() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        // Letter case does not count.
        let address = user.email.to_uppercase();
        let invitation = deployment.invite(ORGANIZATION, &address, TEAM, &[]);
        let answer = sign_in(&Agent::new(deployment), &invitation, &user).await;
        let claims = claims(answer.get("id_token"));
        assert_eq!(claims["org_id"], ORGANIZATION);
        assert_eq!(claims["email_verified"], true);
        assert_eq!(
            deployment.invitation(ORGANIZATION, invitation.id())["state"],
            "accepted"
        );
    })
    .await;
}

/// A session of the invited address, which was proved before, needs one button and no password.
#[tokio::test]
async fn a_matching_session_needs_no_password() {
    on_every_deployment(async |deployment| {
        let user = User::stranger();
        let first = deployment.invite(ORGANIZATION, &user.email, TEAM, &[]);
        let agent = Agent::new(deployment);
        sign_up(&agent, &first, &user).await;
        let second = deployment.invite(GLOBEX, &user.email, TEAM, &[]);
        let answer = second.open(&agent, &request()).await.callback();
        assert_eq!(claims(answer.get("id_token"))["org_id"], GLOBEX);
        assert_not_good(&agent, &second).await;
    })
    .await;
}

/// Another invitation of a member is spent too, and its roles are added.
#[tokio::test]
async fn a_member_gets_the_missing_roles() {
    on_every_deployment(async |deployment| {
        let user = User::stranger();
        let invite =
            |role: &str| deployment.invite(ORGANIZATION, &user.email, TEAM, &["--role", role]);
        let (one, other) = (invite("reader"), invite("writer"));
        let agent = Agent::new(deployment);
        sign_up(&agent, &one, &user).await;
        let answer = other.open(&agent, &request()).await.callback();
        assert!(answer.find("error").is_none(), "{answer:?}");
        assert_not_good(&agent, &other).await;
        let silent = Request::new("token")
            .with("client_id", TEAM)
            .with("organization", ORGANIZATION)
            .with("audience", API_WITH_ROLES)
            .with("scope", "openid read:reports write:reports")
            .with("prompt", "none");
        let answer = agent.authorize(&silent).await.callback();
        assert_eq!(
            claims(answer.get("access_token"))["permissions"],
            json!(["read:reports", "write:reports"])
        );
    })
    .await;
}

#[tokio::test]
async fn the_invited_person_may_change_the_replica() {
    on_every_deployment(async |deployment| {
        let user = User::stranger();
        let invitation = deployment.invite(ORGANIZATION, &user.email, TEAM, &[]);
        let first = Agent::new(deployment);
        let second = first.at(Replica::Second, deployment);
        let page = first.open(&invitation.request(&request())).await;
        let page = second.submit_and_follow(&page.form()).await;
        let answer = super::submit_sign_up(&first, page, &user).await.callback();
        assert_eq!(claims(answer.get("id_token"))["org_id"], ORGANIZATION);
        let silent = request()
            .with("organization", ORGANIZATION)
            .with("prompt", "none");
        let answer = second.authorize(&silent).await.callback();
        assert_eq!(claims(answer.get("id_token"))["org_id"], ORGANIZATION);
    })
    .await;
}

/// The connection disables sign-up, and the organization allows it for its own.
#[tokio::test]
async fn an_invitation_can_name_the_connection() {
    on_every_deployment(async |deployment| {
        let user = User::stranger();
        let options = ["--connection", "partners"];
        let invitation = deployment.invite(GLOBEX, &user.email, TEAM, &options);
        let answer = sign_up(&Agent::new(deployment), &invitation, &user).await;
        assert_eq!(claims(answer.get("id_token"))["org_id"], GLOBEX);
        let known = deployment.command(
            &["user", "password", &user.email, "--connection", "partners"],
            "another long one",
        );
        known.assert_success();
    })
    .await;
}

#[tokio::test]
async fn silently_nothing_is_accepted() {
    on_every_deployment(async |deployment| {
        let user = User::stranger();
        let invitation = deployment.invite(ORGANIZATION, &user.email, TEAM, &[]);
        let agent = Agent::new(deployment);
        let silent = invitation.request(&request()).with("prompt", "none");
        let answer = agent.authorize(&silent).await.callback();
        answer.assert_error("interaction_required", "Interaction required");
        sign_up(&agent, &invitation, &user).await;
    })
    .await;
}

#[tokio::test]
async fn the_organization_is_required_beside_the_invitation() {
    on_every_deployment(async |deployment| {
        let user = User::stranger();
        let invitation = deployment.invite(ORGANIZATION, &user.email, TEAM, &[]);
        let request = invitation.request(&request()).without("organization");
        let answer = Agent::new(deployment).authorize(&request).await.callback();
        answer.assert_error("invalid_request", "parameter organization is required");
    })
    .await;
}
