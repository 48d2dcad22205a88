//! The worker over both databases, with a real mail server.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};

use doorward_test_support::postgres;
use doorward_test_support::smtp::{Answer, Server};
use tokio::task::JoinSet;

use super::super::outbox::testing;
use super::super::{Mail, MailConfig, MailProgress, MailState};
use super::*;
use crate::SystemClock;
use crate::sql::DatabaseConfig;

/// Longer than records of old mails are kept.
const KEPT: Duration = Duration::from_hours(91 * 24);

struct Test {
    database: Database,
    outbox: Outbox,
    server: Server,
    _folder: tempfile::TempDir,
}

impl Test {
    async fn on(config: DatabaseConfig, folder: tempfile::TempDir) -> Self {
        Self {
            database: Database::open(&config, &testing::migrator()).await.unwrap(),
            outbox: testing::outbox(),
            server: Server::start().await,
            _folder: folder,
        }
    }

    async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = DatabaseConfig::sqlite(&folder.path().join("mail.db"));
        Self::on(config, folder).await
    }

    async fn both() -> [Self; 2] {
        let config = DatabaseConfig::new(postgres::database().await);
        let folder = tempfile::tempdir().unwrap();
        [Self::sqlite().await, Self::on(config, folder).await]
    }

    async fn put(&self, to: &str) -> String {
        self.put_at(to, SystemClock.now()).await
    }

    async fn put_at(&self, to: &str, now: Timestamp) -> String {
        let mail = Mail {
            to: to.to_owned(),
            ..testing::mail()
        };
        let mut transaction = self.database.begin_write().await.unwrap();
        let id = self.outbox.put(&mut transaction, &mail, now).await.unwrap();
        transaction.commit().await.unwrap();
        id
    }

    async fn put_many(&self, count: usize) -> Vec<String> {
        let mut ids = Vec::new();
        for number in 0..count {
            ids.push(self.put(&format!("user{number}@example.test")).await);
        }
        ids
    }

    fn worker(&self) -> Worker {
        let config = MailConfig::new(self.server.url(), "login@example.test");
        let transport = Transport::new(&config).unwrap();
        let clock = Arc::new(SystemClock);
        let mut worker = Worker::new(self.database.clone(), self.outbox.clone(), transport, clock);
        worker.times = Times {
            poll: Duration::from_millis(5),
            claim: Duration::from_mins(5),
            retry_first: Duration::from_millis(5),
            retry_longest: Duration::from_millis(20),
            pause_longest: Duration::from_millis(20),
            command: Duration::from_mins(10),
            acceptance: Duration::from_mins(10),
        };
        worker
    }

    async fn state(&self, id: &str) -> MailState {
        let ids = [id.to_owned()];
        let reader = self.database.reader();
        let mut states = self.outbox.states(reader, &ids).await.unwrap();
        states.remove(id).unwrap()
    }

    async fn until(&self, id: &str, done: impl Fn(&MailState) -> bool) -> MailState {
        for _ in 0..3000 {
            let state = self.state(id).await;
            if done(&state) {
                return state;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("still {:?}", self.state(id).await);
    }

    async fn until_progress(&self, id: &str, progress: MailProgress) -> MailState {
        self.until(id, |state| state.progress == progress).await
    }

    fn recipients(&self) -> Vec<String> {
        let mails = self.server.mails();
        mails.into_iter().flat_map(|mail| mail.to).collect()
    }

    fn message_ids(&self) -> HashSet<String> {
        let mails = self.server.mails();
        mails
            .iter()
            .map(|mail| mail.header("Message-ID").unwrap())
            .collect()
    }
}

#[tokio::test]
async fn a_mail_is_sent_once_and_its_content_deleted() {
    for test in Test::both().await {
        let id = test.put("carol@example.test").await;
        let shutdown = Shutdown::new();
        test.worker().spawn(shutdown.clone());
        let state = test.until_progress(&id, MailProgress::Sent).await;
        assert_eq!((state.attempts, state.last_error), (1, None));
        assert!(state.last_attempt_at.is_some());
        assert_eq!(test.recipients(), ["carol@example.test"]);
        assert_eq!(
            test.message_ids(),
            HashSet::from([format!("<{id}@example.test>")])
        );
        assert_eq!(testing::sealed_content(&test.database, &id).await, "");
        shutdown.cancel();
    }
}

#[tokio::test]
async fn a_refused_mail_is_given_up_and_says_why() {
    let test = Test::sqlite().await;
    let id = test.put("carol@example.test").await;
    test.server.answer(Answer::RefuseRecipient);
    test.worker().step().await;
    let state = test.state(&id).await;
    assert_eq!((state.progress, state.attempts), (MailProgress::Failed, 1));
    assert!(state.last_error.unwrap().contains("550"));
    assert_eq!(testing::sealed_content(&test.database, &id).await, "");
    assert_eq!(test.worker().step().await, Step::Idle);
}

#[tokio::test]
async fn a_mail_to_no_address_is_given_up() {
    let test = Test::sqlite().await;
    let id = test
        .put("carol@example.test\r\nBcc: eve@example.test")
        .await;
    test.worker().step().await;
    let state = test.state(&id).await;
    assert_eq!(state.progress, MailProgress::Failed);
    assert!(test.server.mails().is_empty());
}

#[tokio::test]
async fn a_mail_for_which_the_time_is_over_is_not_sent() {
    let test = Test::sqlite().await;
    let mail = Mail {
        useless_after: Some(SystemClock.now()),
        ..testing::mail()
    };
    let mut transaction = test.database.begin_write().await.unwrap();
    let put = test.outbox.put(&mut transaction, &mail, SystemClock.now());
    let id = put.await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(test.worker().step().await, Step::Idle);
    let state = test.state(&id).await;
    assert_eq!(state.progress, MailProgress::Failed);
    assert!(state.last_error.is_some() && test.server.mails().is_empty());
}

#[tokio::test]
async fn a_withdrawn_mail_is_not_sent() {
    for test in Test::both().await {
        let (withdrawn, kept) = (
            test.put("a@example.test").await,
            test.put("b@example.test").await,
        );
        let mut transaction = test.database.begin_write().await.unwrap();
        for id in [&*withdrawn, "unknown"] {
            Outbox::withdraw(&mut transaction, id).await.unwrap();
        }
        transaction.commit().await.unwrap();
        let mut worker = test.worker();
        assert_eq!(
            (worker.step().await, worker.step().await),
            (Step::Next, Step::Idle)
        );
        assert_eq!(test.recipients(), ["b@example.test"]);
        // A mail that was sent keeps its state.
        let mut transaction = test.database.begin_write().await.unwrap();
        Outbox::withdraw(&mut transaction, &kept).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(test.state(&kept).await.progress, MailProgress::Sent);
    }
}

#[tokio::test]
async fn a_rolled_back_mail_does_not_exist() {
    for test in Test::both().await {
        let mut transaction = test.database.begin_write().await.unwrap();
        let mail = testing::mail();
        let now = SystemClock.now();
        let put = test.outbox.put(&mut transaction, &mail, now);
        let id = put.await.unwrap();
        transaction.rollback().await.unwrap();
        assert_eq!(test.worker().step().await, Step::Idle);
        let states = test
            .outbox
            .states(test.database.reader(), &[id])
            .await
            .unwrap();
        assert!(states.is_empty());
    }
}

#[tokio::test]
async fn rel_44_every_mail_arrives_once_after_an_outage_of_the_server() {
    for test in Test::both().await {
        test.server.stop().await;
        let ids = test.put_many(20).await;
        let shutdown = Shutdown::new();
        test.worker().spawn(shutdown.clone());
        test.worker().spawn(shutdown.clone());
        let failed = test.until(&ids[0], |state| state.attempts >= 3).await;
        assert_eq!(failed.progress, MailProgress::Queued);
        assert!(failed.last_error.is_some());
        test.server.resume().await;
        for id in &ids {
            test.until_progress(id, MailProgress::Sent).await;
        }
        shutdown.cancel();
        assert_eq!(test.server.mails().len(), 20);
        assert_eq!(test.message_ids().len(), 20);
    }
}

#[tokio::test]
async fn rel_44_a_slow_server_gets_each_mail_once() {
    for test in Test::both().await {
        test.server.answer(Answer::Hang);
        let clock = testing::StillClock::start();
        let id = test.put_at("carol@example.test", clock.now()).await;
        let [mut one, mut other] = [0, 1].map(|_| test.worker());
        for worker in [&mut one, &mut other] {
            worker.clock = clock.clone();
            worker.times.claim = Duration::from_millis(300);
        }
        let sending = tokio::spawn(async move { one.step().await });
        test.server.wait_for(1).await;
        // Much longer than a claim lasts. It is renewed in real time, and ends by the clock of the test.
        for _ in 0..10 {
            clock.advance(Duration::from_millis(200));
            let renewed = clock.now() + Duration::from_millis(300);
            for _ in 0..6000 {
                if testing::next_attempt_at(&test.database, &id).await >= renewed {
                    break;
                }
                sleep(Duration::from_millis(5)).await;
            }
            assert_eq!(other.step().await, Step::Idle);
        }
        test.server.answer(Answer::Accept);
        assert_eq!(sending.await.unwrap(), Step::Next);
        let state = test.state(&id).await;
        assert_eq!((state.progress, state.attempts), (MailProgress::Sent, 1));
        assert_eq!(test.server.mails().len(), 1);
    }
}

/// Dropping the future of a step is a kill: the server has the mail, and nothing was recorded.
#[tokio::test]
async fn rel_44_a_killed_worker_causes_one_duplicate_at_most() {
    for test in Test::both().await {
        test.put_many(10).await;
        for killed in 1..=3 {
            test.server.answer(Answer::Hang);
            let mut worker = test.worker();
            worker.times.claim = Duration::from_millis(300);
            tokio::select! {
                step = worker.step() => panic!("{step:?}"),
                () = test.server.wait_for(killed) => {}
            }
        }
        test.server.answer(Answer::Accept);
        let shutdown = Shutdown::new();
        test.worker().spawn(shutdown.clone());
        test.server.wait_for(13).await;
        let ids = test.message_ids();
        shutdown.cancel();
        assert_eq!(ids.len(), 10);
        assert!(test.server.mails().len() <= 13);
    }
}

#[tokio::test]
async fn rel_44_parallel_workers_send_no_mail_twice() {
    for test in Test::both().await {
        let ids = test.put_many(60).await;
        let mut workers = JoinSet::new();
        for _ in 0..6 {
            let mut worker = test.worker();
            workers.spawn(async move {
                // A worker that loses a race has nothing for a moment.
                let mut idle = 0;
                while idle < 20 {
                    idle = if worker.step().await == Step::Idle {
                        idle + 1
                    } else {
                        0
                    };
                }
            });
        }
        workers.join_all().await;
        for id in &ids {
            test.until_progress(id, MailProgress::Sent).await;
        }
        assert_eq!(test.server.mails().len(), 60);
    }
}

#[tokio::test]
async fn old_records_that_cannot_be_deleted_hold_no_mail_up() {
    let test = Test::sqlite().await;
    test.put_at("old@example.test", SystemClock.now() - KEPT)
        .await;
    // Gives the old mail up.
    assert_eq!(test.worker().step().await, Step::Idle);
    let mut transaction = test.database.begin_write().await.unwrap();
    sqlx::query("CREATE TRIGGER kept BEFORE DELETE ON mail BEGIN SELECT RAISE(ABORT, 'kept'); END")
        .execute(&mut *transaction)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    test.put("carol@example.test").await;
    let mut worker = test.worker();
    assert_eq!(worker.step().await, Step::Next);
    assert_eq!(test.recipients(), ["carol@example.test"]);
    assert!(worker.forgotten_at.is_some(), "the next try is in an hour");
}

/// Panics twice, then reads the system's clock.
#[derive(Debug, Default)]
struct PanickingClock(AtomicU32);

impl Clock for PanickingClock {
    fn now(&self) -> Timestamp {
        let reading = self.0.fetch_add(1, Ordering::Relaxed);
        assert!(reading >= 2, "a panic for the test");
        SystemClock.now()
    }
}

#[tokio::test]
async fn a_panic_does_not_end_the_worker() {
    let test = Test::sqlite().await;
    let id = test.put("carol@example.test").await;
    let mut worker = test.worker();
    worker.clock = Arc::new(PanickingClock::default());
    let shutdown = Shutdown::new();
    worker.spawn(shutdown.clone());
    test.until_progress(&id, MailProgress::Sent).await;
    shutdown.cancel();
}

#[tokio::test]
async fn after_a_panic_the_worker_pauses() {
    let test = Test::sqlite().await;
    let mut worker = test.worker();
    worker.clock = Arc::new(PanickingClock::default());
    worker.times = Times::default();
    for seconds in [5, 10] {
        let step = worker.supervised_step().await;
        assert_eq!(step, Step::Panicked);
        assert_eq!(worker.delay(&step).as_secs(), seconds);
    }
    assert_eq!(worker.supervised_step().await, Step::Idle);
}

#[tokio::test]
async fn one_refused_recipient_does_not_hold_up_the_others() {
    let test = Test::sqlite().await;
    let ids = test.put_many(3).await;
    test.server.refuse_recipient("user0@example.test");
    let mut worker = test.worker();
    for _ in 0..3 {
        assert_eq!(worker.step().await, Step::Next);
    }
    let mut progress = Vec::new();
    for id in &ids {
        progress.push(test.state(id).await.progress);
    }
    assert_eq!(
        progress,
        [MailProgress::Failed, MailProgress::Sent, MailProgress::Sent]
    );
}

#[tokio::test]
async fn while_the_server_is_down_the_worker_pauses() {
    let test = Test::sqlite().await;
    test.server.stop().await;
    test.put_many(2).await;
    let mut worker = test.worker();
    worker.times = Times::default();
    for seconds in [5, 10] {
        let step = worker.step().await;
        assert_eq!(step, Step::ServerDown);
        assert_eq!(worker.delay(&step).as_secs(), seconds);
    }
    test.server.resume().await;
    test.put("carol@example.test").await;
    let step = worker.step().await;
    assert_eq!((worker.delay(&step), worker.failures), (Duration::ZERO, 0));
}

#[tokio::test]
async fn sec_119_the_database_has_no_mail_in_the_clear() {
    for test in Test::both().await {
        let id = test.put("carol@example.test").await;
        let sealed = testing::sealed_content(&test.database, &id).await;
        assert!(!sealed.is_empty());
        let clear = testing::mail().text;
        assert!(!sealed.contains(&clear) && !sealed.contains("carol"));
    }
}
