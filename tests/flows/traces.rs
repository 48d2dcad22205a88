//! One request is one trace, through every process and into the stores.

pub(crate) mod collector;

use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use doorward_e2e::{
    API, Agent, Deployment, FRONTEND, PATIENCE, Page, Request, SERVICES, Separate, on, on_embedded,
    program,
};

use collector::Collector;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const PROTOCOL: &str = "OTEL_EXPORTER_OTLP_PROTOCOL";
/// Spans are sent this often, in milliseconds, so that a test need not wait for seconds.
const DELAY: (&str, &str) = ("OTEL_BSP_SCHEDULE_DELAY", "100");

const RESOLVE_SESSION: &str = "doorward.session.v1.SessionService/ResolveSession";

const SILENT: &str = "\
authorize-frontend: GET /authorize
  authorize-frontend: doorward.session.v1.SessionService/ResolveSession
    session: doorward.session.v1.SessionService/ResolveSession
      session: FCALL resolve_session
  authorize-frontend: doorward.token_signing.v1.TokenSigningService/SignTokens
    token-signing: doorward.token_signing.v1.TokenSigningService/SignTokens
";

const SILENT_IN_ONE_PROCESS: &str = "\
doorward: GET /authorize
  doorward: doorward.session.v1.SessionService/ResolveSession
  doorward: doorward.token_signing.v1.TokenSigningService/SignTokens
";

async fn on_traced(variables: &[(&str, &str)], story: impl AsyncFnOnce(&Deployment, &Separate)) {
    let mut builder = Separate::builder().environment(DELAY.0, DELAY.1);
    for (name, value) in variables {
        builder = builder.environment(name, value);
    }
    let deployment = Deployment::Separate(builder.start().await);
    on(&deployment, async |deployment| {
        let Deployment::Separate(separate) = deployment else {
            unreachable!("as started")
        };
        story(deployment, separate).await;
    })
    .await;
}

async fn authenticate_silently(deployment: &Deployment) {
    let agent = Agent::new(deployment);
    let user = deployment.add_user();
    agent.sign_in(&Request::new("id_token token"), &user).await;
    let request = Request::silent("id_token token").with("audience", API);
    // The first one reads the API.
    for _ in 0..2 {
        let callback = agent.authorize(&request).await.callback();
        assert!(callback.find("id_token").is_some(), "{callback:?}");
    }
}

