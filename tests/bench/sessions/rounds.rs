//! CPU time of a silent authentication, in rounds that alternate between a store with few sessions and one with many: whatever
//! else the machine does disturbs both alike.

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

/// What is asked for, and what must come back.
const KINDS: [(&str, &[&str]); 2] = [
    ("token id_token", &["access_token", "id_token"]),
    ("token", &["access_token"]),
];
/// Prime, and more than there are sessions: steps of this visit each once before any comes again, in no order.
const STRIDE: usize = 15_485_863;

/// Of all rounds.
#[derive(Debug)]
pub(crate) struct Cpu {
    /// By `response_type`.
    pub(crate) kinds: Vec<Kind>,
    /// CPU-milliseconds in a second without any request, few and many; they are part of every figure.
    pub(crate) idle: [f64; 2],
}

/// The rounds of one kind of request.
#[derive(Debug)]
pub(crate) struct Kind {
    /// What was asked for.
    pub(crate) response_type: &'static str,
    /// With few sessions and with many.
    pub(crate) rounds: Vec<[Round; 2]>,
}

/// What one request has cost, as a mean over a round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    /// CPU-milliseconds of each process.
    pub(crate) processes: [f64; PROCESSES.len()],
    /// How often a session was written in Redis.
    pub(crate) writes: f64,
}

impl Kind {
    /// CPU time with many sessions, divided by that of the round just before, with few.
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
            // Not counted: the first requests fill memories and open connections.
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

    /// Requests at a fixed rate, whether or not the ones before are answered.
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

    /// As a browser sends it whose user was signed in by that browser.
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
