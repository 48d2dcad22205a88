//! REL-08, REL-09: the memory or the disk of Redis is full. Sessions stay, and new sign-ins are refused.

use std::time::Duration;

use doorward_e2e::program;
use doorward_test_support::free_port;
use doorward_test_support::process::Process;
use doorward_test_support::redis::Persistent;

use super::load::{Load, USUAL};
use super::stand::{NEARLY_FULL, on_stand, place, settings};
use super::sweep::sweep;
use crate::full_disk::FullDisk;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_08_redis_is_full() {
    let _place = place().await;
    let redis = Persistent::start().await;
    on_stand(&settings(&redis.url()), async |stand| {
        stand.add_users(3);
        let load = Load::start(stand, stand.model(30, 30).await, USUAL);
        load.go_on(2).await;

        // Nine tenths are in use.
        redis.set("maxmemory", &(redis.used_memory() * 10 / 9).to_string());
        stand.wait_for_log(NEARLY_FULL).await;
        redis.set("maxmemory", "1mb");
        // New sign-ins are refused, and sessions live on.
        load.wait_for(1, "sign-in", "cannot tell").await;
        load.wait_until_steady().await;
        redis.set("maxmemory", "256mb");
        load.wait_until_well().await;

        load.wait_until_steady().await;
        sweep(load.run()).await;
        let verdict = load.stop().await;
        verdict.assert_none_bad("REL-08");
        let (answer, session) = stand.sign_in(0, 1).await;
        assert!(session.is_some(), "a sign-in works again: {answer:?}");
    })
    .await;
}

#[tokio::test]
async fn rel_08_a_server_that_evicts_is_refused() {
    let redis = Persistent::start_with(&["maxmemory-policy volatile-lru"]).await;
    let folder = tempfile::tempdir().unwrap();
    let (config, log) = (
        folder.path().join("session.toml"),
        folder.path().join("log"),
    );
    let text = format!(
        "[grpc]\nlisten = \"127.0.0.1:{}\"\n[redis]\n{}\n[log]\nfilter = \"off\"\n",
        free_port(),
        settings(&redis.url())
    );
    std::fs::write(&config, text).unwrap();
    let service = ["service", "session", "--config"].map(AsRef::as_ref);
    let arguments = [&service[..], &[config.as_os_str()]].concat();
    let process = Process::start(&program("doorward"), &arguments, &log);
    let end = tokio::task::spawn_blocking(move || process.exit_code());
    let code = tokio::time::timeout(Duration::from_secs(30), end).await;
    assert_eq!(code.expect("it does not serve").unwrap(), 1);
    let said = std::fs::read_to_string(&log).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.contains("noeviction") && said.contains("volatile-lru"),
        "{said}"
    );
}

/// KiB; far more than the load writes.
const DISK: usize = 64 * 1024;

/// Redis refuses everything that may write, which includes the lookup of a session. No session is lost, and no restart
/// is needed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_09_the_disk_of_redis_is_full() {
    let _place = place().await;
    let Some(disk) = FullDisk::empty(DISK) else {
        return;
    };
    let folder = disk.file("redis");
    std::fs::create_dir(&folder).unwrap();
    let folder = format!("dir {}", folder.display());
    // With `always`, Redis ends instead.
    let redis = Persistent::start_with(&[&folder, "appendfsync everysec"]).await;
    on_stand(&settings(&redis.url()), async |stand| {
        stand.add_users(3);
        let load = Load::start(stand, stand.model(30, 30).await, USUAL);
        load.go_on(2).await;

        disk.fill();
        load.wait_until_unknown().await;
        let full = load.run().now();
        load.go_on(4).await;
        let process = redis.ask(&["INFO", "server"]);
        disk.make_room();
        let room = load.run().now();
        load.wait_until_well().await;

        load.wait_until_steady().await;
        sweep(load.run()).await;
        let verdict = load.stop().await;
        verdict.assert_none_bad("REL-09");
        assert!(verdict.count_between("silent", "cannot tell", full, room) > 0);
        assert_eq!(run_id(&process), run_id(&redis.ask(&["INFO", "server"])));
        let (answer, session) = stand.sign_in(0, 1).await;
        assert!(session.is_some(), "a sign-in works again: {answer:?}");
    })
    .await;
}

/// The id that Redis has from its start to its end.
fn run_id(info: &str) -> &str {
    let id = info.lines().find_map(|line| line.strip_prefix("run_id:"));
    id.expect("INFO has it")
}
