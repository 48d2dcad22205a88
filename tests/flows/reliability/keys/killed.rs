//! REL-30: `token-signing` is killed in the middle of a rotation. `KILLS=200` kills it more often.

use std::time::Duration;

use doorward_e2e::{Deployment, PATIENCE, Replica, on};
use doorward_proto::token_signing::v1::signing_key_service_client::SigningKeyServiceClient;
use doorward_proto::token_signing::v1::{KeyState, ReplaceCurrentKeyRequest};
use doorward_service_kit::grpc::Channel;

use super::{channel, kids_in, list, published, sign, start, until_up};
use crate::number;

const ROUNDS: usize = 12;

/// The replacement of the current key is a rotation that waits for nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_30_a_kill_leaves_one_current_and_one_next_key() {
    let deployment = start("").await;
    on(&deployment, async |deployment| {
        let Deployment::Separate(separate) = deployment else {
            unreachable!()
        };
        let survivor = channel(deployment, Replica::Second);
        let rounds = number("KILLS", ROUNDS);
        let mut changed = 0;
        for round in 0..rounds {
            let first = until_up(deployment, Replica::First).await;
            let before = current(&survivor).await;
            let mut call = tokio::spawn(replace(first));
            // A call makes a key, which takes most of its time, then writes, then waits for the other replicas. The
            // last round waits for all of it, however slow the machine is.
            let permille = 1000 * round as u64 / rounds as u64;
            let step = Duration::from_millis(permille * 4 / 5);
            let is_last = round + 1 == rounds;
            let wait = if is_last { PATIENCE } else { step };
            let ended = tokio::time::timeout(wait, &mut call).await.is_ok();
            separate.kill("token-signing");
            if !ended {
                let _ = call.await;
            }
            separate.start_process("token-signing");
            changed += usize::from(check(deployment, &survivor).await != before);
        }
        println!("{changed} of {rounds} rotations were done");
        assert!(changed > 0);
    })
    .await;
}

async fn replace(channel: Channel) {
    let mut service = SigningKeyServiceClient::new(channel);
    let request = ReplaceCurrentKeyRequest::default();
    let _ = service.replace_current_key(request).await;
}

/// The current key. The database may still commit for a killed process; until then, all see the keys before.
async fn current(survivor: &Channel) -> String {
    let keys = list(survivor).await;
    let [current] = *kids_in(&keys, KeyState::Current) else {
        panic!("{keys:?}");
    };
    let [next] = *kids_in(&keys, KeyState::Next) else {
        panic!("{keys:?}");
    };
    assert_ne!(current, next);
    current.to_owned()
}

/// Checks that both processes sign with the one current key, and publish it and the next one.
async fn check(deployment: &Deployment, survivor: &Channel) -> String {
    let first = until_up(deployment, Replica::First).await;
    loop {
        let before = current(survivor).await;
        let mut seen = Vec::new();
        for channel in [&first, survivor] {
            // The process may learn of the new keys between two calls; it publishes what it signs with at any time.
            let mut kids = published(channel).await;
            let kid = sign(channel).await.unwrap();
            kids.extend(published(channel).await);
            assert!(kids.contains(&kid), "{kid} is not published");
            seen.push(kid);
        }
        let after = current(survivor).await;
        if before == after && seen.iter().all(|kid| *kid == after) {
            return after;
        }
        // A replica learns of a change a quarter of a second later.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
