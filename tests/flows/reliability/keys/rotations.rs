//! REL-29: rotations under load, with verifiers that cache the JWKS. `ROTATIONS=20 CACHED=15` is the contract's number,
//! with the lifetime that the JWKS asks for.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use doorward_e2e::{API, APPLICATION, Agent, Deployment, Keys, on};
use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::reason_of;
use doorward_proto::token_signing::v1::RotateKeysRequest;
use doorward_proto::token_signing::v1::signing_key_service_client::SigningKeyServiceClient;

use super::{channel, kid_of, sign_in, silent, start};
use crate::number;

const VERIFIERS: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_29_every_token_is_verifiable_over_rotations() {
    let rotations = number("ROTATIONS", 2);
    // Less than the ten seconds that any key is published before it signs.
    let cached = number("CACHED", 8) as u64;
    let spacing = cached + 1;
    let deployment = start(&format!("[rotation]\nspacing_seconds = {spacing}\n")).await;
    on(&deployment, async |deployment| {
        let agents = sign_in(deployment).await;
        let stop = Arc::new(AtomicBool::new(false));
        let answers = Arc::new(AtomicUsize::new(0));
        let verifying = (0..VERIFIERS).map(|number| {
            let verifier = Verifier {
                deployment,
                agent: &agents[number % 2],
                cached: Duration::from_secs(cached),
            };
            verifier.run(&stop, &answers)
        });
        let rotating = async {
            rotate(deployment, rotations).await;
            stop.store(true, Ordering::Relaxed);
        };
        let (kids, ()) = tokio::join!(futures::future::join_all(verifying), rotating);
        let kids: BTreeSet<_> = kids.into_iter().flatten().collect();
        let answers = answers.load(Ordering::Relaxed);
        println!("{answers} answers, {} keys", kids.len());
        assert!(
            kids.len() >= rotations,
            "the last key may not have signed yet"
        );
    })
    .await;
}

/// Rotates as often as the spacing allows it.
async fn rotate(deployment: &Deployment, rotations: usize) {
    let channel = channel(deployment, doorward_e2e::Replica::First);
    let mut service = SigningKeyServiceClient::new(channel);
    for _ in 0..rotations {
        let request = RotateKeysRequest::default();
        while let Err(status) = service.rotate_keys(request).await {
            assert_eq!(
                reason_of(&status),
                Some(ErrorReason::RotationTooEarly),
                "{status}"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// A resource server that looks for keys only when its cache is too old, and never for an unknown `kid`.
struct Verifier<'a> {
    deployment: &'a Deployment,
    agent: &'a Agent,
    cached: Duration,
}

impl Verifier<'_> {
    /// Returns the kids of the tokens that it has verified.
    async fn run(self, stop: &AtomicBool, answers: &AtomicUsize) -> BTreeSet<String> {
        let mut kids = BTreeSet::new();
        let (mut keys, mut fetched) = (Keys::fetch(self.deployment).await, Instant::now());
        while !stop.load(Ordering::Relaxed) {
            let [access_token, id_token] = silent(self.agent).await.unwrap();
            // The age when the token was made counts: the request that made it began later than the last fetch.
            if fetched.elapsed() > self.cached {
                let begin = Instant::now();
                keys = Keys::fetch(self.deployment).await;
                fetched = begin;
            }
            let _ = keys.verify(&access_token, API);
            let _ = keys.verify(&id_token, APPLICATION);
            kids.insert(kid_of(&access_token));
            answers.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        kids
    }
}
