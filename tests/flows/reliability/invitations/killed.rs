//! REL-43: `organization` is killed in the middle of acceptances. `KILLS=200` kills it more often.

use std::collections::BTreeMap;
use std::time::Duration;

use doorward_e2e::{Deployment, Replica, Separate, on};
use doorward_proto::organization::v1::AcceptInvitationResponse;
use doorward_proto::organization::v1::invitation_service_client::InvitationServiceClient;
use doorward_service_kit::grpc::Channel;
use tokio::task::JoinSet;
use tonic::Status;

use super::{Made, channel, create, is_spent, members, start, until_up};
use crate::number;

const ROUNDS: usize = 30;
/// Acceptances in each round, so that a kill meets some of them at each of their steps.
const ACCEPTANCES: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_43_a_kill_leaves_a_member_or_an_open_invitation() {
    let deployment = start(Separate::builder()).await;
    on(&deployment, async |deployment| {
        let Deployment::Separate(separate) = deployment else {
            unreachable!()
        };
        let survivor = channel(deployment, Replica::Second);
        let mut cut = 0;
        let rounds = number("KILLS", ROUNDS);
        for round in 0..rounds {
            let mut made = Vec::new();
            for number in 0..ACCEPTANCES {
                made.push(create(&survivor, &format!("invited-{round}-{number}"), false).await);
            }
            let first = until_up(deployment, Replica::First, &made[0]).await;
            let mut calls = JoinSet::new();
            for invitation in made.clone() {
                let channel = first.clone();
                calls.spawn(async move { accept(&channel, &invitation).await });
            }
            // The service accepts one after the other: after some answers, the next acceptance is under way. In later
            // rounds it is further.
            let mut answers = Vec::new();
            while answers.len() < round % ACCEPTANCES {
                answers.extend(calls.join_next().await.map(Result::unwrap));
            }
            let further = (round / ACCEPTANCES) as u64 * 397 % 5_000;
            tokio::time::sleep(Duration::from_micros(further)).await;
            separate.kill("organization");
            answers.extend(calls.join_all().await);
            cut += answers.iter().filter(|answer| answer.is_err()).count();
            separate.start_process("organization");
            check(&survivor, &made).await;
        }
        println!("{cut} of {} calls were cut off", rounds * ACCEPTANCES);
        assert!(
            (1..rounds * ACCEPTANCES).contains(&cut),
            "no kill met a call, or all did"
        );
    })
    .await;
}

fn user_of(invitation: &Made) -> String {
    format!("auth0|{}", invitation.id)
}

async fn accept(channel: &Channel, invitation: &Made) -> Result<AcceptInvitationResponse, Status> {
    let request = invitation.acceptance(&user_of(invitation), &invitation.id);
    let mut service = InvitationServiceClient::new(channel.clone());
    let answer = service.accept_invitation(request).await?;
    Ok(answer.into_inner())
}

/// Which tickets are spent, and who is a member, at one moment. The database may still commit for a killed process, and
/// a ticket is never open again: what two readings agree on has not changed between them.
async fn settled(survivor: &Channel, made: &[Made]) -> (BTreeMap<String, bool>, Vec<String>) {
    let mut before = spent(survivor, made).await;
    loop {
        let members = members(survivor).await;
        let after = spent(survivor, made).await;
        if after == before {
            return (after, members);
        }
        before = after;
    }
}

async fn spent(survivor: &Channel, made: &[Made]) -> BTreeMap<String, bool> {
    let mut spent = BTreeMap::new();
    for invitation in made {
        let id = invitation.id.clone();
        spent.insert(id, is_spent(survivor, &invitation.id).await);
    }
    spent
}

/// Checks that spent tickets and members are the same, and that a retry at the other process gets the good answer.
async fn check(survivor: &Channel, made: &[Made]) {
    let (spent, members) = settled(survivor, made).await;
    for invitation in made {
        let is_member = members.contains(&user_of(invitation));
        assert_eq!(spent[&invitation.id], is_member, "{invitation:?}");
    }
    for invitation in made {
        let first = accept(survivor, invitation).await.unwrap();
        let again = accept(survivor, invitation).await.unwrap();
        assert_eq!(first, again, "{invitation:?}");
        assert!(is_spent(survivor, &invitation.id).await);
    }
}
