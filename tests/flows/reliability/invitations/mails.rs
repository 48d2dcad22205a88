//! REL-44: the mail server is away, and the process that sends is killed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use doorward_e2e::{Deployment, PATIENCE, Replica, Separate, on};
use doorward_proto::organization::v1::MailState;
use doorward_test_support::smtp;

use super::{channel, create, get, start, until_up};

const MAILS: usize = 60;
const KILLS: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_44_each_mail_arrives_once_after_an_outage() {
    let server = smtp::Server::start().await;
    let deployment = start(Separate::builder().mail(&server.url())).await;
    on(&deployment, async |deployment| {
        let first = channel(deployment, Replica::First);
        server.stop().await;
        let mut made = vec![create(&first, "invited", true).await];
        // The fault is visible.
        until("an attempt has failed", async || {
            let mail = get(&first, &made[0].id).await.mail.unwrap();
            mail.attempts > 0 && mail.last_error.is_some()
        })
        .await;
        for number in 1..MAILS {
            made.push(create(&first, &format!("invited-{number}"), true).await);
        }
        server.resume().await;
        until("all mails have come", async || {
            server.mails().len() >= MAILS
        })
        .await;
        for invitation in &made {
            until("the mail counts as sent", async || {
                let mail = get(&first, &invitation.id).await.mail.unwrap();
                mail.state() == MailState::Sent
            })
            .await;
        }
        let addresses = count_by(&server, |mail| mail.to.join(","));
        assert_eq!(addresses.len(), MAILS);
        assert!(addresses.values().all(|count| *count == 1), "{addresses:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rel_44_a_kill_costs_at_most_one_duplicate() {
    let server = smtp::Server::start().await;
    let deployment = start(Separate::builder().mail(&server.url())).await;
    on(&deployment, async |deployment| {
        let Deployment::Separate(separate) = deployment else {
            unreachable!()
        };
        let processes = [
            (Replica::First, "organization"),
            (Replica::Second, doorward_e2e::SECOND_ORGANIZATION),
        ];
        let mut made = Vec::new();
        let mut caller = channel(deployment, Replica::First);
        for kill in 0..KILLS {
            // The server has the content of a mail, and its sender does not know.
            let before = server.mails().len();
            server.answer(smtp::Answer::Hang);
            for number in 0..MAILS / KILLS {
                made.push(create(&caller, &format!("invited-{kill}-{number}"), true).await);
            }
            until("a mail has come", async || server.mails().len() > before).await;
            let (replica, process) = processes[kill % 2];
            separate.kill(process);
            server.answer(smtp::Answer::Accept);
            separate.start_process(process);
            separate.wait_until_well().await;
            caller = until_up(deployment, replica, &made[0]).await;
        }
        for invitation in &made {
            until("the mail counts as sent", async || {
                let mail = get(&caller, &invitation.id).await.mail.unwrap();
                mail.state() == MailState::Sent
            })
            .await;
        }
        let addresses = count_by(&server, |mail| mail.to.join(","));
        let duplicates: usize = addresses.values().map(|count| count - 1).sum();
        assert_eq!(addresses.len(), MAILS);
        assert!(
            duplicates <= KILLS,
            "{duplicates} duplicates: {addresses:?}"
        );
        // A duplicate has the same id, so that mail programs show it once.
        let ids = count_by(&server, |mail| {
            mail.header("Message-ID").unwrap_or_default()
        });
        assert_eq!(ids.len(), MAILS);
    })
    .await;
}

fn count_by(
    server: &smtp::Server,
    key: impl Fn(&smtp::Received) -> String,
) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for mail in server.mails() {
        *counts.entry(key(&mail)).or_default() += 1;
    }
    counts
}

async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let begin = Instant::now();
    while !condition().await {
        assert!(begin.elapsed() < PATIENCE, "{what}: never");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
