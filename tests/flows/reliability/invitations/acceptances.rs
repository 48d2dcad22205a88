//! REL-42: each of many invitations is accepted by 50 calls at once. `INVITATIONS=1000` makes more of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use doorward_e2e::{Separate, on};
use doorward_service_kit::grpc::Channel;
use tokio::sync::{Barrier, Semaphore};
use tokio::task::JoinSet;

use super::{Made, REPLICAS, channel, create, is_spent, members, start};
use crate::invitations::accept;
use crate::number;

const INVITATIONS: usize = 60;
const CALLS: usize = 50;
/// Invitations that are accepted at the same time.
const AT_ONCE: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_42_each_invitation_makes_one_member() {
    let deployment = start(Separate::builder()).await;
    on(&deployment, async |deployment| {
        let channels = REPLICAS.map(|replica| channel(deployment, replica));
        let invitations = number("INVITATIONS", INVITATIONS);
        let mut made = Vec::new();
        for number in 0..invitations {
            made.push(create(&channels[number % 2], &format!("invited-{number}"), false).await);
        }
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let mut races = JoinSet::new();
        for invitation in made.clone() {
            let place = Arc::clone(&places).acquire_owned().await.unwrap();
            let channels = channels.clone();
            races.spawn(async move {
                let winner = race(&channels, &invitation).await;
                drop(place);
                winner
            });
        }
        let winners: BTreeSet<String> = races.join_all().await.into_iter().collect();
        assert_eq!(winners.len(), invitations);
        let found: BTreeSet<String> = members(&channels[1]).await.into_iter().collect();
        assert_eq!(found, winners);
        for invitation in &made {
            assert!(
                is_spent(&channels[0], &invitation.id).await,
                "{invitation:?}"
            );
        }
    })
    .await;
}

/// Accepts an invitation by as many users at once, at both replicas. Returns the only one who became a member.
async fn race(channels: &[Channel; 2], invitation: &Made) -> String {
    let ready = Arc::new(Barrier::new(CALLS));
    let mut calls = JoinSet::new();
    for number in 0..CALLS {
        let user_id = format!("auth0|{}-{number}", invitation.id);
        let request = invitation.acceptance(&user_id, &user_id);
        let (ready, channel) = (Arc::clone(&ready), channels[number % 2].clone());
        calls.spawn(async move {
            ready.wait().await;
            (user_id, accept(&channel, &request).await)
        });
    }
    let mut winners = Vec::new();
    for (user_id, answer) in calls.join_all().await {
        if let Some(answer) = answer {
            assert!(answer.member_added);
            winners.push(user_id);
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    winners.remove(0)
}
