//! REL-25: a rolling restart of everything, as for an upgrade.

use std::time::Duration;

use doorward_e2e::{Compose, FRONTEND, Replica, SERVICES};

use super::{begin, finish, on_stack};

/// A container is replaced only after the one before it has served for some seconds.
const SETTLES: u64 = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the compose stack: make e2e"]
async fn rel_25_rolling_restart() {
    on_stack(async |stack, stand| {
        let load = begin(stand).await;
        for service in SERVICES.into_iter().chain([FRONTEND]) {
            for replica in [Replica::First, Replica::Second] {
                let container = stack.container(service, replica);
                load.mark(&format!("{container} stops"));
                Compose::stop(&container);
                stack.start(&container).await;
                load.go_on(SETTLES).await;
            }
        }
        let verdict = finish(load, "REL-25").await;
        let failed: Vec<_> = verdict
            .asked_between(Duration::ZERO, Duration::MAX)
            .filter(|event| event.failed())
            .collect();
        assert!(failed.is_empty(), "{failed:#?}");
    })
    .await;
}
