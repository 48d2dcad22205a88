//! SEC-178, SEC-179: what a caller may send, and how long it may wait.

use doorward_e2e::{PATIENCE, Separate};
use doorward_proto::session::v1::session_service_client::SessionServiceClient;
use doorward_proto::session::v1::{
    AddTransactionRequest, GetUserRelayPositionRequest, ResolveSessionRequest,
};
use doorward_service_kit::grpc::Channel;
use tonic::metadata::AsciiMetadataKey;
use tonic::{Code, Request, Status};

use super::{FRONTEND, on_own_services, on_services};

const MIB: usize = 1024 * 1024;
/// More than an allocator keeps by chance, and much less than what is sent.
const FLAT: u64 = 48 * 1024 * 1024;

fn sessions(separate: &Separate) -> SessionServiceClient<Channel> {
    SessionServiceClient::new(separate.channel_as("session", FRONTEND))
}

/// Resident memory of a process in bytes.
fn memory(separate: &Separate, process: &str) -> u64 {
    let status = format!("/proc/{}/status", separate.process_id(process));
    let status = std::fs::read_to_string(status).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.unwrap().trim().trim_end_matches(" kB").parse::<u64>();
    kib.unwrap() * 1024
}

async fn add(separate: &Separate, bytes: usize) -> Status {
    let request = AddTransactionRequest {
        browser_token: "x".repeat(bytes),
        ..AddTransactionRequest::default()
    };
    sessions(separate)
        .add_transaction(request)
        .await
        .unwrap_err()
}

#[tokio::test]
async fn sec_178_large_messages_and_many_fields_are_refused() {
    on_services(async |_, separate| {
        // Small enough to be read, and refused for what it says.
        assert_eq!(add(separate, MIB / 2).await.code(), Code::InvalidArgument);
        let before = memory(separate, "session");
        for _ in 0..32 {
            let refused = add(separate, 8 * MIB).await.code();
            assert_ne!(refused, Code::InvalidArgument);
            assert_eq!(add(separate, MIB + MIB / 8).await.code(), Code::OutOfRange);
            let fields = with_fields(10_000);
            let refused = sessions(separate).resolve_session(fields).await;
            assert!(refused.is_err());
        }
        let after = memory(separate, "session");
        assert!(after < before + FLAT, "{before} bytes have become {after}");
        let answer = sessions(separate).resolve_session(with_fields(10)).await;
        assert!(answer.is_ok(), "{answer:?}");
    })
    .await;
}

fn with_fields(count: usize) -> Request<ResolveSessionRequest> {
    let limits = Some(super::super::rpc::LONG);
    let mut request = Request::new(ResolveSessionRequest {
        session_token: "none".to_owned(),
        limits,
        ephemeral_limits: limits,
        ..ResolveSessionRequest::default()
    });
    for number in 0..count {
        let name = AsciiMetadataKey::from_bytes(format!("x-field-{number}").as_bytes());
        request
            .metadata_mut()
            .insert(name.unwrap(), "value".parse().unwrap());
    }
    request
}

/// The store does not answer, and the caller sets no deadline.
#[tokio::test]
async fn sec_179_a_call_without_deadline_ends() {
    on_own_services(async |_, separate| {
        let mut sessions = sessions(separate);
        let position = GetUserRelayPositionRequest::default();
        assert!(sessions.get_user_relay_position(position).await.is_ok());
        separate.redis().pause();
        let answer = tokio::time::timeout(PATIENCE, sessions.get_user_relay_position(position));
        let refused = answer.await.expect("the service gives up").unwrap_err();
        assert!(
            matches!(refused.code(), Code::Unavailable | Code::DeadlineExceeded),
            "{refused}"
        );
        separate.redis().resume();
    })
    .await;
}
