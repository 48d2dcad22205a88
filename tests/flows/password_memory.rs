//! The memory that hashing passwords keeps.

use std::num::NonZero;
use std::thread::available_parallelism;

use doorward_e2e::{Agent, Deployment, Embedded, Request, Separate, User};

const LOGINS: usize = 120;
const AT_ONCE: usize = 8;
/// The memory of one hash.
const HASH_MIB: usize = 19;
/// The memory of everything else, also in a debug build.
const REST_MIB: usize = 120;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logins_leave_no_memory_behind() {
    let embedded = Embedded::start().await;
    let process = embedded.process_id();
    log_in(&Deployment::Embedded(embedded), process).await;

    let separate = Separate::start().await;
    let process = separate.process_id("identity");
    log_in(&Deployment::Separate(separate), process).await;
}

/// Submits passwords of existing and missing users, a few at a time, and returns the resident memory of the process.
async fn log_in(deployment: &Deployment, process: u32) {
    let users = [deployment.add_user(), User::stranger()];
    let mut browsers = Vec::new();
    for number in 0..AT_ONCE {
        let agent = Agent::new(deployment);
        let page = agent.open(&Request::new("token")).await;
        let form = page.form().with("username", &users[number % 2].email);
        let page = agent.submit_and_follow(&form).await;
        let form = page.form().with("password", "wrong password");
        browsers.push(tokio::spawn(async move {
            for _ in 0..LOGINS / AT_ONCE {
                let page = agent.submit(&form).await;
                // Checked, or refused as overloaded: speed does not matter here.
                assert!([400, 503].contains(&page.status.as_u16()), "{page:?}");
            }
        }));
    }
    for browser in browsers {
        browser.await.expect("every password is checked");
    }
    // The number of concurrent hashes. If each login allocated a new block, the allocator would keep at least twice
    // this much.
    let slots = available_parallelism().map_or(1, NonZero::get).min(AT_ONCE);
    let limit = REST_MIB + slots * HASH_MIB;
    let held = resident_mib(process);
    assert!(held < limit, "{deployment}: {held} MiB, more than {limit}");
}

/// `VmRSS` of a process, in MiB.
fn resident_mib(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    kib.expect("VmRSS").parse::<usize>().expect("a number") / 1024
}
