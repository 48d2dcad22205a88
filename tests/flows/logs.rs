//! REL-20: a log that cannot be written delays no request and no shutdown.
//!
//! Each test restarts processes with a log that cannot be written, or is not read, and sends them the usual requests.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use doorward_e2e::{
    Agent, Deployment, FRONTEND, Request, SERVICES, Separate, on_embedded, on_separate_processes,
};
use tempfile::TempDir;

use crate::full_disk::FullDisk;

/// Enough lines to fill a pipe several times.
const REQUESTS: usize = 400;
/// The allowed growth of memory, far less than the size of these lines.
const GROWTH_KIB: u64 = 16 * 1024;
/// The deadline for a stop: requests have 20 s to finish.
const STOPPED: Duration = Duration::from_secs(25);
const DROPPED: &str = "doorward_log_lines_dropped_total";
const TOLD: &str = "log lines were dropped";

/// The log of a process.
struct Log {
    path: PathBuf,
    /// The reader of a pipe; `None` for a file.
    reader: Option<File>,
    _folder: TempDir,
}

impl Log {
    fn device() -> Self {
        Self {
            path: "/dev/full".into(),
            reader: None,
            _folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A pipe with a reader that never reads.
    fn pipe() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        run("mkfifo", &[&path]);
        // Opened for reading and writing, so that opening does not block.
        let reader = OpenOptions::new().read(true).write(true).open(&path);
        Self {
            reader: Some(reader.unwrap()),
            path,
            _folder: folder,
        }
    }
}

#[track_caller]
fn run(program: &str, arguments: &[&Path]) {
    let status = Command::new(program).args(arguments).status();
    assert!(status.unwrap().success(), "{program}");
}

#[tokio::test]
async fn rel_20_serve_with_a_full_device() {
    on_embedded(async |deployment, embedded| {
        let log = Log::device();
        embedded.restart_with_log(&log.path).await;
        assert_serves(deployment, &[embedded.process_id()]).await;
        assert_stops(|| embedded.stop("TERM"));
    })
    .await;
}

#[tokio::test]
async fn rel_20_serve_with_a_closed_pipe() {
    on_embedded(async |deployment, embedded| {
        let mut log = Log::pipe();
        embedded.restart_with_log(&log.path).await;
        drop(log.reader.take());
        assert_serves(deployment, &[embedded.process_id()]).await;
        assert_stops(|| embedded.stop("TERM"));
    })
    .await;
}

#[tokio::test]
async fn rel_20_serve_with_a_reader_that_stands_still() {
    on_embedded(async |deployment, embedded| {
        let log = Log::pipe();
        embedded.restart_with_log(&log.path).await;
        assert_serves(deployment, &[embedded.process_id()]).await;
        assert_stops(|| embedded.stop("TERM"));
    })
    .await;
}

#[tokio::test]
async fn rel_20_serve_with_a_full_disk() {
    let Some(disk) = FullDisk::mount() else {
        return;
    };
    on_embedded(async |deployment, embedded| {
        embedded.restart_with_log(&disk.file("log")).await;
        assert_serves(deployment, &[embedded.process_id()]).await;
        disk.make_room();
        wait_until_told(deployment, &disk.file("log")).await;
        assert_stops(|| embedded.stop("TERM"));
    })
    .await;
}

#[tokio::test]
async fn rel_20_services_with_a_full_device() {
    on_separate_processes(async |deployment, separate| {
        let log = Log::device();
        restart_all(separate, &log.path).await;
        let all: Vec<_> = processes().collect();
        assert_services_serve(deployment, separate, &all).await;
    })
    .await;
}

#[tokio::test]
async fn rel_20_services_with_a_closed_pipe() {
    on_separate_processes(async |deployment, separate| {
        let mut log = Log::pipe();
        restart_all(separate, &log.path).await;
        drop(log.reader.take());
        let talkative = [FRONTEND, "session", "token-signing"];
        assert_services_serve(deployment, separate, &talkative).await;
    })
    .await;
}

#[tokio::test]
async fn rel_20_services_with_a_reader_that_stands_still() {
    on_separate_processes(async |deployment, separate| {
        let log = Log::pipe();
        restart_all(separate, &log.path).await;
        assert_services_serve(deployment, separate, &[FRONTEND]).await;
    })
    .await;
}

#[tokio::test]
async fn rel_20_services_with_a_full_disk() {
    let Some(disk) = FullDisk::mount() else {
        return;
    };
    on_separate_processes(async |deployment, separate| {
        restart_all(separate, &disk.file("log")).await;
        let all: Vec<_> = processes().collect();
        assert_services_serve(deployment, separate, &all).await;
    })
    .await;
}

/// The names of all services.
fn processes() -> impl Iterator<Item = &'static str> {
    SERVICES.into_iter().chain([FRONTEND])
}

