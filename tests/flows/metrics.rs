//! The metrics of a deployment: what happened is counted, and nothing of it can be read where users are.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};

use doorward_e2e::{
    API, Agent, Deployment, Embedded, FRONTEND, Request, SERVICES, TENANT, THIRD_PARTY, User,
    metric_in, metrics_at, on, on_every_deployment, on_separate_processes,
};
use doorward_test_support::free_port;

/// The exact numbers in the metrics of the frontend after [`happen`].
const COUNTED: [(&str, f64); 11] = [
    (
        "silent_authentications_total{outcome=\"yes\",reason=\"none\"}",
        1.0,
    ),
    (
        "silent_authentications_total{outcome=\"no\",reason=\"login_required\"}",
        2.0,
    ),
    (
        "silent_authentications_total{outcome=\"no\",reason=\"invalid_request\"}",
        1.0,
    ),
    ("logins_total{outcome=\"ok\"}", 2.0),
    ("logins_total{outcome=\"wrong\"}", 1.0),
    ("signups_total{outcome=\"ok\"}", 1.0),
    ("signups_total{outcome=\"weak_password\"}", 1.0),
    ("consents_total{outcome=\"accepted\"}", 1.0),
    ("consents_total{outcome=\"denied\"}", 1.0),
    ("logouts_total", 1.0),
    (
        "http_request_seconds_count{route=\"other\",method=\"GET\",status=\"404\"}",
        1.0,
    ),
];

/// The metrics that every process has.
const EVERYWHERE: [&str; 2] = ["doorward_build_info{version=\"", "doorward_connections{"];

async fn happen(deployment: &Deployment) {
    let user = deployment.add_user();
    let agent = Agent::new(deployment);
    let silent = Request::silent("id_token token").with("audience", API);
    agent.authorize(&silent).await;
    agent
        .authorize(&silent.clone().with("max_age", "old"))
        .await;

    let request = Request::new("id_token");
    let wrong = User {
        password: "not-the-password".to_owned(),
        ..user.clone()
    };
    agent
        .fill_in_wrongly(&agent.open(&request).await, &wrong)
        .await;
    agent.sign_in(&request, &user).await;
    agent.authorize(&silent).await;
    for answer in ["deny", "accept"] {
        let page = agent.open(&of_a_third_party()).await;
        agent
            .submit_and_follow(&page.form().with("action", answer))
            .await;
    }
    agent.get("/v2/logout").await;
    agent.authorize(&silent).await;
    agent.sign_in(&request, &user).await;

    let newcomer = User::stranger();
    let agent = Agent::new(deployment);
    let request = request.with("screen_hint", "signup");
    let form = agent.open(&request).await.form();
    let form = form.with("email", &newcomer.email);
    let page = agent.submit(&form.with("password", "short")).await;
    let form = page.form().with("password", &newcomer.password);
    agent.submit_and_follow(&form).await;
    agent.get("/unknown").await.assert_error_page(404);
}

fn of_a_third_party() -> Request {
    Request::new("token")
        .with("client_id", THIRD_PARTY)
        .with("redirect_uri", "https://partner.example.test/callback")
}

/// Checks the numbers of the frontend.
fn assert_counted(text: &str) {
    for (metric, expected) in COUNTED {
        let found = metric_in(text, &format!("doorward_{metric}"));
        assert!(
            (found - expected).abs() < 0.5,
            "{metric}: {found} in\n{text}"
        );
    }
    for metric in [
        "http_request_seconds_count{route=\"/authorize\",method=\"GET\",status=\"302\"}",
        "registry_cache_lookups_total{kind=\"client\",outcome=\"hit\"}",
        "registry_cache_lookups_total{kind=\"client\",outcome=\"miss\"}",
    ] {
        assert_some(text, metric);
    }
}

#[track_caller]
fn assert_some(text: &str, metric: &str) {
    let found = metric_in(text, &format!("doorward_{metric}"));
    assert!(found > 0.0, "{metric} in\n{text}");
}

/// Checks that each metric has a description, and that those of all processes are there.
fn assert_described(text: &str) {
    let names = |mark: &'static str| -> BTreeSet<&str> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(mark));
        lines.filter_map(|line| line.split(' ').next()).collect()
    };
    assert_eq!(names("# TYPE "), names("# HELP "));
    for metric in EVERYWHERE {
        assert!(text.contains(metric), "{metric} in\n{text}");
    }
}

#[tokio::test]
async fn each_service_counts_what_happens() {
    on_separate_processes(async |deployment, separate| {
        happen(deployment).await;
        for process in SERVICES.into_iter().chain([FRONTEND]) {
            assert_described(&separate.metrics(process).await);
        }
        assert_counted(&separate.metrics(FRONTEND).await);

        let signing = separate.metrics("token-signing").await;
        for kind in ["id_token", "access_token"] {
            let metric = format!("tokens_signed_total{{kind=\"{kind}\",alg=\"RS256\"}}");
            assert_some(&signing, &metric);
        }
        assert!(signing.contains("doorward_signing_calls{state=\"waiting\"} 0\n"));
        let identity = separate.metrics("identity").await;
        assert!(identity.contains("doorward_hashing_calls{state=\"running\"} 0\n"));
        assert_some(&identity, "sql_connections{pool=\"shared\",state=\"idle\"}");
        assert_some(&identity, "sql_connections_max{pool=\"shared\"}");

        let agent = Agent::new(deployment);
        let request = Request::new("id_token");
        agent.sign_in(&request, &deployment.add_user()).await;
        separate.kill("session");
        agent.authorize(&Request::silent("id_token")).await;
        let cannot_tell = "silent_authentications_total{outcome=\"cannot_tell\",reason=\"temporarily_unavailable\"}";
        assert_some(&separate.metrics(FRONTEND).await, cannot_tell);
    })
    .await;
}

#[tokio::test]
async fn one_process_has_the_metrics_of_all_services() {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
    let options = ["--metrics-listen", &address.to_string()];
    let deployment = Deployment::Embedded(Embedded::start_with_options(TENANT, &options).await);
    on(&deployment, async |deployment| {
        happen(deployment).await;
        let text = metrics_at(address).await;
        assert_described(&text);
        assert_counted(&text);
        assert_some(
            &text,
            "tokens_signed_total{kind=\"id_token\",alg=\"RS256\"}",
        );
        assert_some(&text, "sql_connections{pool=\"writer\",state=\"idle\"}");
        assert_some(&text, "sql_connections_max{pool=\"readers\"}");
        assert!(text.contains("doorward_hashing_calls{state=\"running\"} 0\n"));
        assert!(text.contains("doorward_mails_waiting 0\n"), "{text}");

        let page = Agent::new(deployment).get("/metrics").await;
        page.assert_error_page(404);
    })
    .await;
}

#[tokio::test]
async fn sec_217_the_entrance_of_the_users_has_no_metrics() {
    on_every_deployment(async |deployment| {
        let agent = Agent::new(deployment);
        for path in [
            "/metrics",
            "/healthz",
            "/health",
            "/reset",
            "/metrics/",
            "/metrics/x",
        ] {
            let page = agent.get(path).await;
            page.assert_error_page(404);
            assert!(!page.body.contains("doorward_"), "{page:?}");
        }
    })
    .await;
}
