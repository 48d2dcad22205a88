//! REL-01, REL-02, REL-03: containers are killed and started again.

use std::time::Duration;

use doorward_e2e::{Compose, FRONTEND, Replica};

use super::row::Served::No;
use super::row::{Row, assert_nearly_served, assert_served, assert_well_after};
use super::{LASTS, begin, finish, on_stack};

/// More requests than are ever in flight at one container at this rate.
const IN_FLIGHT: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_01_a_frontend_dies() {
    on_stack(async |stack, stand| {
        let load = begin(stand).await;
        let frontend = stack.container(FRONTEND, Replica::Second);
        load.run().model.note_frontend_crash();
        let killed = load.mark("killed");
        Compose::kill(&frontend);
        load.go_on(LASTS).await;
        stack.start(&frontend).await;
        let verdict = finish(load, "REL-01").await;
        assert_nearly_served(&verdict, Duration::ZERO, Duration::MAX, IN_FLIGHT);
        assert_served(&verdict, killed + Duration::from_secs(1), Duration::MAX);
        assert!(verdict.count("sign-in", "signed in") > 0);
    })
    .await;
}

/// Kills a container of a service, and checks that the other one takes over.
async fn one_dies(service: &str) {
    on_stack(async |stack, stand| {
        let load = begin(stand).await;
        let container = stack.container(service, Replica::Second);
        let killed = load.mark("killed");
        Compose::kill(&container);
        load.go_on(LASTS).await;
        stack.start(&container).await;
        let verdict = finish(load, &format!("REL-02-{service}")).await;
        assert_nearly_served(&verdict, Duration::ZERO, Duration::MAX, IN_FLIGHT);
        assert_served(&verdict, killed + Duration::from_secs(1), Duration::MAX);
    })
    .await;
}

/// Kills both containers of a service, and checks what is served without it.
async fn both_die(service: &str, row: Row) {
    on_stack(async |stack, stand| {
        let load = begin(stand).await;
        for container in stack.both(service) {
            Compose::kill(&container);
        }
        let killed = load.mark("killed");
        load.go_on(LASTS).await;
        let healing = load.mark("healing");
        start_both(stack, service).await;
        let ready = load.mark("ready");
        let verdict = finish(load, &format!("REL-03-{service}")).await;
        row.check(&verdict, killed, healing);
        assert_well_after(&verdict, ready);
    })
    .await;
}

async fn start_both(stack: &Compose, service: &str) {
    let [first, second] = stack.both(service);
    tokio::join!(stack.start(&first), stack.start(&second));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_02_one_of_client_registry_dies() {
    one_dies("client-registry").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_02_one_of_identity_dies() {
    one_dies("identity").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_02_one_of_session_dies() {
    one_dies("session").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_02_one_of_organization_dies() {
    one_dies("organization").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_02_one_of_token_signing_dies() {
    one_dies("token-signing").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_03_both_of_client_registry_die() {
    both_die("client-registry", Row::ALL).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_03_both_of_identity_die() {
    let row = Row {
        sign_in: No,
        ..Row::ALL
    };
    both_die("identity", row).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_03_both_of_session_die() {
    both_die("session", Row::NONE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_03_both_of_organization_die() {
    both_die("organization", Row::ALL).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_03_both_of_token_signing_die() {
    both_die("token-signing", Row::NO_TOKENS).await;
}
