//! CPU time of a silent authentication, in rounds that alternate between a store with few sessions and one with many,
//! so that other work of the machine disturbs both equally.

use std::time::Duration;

use doorward_e2e::{API, Page, Request};
use reqwest::Client;
use reqwest::header::{COOKIE, USER_AGENT};
use reqwest::redirect::Policy;
use tokio::task::JoinSet;
use url::Url;

use crate::sessions::people::device;
use crate::sessions::settings::Settings;
use crate::sessions::stack::{PROCESSES, Stack};
use crate::statistics::{Spread, exact};

/// The `response_type` of each kind, and the parameters of its answer.
const KINDS: [(&str, &[&str]); 2] = [
    ("token id_token", &["access_token", "id_token"]),
    ("token", &["access_token"]),
];
/// A prime larger than the number of sessions. Steps of this size visit each session once before any repeats, out of
/// order.
const STRIDE: usize = 15_485_863;

/// The figures of all rounds.
#[derive(Debug)]
pub(crate) struct Cpu {
    /// The figures per `response_type`.
    pub(crate) kinds: Vec<Kind>,
    /// CPU-milliseconds per second without requests, with few and with many sessions. They are part of every figure.
    pub(crate) idle: [f64; 2],
}

/// The rounds of one kind of request.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The `response_type` of the requests.
    pub(crate) response_type: &'static str,
    /// With few sessions and with many.
    pub(crate) rounds: Vec<[Round; 2]>,
}

/// The mean cost of one request in a round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    /// CPU-milliseconds of each process.
    pub(crate) processes: [f64; PROCESSES.len()],
    /// The number of writes of a session in Redis.
    pub(crate) writes: f64,
}

impl Kind {
    /// CPU time with many sessions, divided by that of the round before, with few.
    pub(crate) fn ratio(&self) -> Spread {
        let pairs = self.rounds.iter();
        Spread::of(pairs.map(|[few, many]| many.in_all() / few.in_all()))
    }
}

impl Round {
    /// CPU-milliseconds of all processes.
    pub(crate) fn in_all(&self) -> f64 {
        self.processes.iter().sum()
    }
}

impl Cpu {
    /// Runs all rounds.
    pub(crate) async fn of_silent_authentication(
        few: &Stack,
        many: &Stack,
        settings: &Settings,
    ) -> Self {
        let idle = [
            idle(few, settings.round).await,
            idle(many, settings.round).await,
        ];
        let (mut few, mut many) = (Visitors::new(few), Visitors::new(many));
        let mut kinds = Vec::new();
        for (response_type, wanted) in KINDS {
            // Not counted: the first requests fill caches and open connections.
            few.round(response_type, wanted, settings).await;
            many.round(response_type, wanted, settings).await;
            let mut rounds = Vec::new();
            for _ in 0..settings.rounds {
                rounds.push([
                    few.round(response_type, wanted, settings).await,
                    many.round(response_type, wanted, settings).await,
                ]);
            }
            kinds.push(Kind {
                response_type,
                rounds,
            });
        }
        Self { kinds, idle }
    }
}

async fn idle(stack: &Stack, time: Duration) -> f64 {
    let before = stack.cpu();
    tokio::time::sleep(time).await;
    let processes = milliseconds(before, stack.cpu());
    processes.iter().sum::<f64>() / time.as_secs_f64()
}

/// The browsers of a deployment's users.
struct Visitors<'a> {
    stack: &'a Stack,
    http: Client,
    next: usize,
}

impl<'a> Visitors<'a> {
    fn new(stack: &'a Stack) -> Self {
        let http = Client::builder()
            .redirect(Policy::none())
            .timeout(Duration::from_secs(30))
            .build();
        Self {
            stack,
            http: http.expect("an HTTP client"),
            next: 0,
        }
    }

    /// Sends requests at a fixed rate, without waiting for answers.
    async fn round(
        &mut self,
        response_type: &str,
        wanted: &'static [&'static str],
        settings: &Settings,
    ) -> Round {
        let url = self.url(response_type);
        let writes = self.stack.store.calls("hset");
        let before = self.stack.cpu();
        let mut clock = tokio::time::interval(Duration::from_secs(1) / settings.rate);
        let mut requests = JoinSet::new();
        for _ in 0..settings.requests() {
            clock.tick().await;
            let request = self.request(url.clone());
            requests.spawn(async move {
                let response = request.send().await.expect("the deployment answers");
                let callback = Page::read(response).await.callback();
                for name in wanted {
                    assert!(callback.in_fragment && !callback.get(name).is_empty());
                }
            });
        }
        requests.join_all().await;
        let processes = milliseconds(before, self.stack.cpu());
        let writes = self.stack.store.calls("hset") - writes;
        let count = exact(settings.requests());
        Round {
            processes: processes.map(|time| time / count),
            writes: exact(writes) / count,
        }
    }

    /// A request with the headers of the browser that signed the user in.
    fn request(&mut self, url: Url) -> reqwest::RequestBuilder {
        let number = self.next * STRIDE % self.stack.sessions.len();
        self.next += 1;
        let (token, device) = (&self.stack.sessions[number], device(number, 0));
        self.http
            .get(url)
            .header(COOKIE, format!("__Host-doorward-session={token}"))
            .header(USER_AGENT, device.user_agent)
            .header("x-forwarded-for", device.ip)
    }

    fn url(&self, response_type: &str) -> Url {
        let request = Request::silent(response_type).with("audience", API);
        let mut url = self
            .stack
            .deployment
            .issuer()
            .join("authorize")
            .expect("a URL");
        url.query_pairs_mut().extend_pairs(request.parameters());
        url
    }
}

fn milliseconds(
    before: [u64; PROCESSES.len()],
    after: [u64; PROCESSES.len()],
) -> [f64; PROCESSES.len()] {
    std::array::from_fn(|process| exact(after[process].saturating_sub(before[process])) / 1e6)
}
