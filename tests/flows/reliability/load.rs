//! A steady stream of requests, sent without waiting for answers, and the check of each answer.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::task::{JoinHandle, JoinSet};

use super::answer::Answer;
use super::model::{Judgement, Model, Session, locked};
use super::stand::Stand;
use super::verdict::{Event, Verdict};

/// The definite answers in a row, from each frontend, after which the deployment counts as recovered.
const WELL: usize = 5;
/// The definite answers in a row that do not come by chance.
const STEADY: usize = 30;
/// The time limit, for a busy machine; the report has the actual time.
const PATIENCE: Duration = Duration::from_mins(1);

/// The shares of request kinds; the rest are silent authentications.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mix {
    pub(super) per_second: u32,
    pub(super) percent_logouts: u64,
    pub(super) percent_sign_ins: u64,
}

/// The mix of the contract, at a rate for a shared machine.
pub(super) const USUAL: Mix = Mix {
    per_second: 30,
    percent_logouts: 5,
    percent_sign_ins: 3,
};

/// A stream that runs until [`stop`](Self::stop).
pub(super) struct Load {
    run: Arc<Run>,
    driver: JoinHandle<()>,
}

/// The state that all requests share.
pub(super) struct Run {
    pub(super) stand: Arc<Stand>,
    pub(super) model: Model,
    seed: u64,
    begin: Instant,
    events: Mutex<Vec<Event>>,
    stopped: AtomicBool,
    /// Definite answers in a row, per frontend.
    rows: [AtomicUsize; 2],
    unknown: AtomicUsize,
    recoveries: Mutex<Vec<Duration>>,
    marks: Mutex<Vec<(String, Duration)>>,
}

impl Load {
    pub(super) fn start(stand: &Arc<Stand>, model: Model, mix: Mix) -> Self {
        let run = Arc::new(Run {
            stand: Arc::clone(stand),
            model,
            seed: u64::from_str_radix(&doorward_service_kit::hex()[..16], 16).expect("16 digits"),
            begin: Instant::now(),
            events: Mutex::default(),
            stopped: AtomicBool::new(false),
            rows: Default::default(),
            unknown: AtomicUsize::new(0),
            recoveries: Mutex::default(),
            marks: Mutex::default(),
        });
        let driver = tokio::spawn(Arc::clone(&run).drive(mix));
        Self { run, driver }
    }

    pub(super) fn run(&self) -> &Arc<Run> {
        &self.run
    }

    /// Records what happens now, and returns the time since the run began.
    pub(super) fn mark(&self, what: &str) -> Duration {
        let now = self.run.now();
        locked(&self.run.marks).push((what.to_owned(), now));
        now
    }

    /// Waits under load.
    pub(super) async fn go_on(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// Waits until an answer reports an outage.
    pub(super) async fn wait_until_unknown(&self) {
        let before = self.run.unknown.load(Ordering::SeqCst);
        let felt = || self.run.unknown.load(Ordering::SeqCst) > before;
        wait_until("an answer that cannot tell", felt).await;
    }

    /// Waits until both frontends give definite answers again, and records the duration.
    pub(super) async fn wait_until_well(&self) {
        let begin = Instant::now();
        self.wait_for_a_row(WELL).await;
        locked(&self.run.recoveries).push(begin.elapsed());
    }

    /// Waits until most answers of both frontends are definite. On a busy machine some never are, but a deployment
    /// that has not recovered never gets this far.
    pub(super) async fn wait_until_steady(&self) {
        self.wait_for_a_row(STEADY).await;
    }

    async fn wait_for_a_row(&self, length: usize) {
        for row in &self.run.rows {
            row.store(0, Ordering::SeqCst);
        }
        let are_long = || {
            let mut rows = self.run.rows.iter();
            rows.all(|row| row.load(Ordering::SeqCst) >= length)
        };
        wait_until("definite answers", are_long).await;
    }

    /// Waits until the run has `count` answers of this kind and outcome.
    pub(super) async fn wait_for(&self, count: usize, kind: &str, said: &str) {
        let have_come = || {
            let events = locked(&self.run.events);
            events.iter().filter(|event| event.is(kind, said)).count() >= count
        };
        wait_until(&format!("{count} times {kind}: {said}"), have_come).await;
    }

    /// Stops the stream, and waits for the last answer.
    pub(super) async fn stop(self) -> Verdict {
        self.run.stopped.store(true, Ordering::SeqCst);
        self.driver.await.expect("the driver ends well");
        Verdict {
            seed: self.run.seed,
            recoveries: std::mem::take(&mut locked(&self.run.recoveries)),
            events: std::mem::take(&mut locked(&self.run.events)),
            marks: std::mem::take(&mut locked(&self.run.marks)),
            folder: self.run.stand.reports(),
        }
    }
}

impl Run {
    /// Sends every request in its own task, so that a slow answer delays no other request.
    async fn drive(self: Arc<Self>, mix: Mix) {
        let mut dice = Dice(self.seed);
        let mut arrivals = tokio::time::interval(Duration::from_secs(1) / mix.per_second);
        let mut tasks = JoinSet::new();
        while !self.stopped.load(Ordering::SeqCst) {
            let planned = arrivals.tick().await.into_std() - self.begin;
            let replica = usize::from(dice.roll() % 2 == 1);
            let (kind, who) = (dice.roll() % 100, dice.roll());
            let run = Arc::clone(&self);
            tasks.spawn(async move {
                if kind < mix.percent_logouts
                    && let Some(session) = run.model.next_leaving()
                {
                    run.log_out(planned, &session, replica).await;
                } else if kind >= 100 - mix.percent_sign_ins {
                    run.sign_in(planned, who, replica).await;
                } else {
                    let session = run.model.any(who);
                    run.silent("silent", planned, &session, replica).await;
                }
            });
            while let Some(done) = tasks.try_join_next() {
                self.note_end(done);
            }
        }
        while let Some(done) = tasks.join_next().await {
            self.note_end(done);
        }
    }

