//! What an orchestrator asks of each process.

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
fn every_program_explains_itself() {
    for service in SERVICES.into_iter().chain(["authorize-frontend"]) {
        let name = format!("doorward-{service}");
        let outcome = doorward_e2e::run(&name, &["--help"], "");
        outcome.assert_success();
        assert!(outcome.stdout.contains("--config"), "{outcome:?}");
        assert!(program(&name).exists());
    }
}
