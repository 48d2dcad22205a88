//! REL-04, REL-11: Redis and PostgreSQL crash and start again.

use doorward_e2e::{Agent, Compose, Request};

use super::row::Served::{Maybe, No};
use super::row::{Row, assert_well_after};
use super::{LASTS, begin, finish, on_stack};
use crate::reliability::stand::AWAY;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_04_redis_dies() {
    on_stack(async |stack, stand| {
        let redis = stack.container("redis", doorward_e2e::Replica::First);
        let load = begin(stand).await;
        load.mark("killed");
        Compose::kill(&redis);
        load.wait_until_unknown().await;
        let felt = load.mark("felt");
        stand.wait_for_log(AWAY).await;
        load.go_on(LASTS).await;
        let healing = load.mark("healing");
        stack.start(&redis).await;
        let ready = load.mark("ready");
        let verdict = finish(load, "REL-04").await;
        Row::NONE.check(&verdict, felt, healing);
        assert_well_after(&verdict, ready);
    })
    .await;
}

/// Users that were confirmed just before the crash are still there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_11_postgres_dies() {
    on_stack(async |stack, stand| {
        let postgres = stack.container("postgres", doorward_e2e::Replica::First);
        let load = begin(stand).await;
        let confirmed: Vec<_> = (0..5).map(|_| stand.deployment.add_user()).collect();
        Compose::kill(&postgres);
        let killed = load.mark("killed");
        load.go_on(LASTS).await;
        let healing = load.mark("healing");
        stack.start(&postgres).await;
        let ready = load.mark("ready");
        let verdict = finish(load, "REL-11").await;
        let row = Row {
            sign_in: No,
            logout: Maybe,
            ..Row::ALL
        };
        row.check(&verdict, killed, healing);
        assert_well_after(&verdict, ready);
        for user in &confirmed {
            let agent = Agent::new(&stand.deployment);
            let answer = agent.sign_in(&Request::new("id_token"), user).await;
            assert!(answer.find("id_token").is_some(), "{answer:?}");
        }
    })
    .await;
}
