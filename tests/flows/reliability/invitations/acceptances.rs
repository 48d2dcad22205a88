//! REL-42: 1,000 invitations, each accepted by 50 calls at once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use doorward_e2e::{PATIENCE, Separate, on};
use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::organization::v1::invitation_service_client::InvitationServiceClient;
use doorward_proto::organization::v1::{AcceptInvitationRequest, AcceptInvitationResponse};
use doorward_proto::reason_of;
use doorward_service_kit::grpc::Channel;
use tokio::sync::{Barrier, Semaphore};
use tokio::task::JoinSet;
use tonic::{Response, Status};

use super::{Made, REPLICAS, channel, create, is_spent, members, start};

const INVITATIONS: usize = 1000;
const CALLS: usize = 50;
/// Invitations that are accepted at the same time.
const AT_ONCE: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_42_each_of_a_thousand_invitations_makes_one_member() {
    let deployment = start(Separate::builder()).await;
    on(&deployment, async |deployment| {
        let channels = REPLICAS.map(|replica| channel(deployment, replica));
        let mut made = Vec::new();
        for number in 0..INVITATIONS {
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
        assert_eq!(winners.len(), INVITATIONS);
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
        match answer {
            Ok(answer) => {
                assert!(answer.into_inner().member_added);
                winners.push(user_id);
            }
            Err(status) => {
                let reason = reason_of(&status);
                assert_eq!(reason, Some(ErrorReason::InvitationNotFound), "{status}");
            }
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    winners.remove(0)
}

/// Repeats a call while the service has too much to do, which is no answer.
async fn accept(
    channel: &Channel,
    request: &AcceptInvitationRequest,
) -> Result<Response<AcceptInvitationResponse>, Status> {
    let begin = Instant::now();
    loop {
        let mut service = InvitationServiceClient::new(channel.clone());
        let answer = service.accept_invitation(request.clone()).await;
        match &answer {
            Err(status) if reason_of(status) != Some(ErrorReason::InvitationNotFound) => {
                assert!(begin.elapsed() < PATIENCE, "{status}");
            }
            _ => return answer,
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
