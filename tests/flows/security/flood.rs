//! Group M: abandoned requests do not prevent other sign-ins.

use std::time::{Duration, Instant};

use doorward_e2e::{Agent, Deployment, PATIENCE, Page, Request, Separate, on};
use doorward_test_support::redis::Persistent;
use reqwest::Method;
use tokio::task::JoinSet;

use super::assertions::{assert_refused, assert_session_good};
use super::fixture::{TENANT, request, separate, signed_in};

/// The limit per address in 15 minutes, lower than the default so that a test can reach it.
const PER_ADDRESS: usize = 200;
const AT_ONCE: usize = 16;
/// The `maxmemory` of Redis, in bytes.
const MAX_MEMORY: u64 = 24 * 1024 * 1024;
const REFUSED: &str = "temporarily_unavailable";

async fn on_small_redis(story: impl AsyncFnOnce(&Deployment, &Separate, &Persistent)) {
    let redis = Persistent::start().await;
    redis.set("maxmemory", &MAX_MEMORY.to_string());
    let settings = format!(
        "url = \"{}\"\ndeadline_ms = 800\n[budget]\ntransactions_per_address = {PER_ADDRESS}",
        redis.url()
    );
    let builder = Separate::builder().tenant(TENANT).secure().redis(settings);
    let deployment = Deployment::Separate(builder.start().await);
    on(&deployment, async |deployment| {
        story(deployment, separate(deployment), &redis).await;
    })
    .await;
}

/// Begins a sign-in from an address, in a browser without cookies.
fn begin(agent: &Agent, request: &Request, address: &str) -> impl Future<Output = Page> + use<> {
    let agent = agent.another();
    let sent = agent
        .request(Method::GET, "/authorize")
        .query(request.parameters())
        .header("x-forwarded-for", address);
    async move { agent.send(sent).await }
}

/// Begins sign-ins until one is refused. Returns the number of those before it.
async fn flood(
    deployment: &Deployment,
    request: &Request,
    address: impl Fn(usize) -> String,
) -> usize {
    let agent = Agent::new(deployment);
    let mut begun = 0;
    for round in 0.. {
        assert!(begun < 10_000, "the flood has no end");
        let addresses = (0..AT_ONCE).map(|index| address(round * AT_ONCE + index));
        let sent = addresses.map(|address| begin(&agent, request, &address));
        let pages = sent.collect::<JoinSet<_>>().join_all().await;
        let refused = pages.iter().filter(|page| is_refused(page)).count();
        begun += pages.len() - refused;
        if refused > 0 {
            break;
        }
    }
    begun
}

/// Begins smaller sign-ins until one is refused: a small request may fit where a large one does not.
async fn first_refused(deployment: &Deployment, request: &Request) -> Page {
    for _ in 0..10_000 {
        let page = Agent::new(deployment).authorize(request).await;
        if is_refused(&page) {
            return page;
        }
    }
    panic!("the flood has no end");
}

fn is_refused(page: &Page) -> bool {
    let error = page
        .location()
        .and_then(|to| to.fragment().map(str::to_owned));
    error.is_some_and(|answer| answer.contains(REFUSED))
}

#[tokio::test]
async fn sec_201_abandoned_requests_from_everywhere() {
    on_small_redis(async |deployment, processes, redis| {
        let user = deployment.add_user();
        let before = signed_in(deployment).await;
        let begun = Agent::new(deployment);
        let page = begun.open(&request("token")).await;

        let large = request("token").with("state", &"x".repeat(6_000));
        let address = |number: usize| format!("2001:db8:{:x}:{:x}::1", number >> 16, number & 0xffff);
        assert!(flood(deployment, &large, address).await > 200);
        let asked = request("token");
        assert_refused(&first_refused(deployment, &asked).await, &asked, REFUSED);
        let metric = "doorward_session_refused_total{kind=\"transaction\",reason=\"no_room\"}";
        assert!(processes.metric("session", metric).await > 0.0);
        // The limit is at 60 %; the rest stays free for sessions.
        assert!(redis.used_memory() < MAX_MEMORY / 10 * 7);

        // Sessions are not affected, and a pending sign-in can be finished.
        assert_session_good(&before).await;
        let end = begun.fill_in(&page, &user).await;
        assert_ne!(end.callback().get("access_token"), "");
        assert_session_good(&begun).await;

        // The effect of 15 minutes.
        let expire = "for _, key in ipairs(redis.call('KEYS', 'doorward:*:transaction:*')) do redis.call('PEXPIRE', key, 1) end";
        assert_eq!(redis.ask(&["EVAL", expire, "0"]), "");
        // Redis removes what has expired little by little; listing the keys removes all of it.
        let left = "return #redis.call('KEYS', 'doorward:*:transaction:*')";
        let since = Instant::now();
        while redis.ask(&["EVAL", left, "0"]) != "0" {
            assert!(since.elapsed() < PATIENCE, "the transactions expire");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        while is_refused(&begin(&begun, &asked, "192.0.2.1").await) {
            assert!(since.elapsed() < PATIENCE, "sign-ins begin again");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let late = signed_in(deployment).await;
        assert_session_good(&late).await;
    })
    .await;
}

#[tokio::test]
async fn sec_201_abandoned_requests_from_one_address() {
    on_small_redis(async |deployment, processes, _| {
        let asked = request("token");
        let begun = flood(deployment, &asked, |_| "203.0.113.7".to_owned()).await;
        assert_eq!(begun, PER_ADDRESS);
        let metric = "doorward_session_refused_total{kind=\"transaction\",reason=\"address\"}";
        assert!(processes.metric("session", metric).await > 0.0);
        let agent = Agent::new(deployment);
        assert!(!is_refused(&begin(&agent, &asked, "203.0.113.8").await));
        assert_session_good(&signed_in(deployment).await).await;
    })
    .await;
}