    /// Records a request that panicked as a wrong answer.
    fn note_end(&self, done: Result<(), tokio::task::JoinError>) {
        if let Err(error) = done {
            let judgement = Judgement::Bad(error.to_string());
            self.record("panic", self.begin.elapsed(), judgement);
        }
    }

    pub(super) async fn silent(
        &self,
        kind: &'static str,
        planned: Duration,
        session: &Session,
        replica: usize,
    ) -> Judgement {
        let sent = Instant::now();
        let answer = self.stand.silent(session, replica).await;
        let judgement = self.model.judge(session, sent, answer);
        match judgement {
            Judgement::CannotTell => {
                self.rows[replica].store(0, Ordering::SeqCst);
                self.unknown.fetch_add(1, Ordering::SeqCst);
            }
            Judgement::Lost => self.rows[replica].store(0, Ordering::SeqCst),
            Judgement::Good(_) | Judgement::Bad(_) => {
                self.rows[replica].fetch_add(1, Ordering::SeqCst);
            }
        }
        self.record(kind, planned, judgement.clone());
        judgement
    }

    pub(super) async fn log_out(&self, planned: Duration, session: &Session, replica: usize) {
        let sent = Instant::now();
        let judgement = match self.stand.log_out(session, replica).await {
            Answer::Lost(what) => self.model.judge_lost(sent, what),
            Answer::Yes => Judgement::Good("confirmed"),
            Answer::CannotTell => Judgement::CannotTell,
            Answer::No => unreachable!("a logout has no such answer"),
            Answer::Wrong(what) => Judgement::Bad(what),
        };
        self.record("logout", planned, judgement);
    }

    async fn sign_in(&self, planned: Duration, who: u64, replica: usize) {
        let sent = Instant::now();
        let (answer, session) = self.stand.sign_in(who, replica).await;
        if let Some(session) = session {
            self.model.add(session);
        }
        let judgement = match answer {
            Answer::Lost(what) => self.model.judge_lost(sent, what),
            Answer::Yes => Judgement::Good("signed in"),
            Answer::CannotTell => Judgement::CannotTell,
            Answer::No => unreachable!("a sign-in has no such answer"),
            Answer::Wrong(what) => Judgement::Bad(what),
        };
        self.record("sign-in", planned, judgement);
    }

    /// The time since the run began.
    pub(super) fn now(&self) -> Duration {
        self.begin.elapsed()
    }

    fn record(&self, kind: &'static str, planned: Duration, judgement: Judgement) {
        locked(&self.events).push(Event {
            kind,
            planned,
            answered: self.begin.elapsed(),
            judgement,
        });
    }
}

async fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(begin.elapsed() < PATIENCE, "{what} was expected");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Reproducible random numbers (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
