//! Group L: logs, traces and metrics hold no secret and no forged line. Besides, each test looks at its end whether a
//! secret that it has met is in a log.

use std::collections::BTreeSet;

use doorward_e2e::{Agent, Deployment, FRONTEND, Request, SERVICES, Separate, User, claims, on};
use reqwest::Method;
use serde_json::Value;

use super::fixture::{API, TENANT, on_server_and_replicas, request, separate};
use crate::traces::collector::{Collector, Trace};

/// Shorter values appear in other texts by chance.
const SHORTEST_SECRET: usize = 10;
/// The beginning of a line that an attacker would forge.
const FORGED: &str = "forged";

#[tokio::test]
async fn sec_191_a_value_stays_on_its_line() {
    on_server_and_replicas(async |deployment| {
        let agent = Agent::new(deployment);
        for ends in ["\r\n", "\n", "\r", "\u{2028}", "\u{1b}[2J", "\"}\n{\""] {
            let value = format!("https://app.example.test/{ends}{FORGED}");
            for name in [
                "client_id",
                "redirect_uri",
                "audience",
                "organization",
                "scope",
                "prompt",
            ] {
                agent.authorize(&request("token").with(name, &value)).await;
            }
            agent.get(&format!("/{FORGED}%0A{FORGED}%0D%1B")).await;
        }
        let log = deployment.log();
        assert!(log.contains(FORGED), "the values are logged");
        assert!(!log.lines().any(|line| line.starts_with(FORGED)));
        assert!(!log.contains(['\u{1b}', '\r', '\u{2028}']));
    })
    .await;
}