/// Restarts all six services with a log filter so verbose that each call logs lines.
async fn restart_all(separate: &Separate, log: &Path) {
    for name in processes() {
        assert_eq!(separate.stop(name), 0, "{name}");
        separate.configure(name, "[log]\nfilter = \"trace\"\n");
        separate.start_process_with_log(name, log);
    }
    separate.wait_until_well().await;
}

/// Checks that requests work, and that the processes in `dropping` count dropped lines.
async fn assert_services_serve(deployment: &Deployment, separate: &Separate, dropping: &[&str]) {
    let ids: Vec<_> = processes().map(|name| separate.process_id(name)).collect();
    assert_serves(deployment, &ids).await;
    for name in dropping {
        let dropped = separate.metric(name, DROPPED).await;
        assert!(dropped > 0.0, "{name} has dropped nothing");
    }
    for name in processes() {
        assert_stops(|| separate.stop(name));
    }
}

/// Checks that sign-ins, silent requests, refusals and error pages work, and that memory does not grow.
async fn assert_serves(deployment: &Deployment, processes: &[u32]) {
    let user = deployment.add_user();
    let agent = Agent::new(deployment);
    let answer = agent.sign_in(&Request::new("id_token token"), &user).await;
    assert!(answer.find("id_token").is_some(), "{answer:?}");
    assert_answers(&agent, REQUESTS / 4).await;
    let before: Vec<_> = processes.iter().map(|id| memory_kib(*id)).collect();
    assert_answers(&agent, REQUESTS).await;
    for (id, before) in processes.iter().zip(before) {
        let after = memory_kib(*id);
        assert!(after < before + GROWTH_KIB, "{before} KiB, then {after}");
    }
}

async fn assert_answers(agent: &Agent, count: usize) {
    let nobody = agent.another();
    let mut late = 0;
    for _ in 0..count {
        late += assert_silent(agent, "").await;
        late += assert_silent(&nobody, "login_required").await;
        nobody.authorize(&unknown()).await.assert_error_page(400);
    }
    assert!(late <= count / 20, "{late} of {count} were late");
}

/// Checks the error of a silent authentication, and returns how often it was late. A machine that stands still for a
/// second, because its disk does, makes one late; a log that is waited for makes them all late.
async fn assert_silent(agent: &Agent, expected: &str) -> usize {
    for late in 0..5 {
        let error = agent.silent_error().await;
        if error != "temporarily_unavailable" {
            assert_eq!(error, expected);
            return late;
        }
    }
    panic!("no answer in time");
}

fn unknown() -> Request {
    Request::new("token").with("client_id", "unknown")
}

fn memory_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let resident = resident.unwrap().trim().trim_end_matches(" kB");
    resident.parse().unwrap()
}

#[track_caller]
fn assert_stops(stop: impl FnOnce() -> u8) {
    let begin = Instant::now();
    assert_eq!(stop(), 0);
    assert!(begin.elapsed() < STOPPED, "{:?}", begin.elapsed());
}

/// Waits until the log reports the number of missing lines, once it can be written again.
async fn wait_until_told(deployment: &Deployment, log: &Path) {
    let nobody = Agent::new(deployment);
    let begin = Instant::now();
    while !std::fs::read_to_string(log)
        .unwrap_or_default()
        .contains(TOLD)
    {
        assert!(begin.elapsed() < STOPPED, "nothing was told");
        nobody.authorize(&unknown()).await.assert_error_page(400);
    }
}
