//! Requests that arrive at a steady rate, however late the answers are.

use std::cell::{Cell, RefCell};
use std::process::Command;
use std::rc::Rc;
use std::time::{Duration, Instant};

use hyper::client::conn::http1::SendRequest;
use tokio::runtime::Builder;
use tokio::task::LocalSet;

use crate::speed::load::{Exchange, Load};

/// Requests without an answer at a time. What arrives beyond them is lost, as in the queue of a listener.
const WAITING: usize = 4_000;
/// The processor of the load; the servers have the first one.
const PROCESSOR: &str = "1";

/// Sends so many requests a second, and returns them once each has its answer. The time of each begins when it was due.
pub(super) async fn send(load: Load, per_second: f64) -> Vec<Exchange> {
    on_own_processor(move || {
        let rounds = Rc::new(Rounds::new(load));
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        LocalSet::new().block_on(&runtime, Rc::clone(&rounds).run(per_second));
        rounds.done.take()
    })
    .await
}

/// The answers per second when the next request follows each answer.
pub(super) async fn capacity(load: Load) -> f64 {
    on_own_processor(move || {
        let runtime = Builder::new_current_thread().enable_all().build();
        let (exchanges, time) = runtime.expect("a runtime").block_on(load.run_here());
        let count = u32::try_from(exchanges.len()).expect("few requests");
        f64::from(count) / time.as_secs_f64()
    })
    .await
}

async fn on_own_processor<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let thread = std::fs::read_link("/proc/thread-self").expect("Linux");
        let thread = thread.file_name().expect("the number of a thread");
        let moved = Command::new("taskset")
            .arg("-pc")
            .arg(PROCESSOR)
            .arg(thread)
            .output();
        assert!(
            moved.expect("taskset runs").status.success(),
            "two processors"
        );
        let _ = sender.send(work());
    });
    receiver.await.expect("the load ends")
}

struct Rounds {
    load: Load,
    idle: RefCell<Vec<SendRequest<String>>>,
    waiting: Cell<usize>,
    done: RefCell<Vec<Exchange>>,
}

impl Rounds {
    fn new(load: Load) -> Self {
        Self {
            load,
            idle: RefCell::default(),
            waiting: Cell::new(0),
            done: RefCell::default(),
        }
    }

    async fn run(self: Rc<Self>, per_second: f64) {
        let begin = Instant::now();
        let mut ticks = tokio::time::interval(Duration::from_millis(1));
        let mut sent = 0_u32;
        while begin.elapsed() < self.load.time {
            ticks.tick().await;
            loop {
                let due = begin + Duration::from_secs_f64(f64::from(sent) / per_second);
                if due > Instant::now() {
                    break;
                }
                self.arrive(sent, due);
                sent += 1;
            }
        }
        while self.waiting.get() > 0 {
            ticks.tick().await;
        }
    }

    fn arrive(self: &Rc<Self>, number: u32, due: Instant) {
        if self.waiting.get() == WAITING {
            self.done.borrow_mut().push(Exchange {
                state: String::new(),
                time: Duration::ZERO,
                answer: Err("not sent, too many wait".to_owned()),
            });
            return;
        }
        self.waiting.set(self.waiting.get() + 1);
        let rounds = Rc::clone(self);
        tokio::task::spawn_local(async move {
            let idle = rounds.idle.borrow_mut().pop();
            let mut connection = match idle {
                Some(connection) if connection.is_ready() => connection,
                _ => rounds.load.connect().await,
            };
            let exchange = rounds
                .load
                .exchange(&mut connection, number as usize, number.to_string())
                .await;
            if exchange.answer.is_ok() {
                rounds.idle.borrow_mut().push(connection);
            }
            let time = due.elapsed();
            rounds.done.borrow_mut().push(Exchange { time, ..exchange });
            rounds.waiting.set(rounds.waiting.get() - 1);
        });
    }
}
