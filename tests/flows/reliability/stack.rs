//! Faults of the compose stack, which has two containers of each service. `make e2e` runs these tests, one at a time;
//! `make test` has no stack, and leaves them out.

mod killed;
mod network;
mod overload;
mod row;
mod slow;
mod stores;
mod upgrade;

use std::sync::Arc;

use doorward_e2e::{Compose, on_compose};

use super::load::{Load, Mix};
use super::stand::Stand;
use super::sweep::sweep;
use super::verdict::Verdict;

/// Seconds before the fault.
const BEFORE: u64 = 5;
/// Seconds that a fault lasts, unless it ends by itself.
const LASTS: u64 = 5;
/// Seconds after healing.
const AFTER: u64 = 8;
/// The mix of the contract, at a rate for two cores that run the stack, too.
const MIX: Mix = Mix {
    per_second: 30,
    percent_logouts: 5,
    percent_sign_ins: 10,
};

/// Runs a test on the stack, behind a load balancer.
async fn on_stack(story: impl AsyncFnOnce(&Compose, &Arc<Stand>)) {
    on_compose(async |deployment, stack| {
        let stand = Stand::balanced(deployment).await;
        stand.add_users(3);
        story(stack, &stand).await;
    })
    .await;
}

/// Starts the load, up to the fault.
async fn begin(stand: &Arc<Stand>) -> Load {
    let load = Load::start(stand, stand.model(30, 60).await, MIX);
    load.go_on(BEFORE).await;
    load
}

/// Goes on after healing, tries every session once more, and checks that no answer was wrong.
async fn finish(load: Load, test: &str) -> Verdict {
    load.mark("healed");
    load.wait_until_steady().await;
    load.go_on(AFTER).await;
    sweep(load.run()).await;
    let verdict = load.stop().await;
    verdict.assert_none_bad(test);
    verdict
}
