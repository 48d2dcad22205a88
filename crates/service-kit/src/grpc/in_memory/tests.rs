use std::time::Duration;

use tokio::time::timeout;
use tonic::Code;
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tower::{Service, ServiceExt};

use super::*;
use crate::grpc::test_service::{Pauses, TestService, code, request};

const PATIENCE: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(50);

fn channel(shutdown: &Shutdown) -> (Channel, Pauses) {
    let service = TestService::default();
    let pauses = service.pauses.clone();
    (in_memory(Routes::new(service), shutdown.clone()), pauses)
}

async fn call(channel: &Channel, method: &str) -> Response<Body> {
    let mut channel = channel.clone();
    let channel = channel.ready().await.unwrap();
    channel.call(request(method, None)).await.unwrap()
}

#[tokio::test]
async fn calls_in_flight_outlive_a_stop_and_no_other_begins() {
    let shutdown = Shutdown::new();
    let (channel, pauses) = channel(&shutdown);
    let (answer, ()) = tokio::join!(call(&channel, "Wait"), async {
        pauses.begun.notified().await;
        shutdown.cancel();
        assert_eq!(code(&call(&channel, "Answer").await), Code::Unavailable);
        pauses.end.notify_one();
    });
    assert_eq!(code(&answer), Code::Ok);
}

#[tokio::test]
async fn a_call_ends_at_its_deadline_and_with_its_caller() {
    let (mut channel, _) = channel(&Shutdown::new());
    let late = channel.call(request("Hang", Some(SHORT))).await.unwrap();
    assert_eq!(code(&late), Code::DeadlineExceeded);

    let (service, dropped) = TestService::watched();
    let channel = in_memory(Routes::new(service), Shutdown::new());
    assert!(timeout(SHORT, call(&channel, "Hang")).await.is_err());
    drop(channel);
    assert!(dropped.upgrade().is_none(), "the call goes on");
}

#[tokio::test]
async fn a_panic_stays_with_the_service() {
    let (channel, _) = channel(&Shutdown::new());
    assert_eq!(code(&call(&channel, "Panic").await), Code::Internal);

    let mut body = call(&channel, "PanicInMessages").await.into_body();
    let frame = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
    assert_eq!(frame.unwrap().unwrap_err().code(), Code::Internal);
    let end = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
    assert!(end.is_none());
    assert_eq!(code(&call(&channel, "Answer").await), Code::Ok);
}

#[tokio::test]
async fn streams_arrive_as_they_are_made_and_end() {
    let (mut health, service) = tonic_health::server::health_reporter();
    let mut client = HealthClient::new(in_memory(Routes::new(service), Shutdown::new()));
    let asked = client.watch(HealthCheckRequest::default()).await;
    let mut states = asked.unwrap().into_inner();
    let mut next = async || timeout(PATIENCE, states.message()).await.unwrap().unwrap();
    assert_eq!(next().await.unwrap().status, 1);
    health
        .set_service_status("", ServingStatus::NotServing)
        .await;
    assert_eq!(next().await.unwrap().status, 2);
    health.clear_service_status("").await;
    assert!(next().await.is_none());
}

#[tokio::test]
async fn messages_are_limited_in_size() {
    let (_, service) = tonic_health::server::health_reporter();
    let routes = Routes::new(service.max_decoding_message_size(8));
    let mut client = HealthClient::new(in_memory(routes, Shutdown::new()));
    let service = "a name of more than eight bytes".to_owned();
    let refused = client.check(HealthCheckRequest { service }).await;
    assert_eq!(refused.unwrap_err().code(), Code::OutOfRange);
}