#[tokio::test]
async fn sec_192_no_secret_in_logs_traces_and_metrics() {
    let collector = Collector::start().await;
    let builder = Separate::builder()
        .tenant(TENANT)
        .secure()
        .environment("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.http)
        .environment("OTEL_BSP_SCHEDULE_DELAY", "100");
    let deployment = Deployment::Separate(builder.start().await);
    on(&deployment, async |deployment| {
        let mut secrets = visit(deployment).await;
        secrets.retain(|secret| secret.len() >= SHORTEST_SECRET);

        let has_statement = |trace: &Trace| trace.has("SELECT");
        let trace = collector
            .trace("POST /u/login/password", has_statement)
            .await;
        let text = trace.span("SELECT").attribute("db.query.text");
        assert!(text.is_some_and(|text| text.contains("$1")));
        for root in ["GET /userinfo", "POST /u/signup", "GET /u/sessions"] {
            collector.trace(root, |_| true).await;
        }
        let mut shown = vec![
            ("traces", collector.everything()),
            ("log", deployment.log()),
        ];
        for name in [FRONTEND].into_iter().chain(SERVICES) {
            shown.push((name, separate(deployment).metrics(name).await));
        }
        for (place, text) in shown {
            let found: Vec<_> = secrets
                .iter()
                .filter(|it| text.contains(it.as_str()))
                .collect();
            assert!(found.is_empty(), "{place}: {found:?}");
        }
    })
    .await;
}

/// Signs up, in and wrongly in, and uses the tokens. Returns all values that only the user and the application
/// may know.
async fn visit(deployment: &Deployment) -> BTreeSet<String> {
    let user = deployment.add_user();
    let agent = Agent::new(deployment);
    let request = request("id_token token").with("audience", API);
    let request = request
        .with("state", "a-state-of-its-own")
        .with("login_hint", &user.email);
    let wrong = User {
        password: "not-the-password".to_owned(),
        ..user.clone()
    };
    let page = agent.open(&request).await;
    agent.fill_in_wrongly(&page, &wrong).await;
    let callback = agent.sign_in(&request, &user).await;
    agent.get("/u/sessions").await;
    let bearer = agent.request(Method::GET, "/userinfo");
    let bearer = bearer.bearer_auth(callback.get("access_token"));
    agent.send(bearer).await;
    let newcomer = User::stranger();
    sign_up(&Agent::new(deployment), &newcomer, &request).await;

    let mut secrets: BTreeSet<String> = agent.cookies().into_values().collect();
    for user in [user, wrong, newcomer] {
        secrets.extend([user.email, user.password]);
    }
    let names = ["access_token", "id_token"].into_iter();
    secrets.extend(names.map(|name| callback.get(name).to_owned()));
    let sent = ["state", "nonce", "login_hint"].into_iter();
    secrets.extend(sent.filter_map(|name| Some(request.get(name)?.to_owned())));
    secrets
}

async fn sign_up(agent: &Agent, newcomer: &User, request: &Request) {
    let request = request.clone().with("screen_hint", "signup");
    let form = agent.open(&request).await.form();
    let form = form.with("email", &newcomer.email);
    let form = form.with("password", &newcomer.password);
    let callback = agent.submit_and_follow(&form).await.callback();
    assert!(callback.find("id_token").is_some(), "{callback:?}");
}

#[tokio::test]
async fn sec_195_what_users_do_is_in_the_audit() {
    let builder = Separate::builder().tenant(TENANT).secure();
    let builder = builder.environment("DOORWARD_LOG__FORMAT", "json");
    let deployment = Deployment::Separate(builder.start().await);
    on(&deployment, async |deployment| {
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        let asked = request("id_token");
        let wrong = User {
            password: "not-the-password".to_owned(),
            ..user.clone()
        };
        let page = agent.open(&asked).await;
        agent.fill_in_wrongly(&page, &wrong).await;
        let callback = agent.sign_in(&asked, &user).await;
        let sub = claims(callback.get("id_token"))["sub"].clone();
        agent.get("/v2/logout?client_id=spa1").await;
        sign_up(&Agent::new(deployment), &User::stranger(), &asked).await;
        sign_up_again(deployment, &user).await;
        for command in [
            &["user", "block", &user.email][..],
            &["keys", "emergency-rotate"],
        ] {
            deployment.command(command, "").assert_success();
        }
        let form = agent.open(&asked).await.form();
        let page = agent
            .submit_and_follow(&form.with("username", &user.email))
            .await;
        agent
            .submit(&page.form().with("password", &user.password))
            .await;

        let audit = audit(deployment);
        let find = |event: &str| {
            let found = audit.iter().find(|line| line["event"] == event);
            found.unwrap_or_else(|| panic!("no {event} in {audit:#?}"))
        };
        for event in ["fp", "s", "slo", "ss", "fs", "f"] {
            let line = find(event);
            assert_eq!(line["client_id"], "spa1", "{line}");
            assert_eq!(line["address"], "127.0.0.1", "{line}");
            assert_eq!(
                line["span"]["trace_id"].as_str().unwrap().len(),
                32,
                "{line}"
            );
            assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{line}");
        }
        for event in ["s", "f"] {
            assert_eq!(find(event)["user"], sub, "{event}");
        }
        assert_eq!(find("fs")["reason"], "email_in_use");
        let operations = audit.iter().filter(|line| line["event"] == "sapi");
        let operations: Vec<_> = operations.map(|line| &line["operation"]).collect();
        assert_eq!(operations, ["import", "block"]);
        assert_eq!(find("keys")["alg"], "RS256");
    })
    .await;
}

/// Signs up with the address of an account, and another password.
async fn sign_up_again(deployment: &Deployment, user: &User) {
    let agent = Agent::new(deployment);
    let asked = request("id_token").with("screen_hint", "signup");
    let form = agent.open(&asked).await.form();
    let form = form.with("email", &user.email);
    agent
        .submit(&form.with("password", "correct horse battery"))
        .await;
}

/// The lines of the audit, in the order of their times. The first is the import with which every deployment begins.
fn audit(deployment: &Deployment) -> Vec<Value> {
    let log = deployment.log();
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut lines: Vec<_> = lines.filter(|line| line["target"] == "audit").collect();
    lines.sort_by_key(|line| line["timestamp"].as_str().map(str::to_owned));
    lines
}
