//! SEC-125: who comes first.

use std::sync::Arc;

use doorward_e2e::{Agent, Replica, User};
use doorward_proto::organization::v1::AcceptInvitationRequest;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::super::fixture::{ACME, on_replicas};
use super::{invite, organization_of, to_sign_up, with_ticket};
use crate::invitations::accept;

/// 50 calls at both replicas of the service, of as many users and sign-ins.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_125_of_fifty_users_one_becomes_a_member() {
    const CALLS: usize = 50;
    on_replicas(async |deployment| {
        let email = User::stranger().email;
        let invitation = invite(deployment, &email);
        let ticket = invitation.parameter("invitation");
        let mut channels = Vec::new();
        for replica in [Replica::First, Replica::Second] {
            channels.push(deployment.channel("organization", replica));
        }
        let ready = Arc::new(Barrier::new(CALLS));
        let mut calls = JoinSet::new();
        for number in 0..CALLS {
            let channel = channels[number % 2].clone();
            let request = AcceptInvitationRequest {
                ticket_id: ticket.clone(),
                organization_id: ACME.to_owned(),
                client_id: "team1".to_owned(),
                user_id: format!("auth0|{number}-{}", invitation.id()),
                email: email.clone(),
                connection: "users".to_owned(),
                acceptance_id: format!("{number}-{}", invitation.id()),
            };
            let ready = Arc::clone(&ready);
            calls.spawn(async move {
                ready.wait().await;
                accept(&channel, &request).await
            });
        }
        let accepted = calls.join_all().await.into_iter().flatten().count();
        assert_eq!(accepted, 1);
        let members = deployment.members(ACME).to_string();
        assert_eq!(members.matches(&format!("-{}", invitation.id())).count(), 1);
    })
    .await;
}

/// Two browsers that create the invited account at the same moment, at two replicas.
#[tokio::test]
async fn sec_125_of_two_browsers_one_is_answered() {
    on_replicas(async |deployment| {
        let user = User::stranger();
        let invitation = invite(deployment, &user.email);
        let first = Agent::new(deployment);
        let second = Agent::new(deployment).at(Replica::Second, deployment);
        let one = to_sign_up(&first, &invitation).await;
        let other = to_sign_up(&second, &invitation).await;
        let form = |page: &doorward_e2e::Page| page.form().with("password", &user.password);
        let (form, other_form) = (form(&one), form(&other));
        let (one, other) = tokio::join!(first.submit(&form), second.submit(&other_form));
        let one = first.follow(one).await;
        let other = second.follow(other).await;
        let tokens = [one, other].map(|page| {
            let granted = page.header("location").contains("id_token=");
            granted.then(|| organization_of(&page.callback()))
        });
        let granted: Vec<_> = tokens.iter().flatten().collect();
        assert_eq!(granted, [ACME], "one and only one");
        let request = with_ticket(&invitation);
        super::assert_not_good(&first.another().authorize(&request).await, &request);
    })
    .await;
}