async fn wait_until_logged(deployment: &Deployment, text: &str) {
    let begin = Instant::now();
    while !deployment.log().contains(text) {
        assert!(begin.elapsed() < PATIENCE, "{text} was expected");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_silent_authentication_is_one_trace() {
    let collector = Collector::start().await;
    for (protocol, endpoint) in [
        ("grpc", &collector.grpc),
        ("http/protobuf", &collector.http),
    ] {
        let variables = [(ENDPOINT, &**endpoint), (PROTOCOL, protocol)];
        on_traced(&variables, async |deployment, _| {
            authenticate_silently(deployment).await;
            let is_right = |trace: &collector::Trace| trace.tree() == SILENT;
            let trace = collector.trace("GET /authorize", is_right).await;
            let request = trace.span("GET /authorize");
            for (name, value) in [
                ("http.request.method", "GET"),
                ("http.route", "/authorize"),
                ("url.path", "/authorize"),
                ("http.response.status_code", "302"),
            ] {
                assert_eq!(request.attribute(name).as_deref(), Some(value), "{name}");
            }
            let call = trace.span(RESOLVE_SESSION);
            for (name, value) in [
                ("rpc.system.name", "grpc"),
                ("rpc.method", RESOLVE_SESSION),
                ("rpc.response.status_code", "OK"),
            ] {
                assert_eq!(call.attribute(name).as_deref(), Some(value), "{name}");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn the_embedded_server_sends_traces_too() {
    let collector = Collector::start().await;
    on_embedded(async |deployment, embedded| {
        let endpoint = format!("{ENDPOINT}={}", collector.http);
        let delay = format!("{}={}", DELAY.0, DELAY.1);
        embedded
            .restart_with_environment(&[&endpoint, &delay])
            .await;
        authenticate_silently(deployment).await;
        let is_right = |trace: &collector::Trace| trace.tree() == SILENT_IN_ONE_PROCESS;
        collector.trace("GET /authorize", is_right).await;
        let has_statement = |trace: &collector::Trace| trace.has("SELECT");
        collector
            .trace("POST /u/login/password", has_statement)
            .await;
    })
    .await;
}

/// The trace id that an error page shows.
fn tracking_id(page: &Page) -> &str {
    let (_, id) = page.body.rsplit_once("<code>").unwrap();
    let (id, _) = id.split_once("</code>").unwrap();
    assert_eq!(id.len(), 32, "{id}");
    id
}

#[tokio::test]
async fn an_error_page_the_log_and_the_trace_have_one_id() {
    let collector = Collector::start().await;
    on_traced(&[(ENDPOINT, &*collector.http)], async |deployment, _| {
        let agent = Agent::new(deployment);
        let page = agent.get("/authorize?client_id=unknown").await;
        page.assert_error_page(400);
        let id = tracking_id(&page);
        wait_until_logged(deployment, &format!("trace_id={id}")).await;
        let trace = collector.trace("GET /authorize", |_| true).await;
        assert_eq!(trace.span("GET /authorize").trace_id(), id);
    })
    .await;
}

#[tokio::test]
async fn without_a_collector_the_logs_of_all_services_have_the_id() {
    on_traced(&[], async |deployment, separate| {
        let agent = Agent::new(deployment);
        let first = agent.open(&Request::new("id_token")).await;
        separate.redis().kill();
        let page = agent.get(first.url.as_str()).await;
        page.assert_error_page(503);
        let id = tracking_id(&page);
        let method = "/doorward.session.v1.SessionService/FindTransaction";
        let called = format!("call{{method=\"{method}\" trace_id={id}}}");
        wait_until_logged(deployment, &called).await;
    })
    .await;
}

#[tokio::test]
async fn the_sampler_of_the_environment_decides() {
    let collector = Collector::start().await;
    let variables = [
        (ENDPOINT, &*collector.http),
        ("OTEL_TRACES_SAMPLER", "always_off"),
    ];
    on_traced(&variables, async |deployment, separate| {
        authenticate_silently(deployment).await;
        // At their end they send what they have.
        for name in [FRONTEND].iter().chain(&SERVICES) {
            assert_eq!(separate.stop(name), 0, "{name}");
        }
        assert!(collector.spans().is_empty());
    })
    .await;
}

#[tokio::test]
async fn rel_21_a_dead_or_silent_collector_disturbs_nothing() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_address = format!("http://{}", silent.local_addr().unwrap());
    for endpoint in ["http://127.0.0.1:1", &silent_address] {
        for protocol in ["grpc", "http/protobuf"] {
            let variables = [
                (ENDPOINT, endpoint),
                (PROTOCOL, protocol),
                ("OTEL_EXPORTER_OTLP_TIMEOUT", "500"),
            ];
            on_traced(&variables, async |deployment, separate| {
                for _ in 0..10 {
                    authenticate_silently(deployment).await;
                }
                let failed = "doorward_spans_exported_total{outcome=\"failed\"}";
                while separate.metric(FRONTEND, failed).await == 0.0 {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                let told = "traces cannot be exported";
                wait_until_logged(deployment, told).await;
                for name in [FRONTEND].iter().chain(&SERVICES) {
                    assert_eq!(separate.stop(name), 0, "{name}");
                }
            })
            .await;
        }
    }
}

#[test]
fn what_cannot_be_read_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value, problem) in [
        (ENDPOINT, "no url", "OTEL_EXPORTER_OTLP_"),
        (PROTOCOL, "carrier-pigeon", "http/protobuf or grpc"),
        (
            "OTEL_TRACES_SAMPLER",
            "sometimes",
            "parentbased_traceidratio",
        ),
    ] {
        let issuer = "http://localhost:1/";
        let started = Command::new(program("doorward"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--issuer",
                issuer,
                "--data",
            ])
            .arg(folder.path())
            .env(ENDPOINT, "http://127.0.0.1:1")
            .env(name, value)
            .output()
            .unwrap();
        let told = String::from_utf8(started.stderr).unwrap();
        assert!(!started.status.success(), "{name}");
        assert_eq!(told.lines().count(), 1, "{told}");
        assert!(told.contains(problem), "{told}");
    }
}
