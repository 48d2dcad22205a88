//! REL-16, REL-17: the network between the containers drops, resets and loses.

use std::time::Duration;

use doorward_e2e::{Agent, Compose, FRONTEND, Replica, SERVICES};

use super::super::load::Load;
use super::row::{Row, assert_nearly_served, assert_served, assert_well_after};
use super::{LASTS, begin, finish, on_stack};

/// A dead peer is noticed in this time.
const NOTICED: Duration = Duration::from_secs(3);

/// One container of each service leaves the network without a word. The other ones are used after the keep-alive has
/// noticed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_16_one_of_each_vanishes() {
    on_stack(async |stack, stand| {
        let load = begin(stand).await;
        let mut periods = Vec::new();
        for service in SERVICES {
            let container = stack.container(service, Replica::Second);
            let cut = stack.cut_off(&container);
            let begin = load.mark(&format!("{service} vanished"));
            load.go_on(LASTS + NOTICED.as_secs()).await;
            periods.push((begin + NOTICED, load.mark("healing")));
            drop(cut);
            load.wait_until_well().await;
        }
        let ready = load.mark("ready");
        let verdict = finish(load, "REL-16-vanished").await;
        for (noticed, healing) in periods {
            assert_served(&verdict, noticed, healing);
        }
        assert_well_after(&verdict, ready);
    })
    .await;
}

/// Breaks the network of both frontends for some seconds.
async fn broken(stack: &Compose, load: &Load, what: &str, act: impl Fn(&str)) -> [Duration; 2] {
    for frontend in stack.both(FRONTEND) {
        act(&frontend);
    }
    let begin = load.mark(what);
    load.go_on(LASTS).await;
    let end = load.mark("healing");
    for frontend in stack.both(FRONTEND) {
        Compose::mend(&frontend);
    }
    load.wait_until_well().await;
    [begin, end]
}

/// Packets to `session` vanish one way, then the other, and then its connections are reset.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_16_one_way_and_reset() {
    on_stack(async |stack, stand| {
        let load = begin(stand).await;
        let there = broken(stack, &load, "no way there", |frontend| {
            Compose::drop_packets_to(frontend, "session");
        });
        let there = there.await;
        let back = broken(stack, &load, "no way back", |frontend| {
            Compose::drop_packets_from(frontend, "session");
        });
        let back = back.await;
        let reset = broken(stack, &load, "reset", |frontend| {
            Compose::reset_connections(frontend, "session");
        });
        let reset = reset.await;
        let ready = load.mark("ready");
        let verdict = finish(load, "REL-16-one-way").await;
        for [begin, end] in [there, back, reset] {
            Row::NONE.check(&verdict, begin, end);
        }
        assert_well_after(&verdict, ready);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_16_packets_are_lost() {
    on_stack(async |stack, stand| {
        let load = begin(stand).await;
        broken(stack, &load, "5% loss", |frontend| {
            Compose::lose_packets(frontend, 5);
        })
        .await;
        let verdict = finish(load, "REL-16-loss").await;
        assert_nearly_served(&verdict, Duration::ZERO, Duration::MAX, 0);
    })
    .await;
}

/// Keys and discovery come from memory.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_17_the_frontends_are_alone() {
    on_stack(async |stack, stand| {
        let load = begin(stand).await;
        let cut = stack
            .both(FRONTEND)
            .map(|frontend| stack.cut_off(&frontend));
        let alone = load.mark("alone");
        let agent = Agent::new(&stand.deployment);
        for replica in [Replica::First, Replica::Second] {
            let agent = agent.at(replica, &stand.deployment);
            for path in [
                "/.well-known/jwks.json",
                "/.well-known/openid-configuration",
            ] {
                assert_eq!(agent.get(path).await.status, 200, "{path}");
            }
        }
        load.go_on(LASTS).await;
        let healing = load.mark("healing");
        drop(cut);
        load.wait_until_well().await;
        let ready = load.mark("ready");
        let verdict = finish(load, "REL-17").await;
        Row::NONE.check(&verdict, alone, healing);
        assert_well_after(&verdict, ready);
    })
    .await;
}
