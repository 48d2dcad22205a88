//! The health service and the shutdown of each process.

use doorward_e2e::{SERVICES, on_separate_processes, program};
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

#[tokio::test]
async fn every_service_says_that_it_serves() {
    on_separate_processes(async |_, separate| {
        for service in SERVICES.into_iter().chain(["authorize-frontend"]) {
            let channel = Endpoint::from_shared(separate.address(service))
                .unwrap()
                .connect_lazy();
            let request = HealthCheckRequest {
                service: String::new(),
            };
            let answer = HealthClient::new(channel)
                .check(request)
                .await
                .unwrap()
                .into_inner();
            assert_eq!(answer.status(), ServingStatus::Serving, "{service}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_service_stops_when_it_is_told_to() {
    on_separate_processes(async |_, separate| {
        for service in ["authorize-frontend"].into_iter().chain(SERVICES) {
            assert_eq!(separate.stop(service), 0, "{service}");
        }
    })
    .await;
}

#[test]
fn every_service_explains_itself() {
    for service in SERVICES.into_iter().chain(["authorize-frontend"]) {
        let outcome = doorward_e2e::run("doorward", &["service", service, "--help"], "");
        outcome.assert_success();
        assert!(outcome.stdout.contains("--config"), "{outcome:?}");
    }
}

/// A link to the program with the name of a service runs that service.
#[test]
fn a_link_is_the_service_that_it_is_named_for() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("doorward-session");
    std::os::unix::fs::symlink(program("doorward"), &link).unwrap();
    let output = std::process::Command::new(link)
        .arg("--print-functions")
        .output();
    let functions = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(functions.starts_with("#!lua"), "{functions}");
}
