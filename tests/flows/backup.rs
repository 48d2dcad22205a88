//! Confirmed data survives a stop, a crash, and the backup and restore of `docs/backup.md`.

use std::fs;
use std::path::Path;
use std::process::Command;

use doorward_e2e::{
    APPLICATION, Agent, Deployment, Embedded, Keys, Request, User, on_embedded, program, run,
};
use tempfile::TempDir;

use crate::sign_up::{fill_in, open_sign_up};

const GUIDE: &str = include_str!("../../docs/backup.md");

struct SignedUp {
    agent: Agent,
    user: User,
    id_token: String,
}

/// Signs up a new user in a browser.
async fn sign_up(deployment: &Deployment) -> SignedUp {
    let agent = Agent::new(deployment);
    let user = User::stranger();
    let form = fill_in(open_sign_up(&agent).await, &user.email, &user.password);
    let page = agent.submit_and_follow(&form).await;
    let id_token = page.callback().get("id_token").to_owned();
    SignedUp {
        agent,
        user,
        id_token,
    }
}

async fn is_signed_in(agent: &Agent) -> bool {
    let answer = agent.authorize(&Request::silent("token")).await.callback();
    answer.find("access_token").is_some()
}

#[tokio::test]
async fn the_databases_of_a_stopped_server_lack_nothing() {
    on_embedded(async |deployment, embedded| {
        for round in 0..20 {
            let user = sign_up(deployment).await.user;
            assert_eq!(embedded.stop(["INT", "TERM"][round % 2]), 0);
            let copy = copy_databases(Path::new(&embedded.data()));
            let data = copy.path().to_str().unwrap();
            run(
                "doorward",
                &["user", "roles", &user.email, "--data", data],
                "",
            )
            .assert_success();
            embedded.start_again().await;
        }
    })
    .await;
}

/// Copies only the files that end with `.db`.
fn copy_databases(data: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(data).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "db") {
            fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    copy
}

#[tokio::test]
async fn what_was_confirmed_survives_a_crash() {
    on_embedded(async |deployment, embedded| {
        for _ in 0..5 {
            let SignedUp { agent, user, .. } = sign_up(deployment).await;
            let token = agent.authorize(&Request::silent("token")).await.callback();
            embedded.kill();
            embedded.start_again().await;
            assert!(is_signed_in(&agent).await);
            Agent::new(deployment)
                .sign_in(&Request::new("token"), &user)
                .await;
            let request = agent.request(reqwest::Method::GET, "/userinfo");
            let userinfo = agent
                .send(request.bearer_auth(token.get("access_token")))
                .await;
            assert_eq!(userinfo.status, 200, "{userinfo:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_steps_of_the_guide_work() {
    on_embedded(async |deployment, embedded| {
        let steps = Steps::new(embedded);
        let SignedUp {
            agent, id_token, ..
        } = sign_up(deployment).await;
        steps.run("While the server runs");
        let late = sign_up(deployment).await.agent;

        assert_eq!(embedded.stop("TERM"), 0);
        steps.run("While the server is stopped");
        steps.run("Restoring");
        embedded.start_again().await;
        assert!(is_signed_in(&agent).await);
        assert!(!is_signed_in(&late).await, "the backup is older");
        let keys = Keys::fetch(deployment).await;
        let _same_keys = keys.verify(&id_token, APPLICATION);

        assert_eq!(embedded.stop("TERM"), 0);
        steps.run("Restoring without sessions");
        embedded.start_again().await;
        assert!(!is_signed_in(&agent).await);
    })
    .await;
}

/// The commands of the guide, with the folders of this test.
struct Steps {
    data: String,
    backups: TempDir,
}

impl Steps {
    fn new(embedded: &Embedded) -> Self {
        Self {
            data: embedded.data(),
            backups: tempfile::tempdir().unwrap(),
        }
    }

    /// Runs the block of commands below a heading.
    fn run(&self, heading: &str) {
        let section = GUIDE.split(&format!("# {heading}\n")).nth(1);
        let block = section.and_then(|section| section.split("```").nth(1));
        let commands = block.and_then(|block| block.strip_prefix("sh\n"));
        let commands = commands.unwrap_or_else(|| panic!("no commands below {heading:?}"));
        let backups = self.backups.path().to_str().unwrap();
        let commands = commands
            .replace("/var/lib/doorward", &self.data)
            .replace("/var/backups/doorward", backups);
        assert!(!commands.contains("/var/"), "{commands}");
        let done = Command::new("sh")
            .args(["-euc", &format!("PATH=$0:$PATH\n{commands}")])
            .arg(program("doorward").parent().unwrap())
            .output()
            .unwrap();
        assert!(done.status.success(), "{commands}: {done:?}");
    }
}
