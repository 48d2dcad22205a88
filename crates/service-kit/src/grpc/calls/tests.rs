use metrics_exporter_prometheus::PrometheusBuilder;
use tonic::Code;

use super::*;
use crate::grpc::test_service::{TestService, request};

async fn call(method: &str, deadline: Option<Duration>) -> Status {
    let mut calls = Calls::new(Routes::new(TestService::default()), Callers::Local);
    let answer = calls.call(request(method, deadline)).await.unwrap();
    Status::from_header_map(answer.headers()).unwrap_or(Status::ok(""))
}

#[tokio::test]
async fn every_call_ends_with_its_own_code() {
    for (method, code) in [
        ("Answer", Code::Ok),
        ("Refuse", Code::NotFound),
        ("Panic", Code::Internal),
        ("Other", Code::Unimplemented),
    ] {
        assert_eq!(call(method, None).await.code(), code, "{method}");
    }
}

#[tokio::test]
async fn the_deadline_of_the_caller_ends_a_call() {
    let deadline = Duration::from_millis(50);
    let began = tokio::time::Instant::now();
    let status = call("Hang", Some(deadline)).await;
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(began.elapsed() >= deadline);
    assert_eq!(limit(Some(deadline)), deadline);
    assert_eq!(limit(Some(Duration::from_hours(1))), LONGEST);
    assert_eq!(limit(None), LONGEST);
}

#[tokio::test]
async fn sec_179_a_call_without_deadline_gets_one() {
    let began = tokio::time::Instant::now();
    let status = call("Hang", None).await;
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(began.elapsed() >= LONGEST);
}

#[tokio::test]
async fn a_service_knows_how_long_its_caller_waits() {
    let deadline = Some(Duration::from_millis(5_900));
    assert_eq!(call("TimeLeft", deadline).await.message(), "Some(5)");
    assert_eq!(call("TimeLeft", None).await.message(), "None");
}

/// Calls of unknown methods must not fill the memory with names.
#[test]
fn calls_are_measured_by_method_and_code() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        runtime.unwrap().block_on(async {
            for method in ["Answer", "Refuse", "Panic", "Other", "Another"] {
                call(method, None).await;
            }
            let short = Duration::from_millis(1);
            call("Hang", Some(short)).await;
            let _ = tokio::time::timeout(short, call("Hang", None)).await;
        });
    });
    let text = handle.render();
    for (method, code, calls) in [
        ("test.Test/Answer", "OK", 1),
        ("test.Test/Refuse", "NOT_FOUND", 1),
        ("test.Test/Panic", "INTERNAL", 1),
        ("test.Test/Hang", "DEADLINE_EXCEEDED", 1),
        ("test.Test/Hang", "CANCELLED", 1),
        ("unknown", "UNIMPLEMENTED", 2),
    ] {
        let labels = format!("{{method=\"{method}\",code=\"{code}\"}}");
        let line = format!("doorward_grpc_call_seconds_count{labels} {calls}");
        assert!(text.contains(&line), "{line} in {text}");
    }
    assert!(!text.contains("Other"), "{text}");
}
