//! SEC-194: no request makes a new series of metrics.

use std::collections::BTreeSet;
use std::future::poll_fn;

use doorward_e2e::{Agent, Deployment, FRONTEND, SERVICES, Separate};
use doorward_service_kit::grpc::Channel;
use doorward_service_kit::hex;
use reqwest::Method;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http::Request as HttpRequest;

use super::fixture::{on_own_replicas, request};

/// The number of made-up names of each kind.
const NAMES: usize = 500;
/// More than the series that begin by themselves meanwhile, as with a call that is late, and far less than the names.
const FEW: usize = 100;

/// A name that no label may have.
fn made_up() -> String {
    format!("made-up-{}", hex())
}

/// The series of all processes, without their values.
async fn series(separate: &Separate) -> BTreeSet<String> {
    let mut series = BTreeSet::new();
    for process in SERVICES.into_iter().chain([FRONTEND]) {
        let text = separate.metrics(process).await;
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let names = lines.filter_map(|line| line.rsplit_once(' '));
        series.extend(names.map(|(name, _)| format!("{process}: {name}")));
    }
    series
}

/// Makes up as many names of each kind.
async fn make_up(names: usize, deployment: &Deployment, separate: &Separate) {
    let agent = Agent::new(deployment);
    for _ in 0..names {
        let name = made_up();
        let request = request("token");
        agent
            .authorize(&request.clone().with("client_id", &name))
            .await;
        agent.authorize(&request.with("connection", &name)).await;
        agent.get(&format!("/{name}")).await;
        let method = Method::from_bytes(name.as_bytes()).unwrap();
        agent.send(agent.request(method, "/authorize")).await;
    }
    for service in SERVICES {
        let mut channel = separate.channel_as(service, FRONTEND);
        for _ in 0..names.div_ceil(SERVICES.len()) {
            call(&mut channel, &format!("{}/{}", made_up(), made_up())).await;
        }
    }
}

/// Calls a method of a service.
async fn call(channel: &mut Channel, method: &str) {
    poll_fn(|context| channel.poll_ready(context))
        .await
        .unwrap();
    let request = HttpRequest::post(format!("http://localhost/{method}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(Body::empty());
    channel.call(request.unwrap()).await.unwrap();
}

#[tokio::test]
async fn sec_194_made_up_names_make_no_series() {
    on_own_replicas(async |deployment, separate| {
        // The series of refusals begin with the first one.
        make_up(1, deployment, separate).await;
        let before = series(separate).await;
        make_up(NAMES, deployment, separate).await;
        let after = series(separate).await;
        let named: Vec<_> = after.iter().filter(|it| it.contains("made-up")).collect();
        assert!(named.is_empty(), "{named:?}");
        let new: Vec<_> = after.difference(&before).collect();
        assert!(new.len() < FEW, "{new:?}");
    })
    .await;
}
