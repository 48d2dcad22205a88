//! Group L: logs, traces and metrics hold no secret and no forged line. Besides, each test looks at its end whether a
//! secret that it has met is in a log.

use std::collections::BTreeSet;

use doorward_e2e::{Agent, Deployment, FRONTEND, Request, SERVICES, Separate, User, on};
use reqwest::Method;

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
