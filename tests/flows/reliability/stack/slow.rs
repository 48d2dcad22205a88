//! REL-15, REL-24: a service hangs after accepting, or answers late; one replica has little processor time.

use std::time::Duration;

use doorward_e2e::{Compose, FRONTEND, Replica, SERVICES};

use super::row::Served::{Maybe, No};
use super::row::{Row, assert_served, assert_well_after};
use super::{LASTS, begin, finish, on_stack};

/// Freezes both containers of a service. Their kernel still accepts connections.
async fn both_hang(service: &str, row: Row) {
    on_stack(async |stack, stand| {
        let load = begin(stand).await;
        for container in stack.both(service) {
            Compose::pause(&container);
        }
        let hanging = load.mark("hanging");
        load.go_on(LASTS).await;
        let healing = load.mark("healing");
        for container in stack.both(service) {
            Compose::resume(&container);
        }
        let ready = load.mark("ready");
        let verdict = finish(load, &format!("REL-15-{service}-hangs")).await;
        row.check(&verdict, hanging, healing);
        assert_well_after(&verdict, ready);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_15_client_registry_hangs() {
    both_hang("client-registry", Row::ALL).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_15_identity_hangs() {
    let row = Row {
        sign_in: No,
        ..Row::ALL
    };
    both_hang("identity", row).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_15_organization_hangs() {
    both_hang("organization", Row::ALL).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_15_token_signing_hangs() {
    both_hang("token-signing", Row::NO_TOKENS).await;
}

/// Delays longer than the limits of this stack for a silent authentication (1.5 s) and for a page (5 s): far enough
/// from both, whatever else the machine does.
const TOO_LATE_FOR_SILENT: Duration = Duration::from_secs(3);
const TOO_LATE: Duration = Duration::from_secs(10);

/// Both containers answer too late for silent authentication only, then too late for everything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_15_session_answers_late() {
    on_stack(async |stack, stand| {
        let slowed = stack.slow_down("session");
        let load = begin(stand).await;
        let pages_may_wait = Row {
            sign_in: Maybe,
            logout: Maybe,
            ..Row::NONE
        };
        let mut late = Vec::new();
        for (by, row) in [(TOO_LATE_FOR_SILENT, pages_may_wait), (TOO_LATE, Row::NONE)] {
            slowed.delay(by);
            let begin = load.mark(&format!("{by:?} late"));
            load.go_on(LASTS).await;
            late.push((row, begin, load.mark("healing")));
            slowed.heal();
            load.wait_until_well().await;
        }
        let ready = load.mark("ready");
        let verdict = finish(load, "REL-15-session-late").await;
        for (row, begin, end) in late {
            row.check(&verdict, begin, end);
        }
        assert_well_after(&verdict, ready);
    })
    .await;
}

/// The share of a processor of a throttled replica.
const LITTLE: f64 = 0.2;

/// One replica of each service in turn has a fifth of a processor, and every request is served. The latencies are in
/// the report.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_24_one_replica_is_throttled() {
    on_stack(async |stack, stand| {
        let load = begin(stand).await;
        for service in SERVICES.into_iter().chain([FRONTEND]) {
            let throttled = stack.throttle_one(service, Replica::Second, LITTLE);
            load.mark(&format!("{service} throttled"));
            load.go_on(LASTS).await;
            drop(throttled);
        }
        let verdict = finish(load, "REL-24").await;
        assert_served(&verdict, Duration::ZERO, Duration::MAX);
    })
    .await;
}
